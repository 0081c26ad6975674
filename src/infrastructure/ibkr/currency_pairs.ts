/**
 * The currency pairs whose quotes give the rates of what is held to the base currency.
 *
 * IBKR lists each pair one way round only: EUR.USD and USD.JPY, neither of them turned over. The market's own order of
 * precedence tells which; where IBKR knows it otherwise the other way is asked for, and where it lists neither (GBP.MXN)
 * both currencies against the dollar, which give the cross.
 */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { SecType } from "@stoqey/ib/dist/api/data/enum/sec-type.js";
import type { InstrumentIndex } from "../../domain/event.ts";
import type { Contracts } from "./contracts.ts";

export interface CurrencyPairsDependencies {
  readonly contracts: Contracts;
  /** A pair became known, or is known not to exist: `linesFor` may answer otherwise. */
  readonly onChange: () => void;
}

/** Of two currencies the one that comes first is the one that a price is given for; all others come after these. */
const PRECEDENCE = ["EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF"];
/** Most currencies are quoted against it. */
const VEHICLE = "USD";

interface Pair {
  index: InstrumentIndex | null;
  isMissing: boolean;
}

export class CurrencyPairs {
  readonly #deps: CurrencyPairsDependencies;
  /** By name, the way round that is asked for first. */
  readonly #pairs = new Map<string, Pair>();

  constructor(deps: CurrencyPairsDependencies) {
    this.#deps = deps;
  }

  /** The pairs known so far that convert these currencies to `base`; those not met yet are asked for. */
  linesFor(currencies: Iterable<string>, base: string): InstrumentIndex[] {
    const lines = new Set<InstrumentIndex>();
    for (const currency of new Set(currencies)) this.#addPair(currency, base, lines);
    return [...lines];
  }

  #addPair(currency: string, base: string, lines: Set<InstrumentIndex>): void {
    if (currency === base || currency === "") return;
    const { index, isMissing } = this.#pairOf(currency, base);
    if (index !== null) lines.add(index);
    else if (isMissing && currency !== VEHICLE && base !== VEHICLE) {
      this.#addPair(currency, VEHICLE, lines);
      this.#addPair(base, VEHICLE, lines);
    }
  }

  #pairOf(one: string, other: string): Pair {
    const [first, second] = rank(one) < rank(other) || (rank(one) === rank(other) && one < other)
      ? [one, other]
      : [other, one];
    const name = `${first}.${second}`;
    const known = this.#pairs.get(name);
    if (known !== undefined) return known;
    const pair: Pair = { index: null, isMissing: false };
    this.#pairs.set(name, pair);
    const { contracts, onChange } = this.#deps;
    contracts.seekOneOf(
      [cashPair(first, second), cashPair(second, first)],
      `the currency pair ${name}`,
      (found) => {
        pair.index = found.index;
        onChange();
      },
      () => {
        if (pair.isMissing) return;
        pair.isMissing = true;
        onChange();
      },
    );
    return pair;
  }
}

function rank(currency: string): number {
  const place = PRECEDENCE.indexOf(currency);
  return place < 0 ? PRECEDENCE.length : place;
}

function cashPair(symbol: string, currency: string): Contract {
  return { symbol, secType: "CASH" as SecType, exchange: "IDEALPRO", currency };
}
