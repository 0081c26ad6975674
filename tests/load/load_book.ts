/**
 * A book made for load: every underlying's stock and its options, calls and puts over four expiries, all with live
 * quotes and greeks, one position each.
 */

export interface LoadBook {
  readonly positions: number;
  readonly underlyings: number;
  /** Ticks that the simulated gateway sends each second. */
  readonly ticksPerSecond: number;
}

/** The only contract whose price moves by this: by it the probe's line is known on the wire. */
export const PROBE_TICK = 0.0005;
/** The stock whose last price carries the probes. */
export const PROBE_SYMBOL = "L000";

const EXPIRIES = ["friday+1", "third-friday+1", "third-friday+2", "third-friday+4"];

/** The scenario's text. The same book gives the same text. */
export function loadScenarioText(book: LoadBook): string {
  const contracts: string[] = [];
  const positions: string[] = [];
  const hold = (contract: string, quantity: number, averagePrice: number) =>
    positions.push(`  - { account: DU1, contract: ${contract}, quantity: ${quantity}, avg_price: ${averagePrice} }`);
  for (let number = 0; number < book.underlyings; number++) {
    const symbol = `L${String(number).padStart(3, "0")}`;
    const price = 100 + 7 * number;
    const tick = symbol === PROBE_SYMBOL ? `, min_tick: ${PROBE_TICK}` : "";
    contracts.push(`  ${symbol}: { con_id: ${1_000_000 + number}, last: ${price}, close: ${price - 1}${tick} }`);
    hold(symbol, 100 + number, price - 3);
    const options = optionsOf(book, number);
    for (let at = 0; at < options; at++) {
      const { id, text, quantity } = option(symbol, price, at);
      contracts.push(text);
      hold(id, quantity, 4.25);
    }
  }
  return [
    "name: Load",
    `gateway: { market_data_lines: ${book.positions + 10}, step: 10ms, ticks_per_second: ${book.ticksPerSecond} }`,
    "market: { rate: 0.04 }",
    "accounts:",
    "  DU1: { currency: USD, cash: { USD: 5_000_000 } }",
    "contracts:",
    ...contracts,
    "positions:",
    ...positions,
    "",
  ].join("\n");
}

/** The positions that are not stocks, spread over the underlyings as evenly as they go. */
function optionsOf({ positions, underlyings }: LoadBook, number: number): number {
  const options = positions - underlyings;
  return Math.floor(options / underlyings) + (number < options % underlyings ? 1 : 0);
}

function option(symbol: string, price: number, at: number): { id: string; text: string; quantity: number } {
  const right = at % 2 === 0 ? "C" : "P";
  const expiry = EXPIRIES[Math.floor(at / 2) % EXPIRIES.length]!;
  const step = Math.floor(at / (2 * EXPIRIES.length));
  const strike = Math.round(price) + (right === "C" ? 5 : -5) * (step + 1);
  const id = `${symbol}-${at}`;
  const text = `  ${id}: { type: OPT, underlying: ${symbol}, expiry: ${expiry}, strike: ${strike}, right: ${right}, ` +
    `iv: ${(0.2 + 0.01 * (at % 20)).toFixed(2)} }`;
  return { id, text, quantity: at % 3 === 0 ? -5 : 3 };
}
