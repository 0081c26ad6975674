/** Account values and cash, asked for at the interval and after fills: OpenD tells of neither by itself. */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { AccountValues } from "../../domain/event.ts";
import type { FutuAccount } from "./accounts.ts";
import { present } from "./figures.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { Rounds } from "./rounds.ts";
import { CURRENCY, TRD_MARKET } from "./wire/codes.ts";
import { type FutuFunds, GET_FUNDS } from "./wire/messages.ts";

/** What an account that trades in one market alone is kept in. Paper futures have a market of their own for each place. */
const CURRENCY_OF_MARKET: Readonly<Record<number, string>> = {
  [TRD_MARKET.HK!]: "HKD",
  [TRD_MARKET.US!]: "USD",
  [TRD_MARKET.CN!]: "CNH",
  [TRD_MARKET.HKCC!]: "CNH",
  [TRD_MARKET.SG!]: "SGD",
  [TRD_MARKET.AU!]: "AUD",
  [TRD_MARKET.JP!]: "JPY",
  [TRD_MARKET.MY!]: "MYR",
  [TRD_MARKET.CA!]: "CAD",
  10: "HKD",
  11: "USD",
  12: "SGD",
  13: "JPY",
};
/** Futu's own, where the market does not name one (futures). */
const HOUSE_CURRENCY = "HKD";

export interface FundsDependencies {
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly refreshMs: number;
  /** What the whole book is converted to; null: not configured. */
  readonly baseCurrency: string | null;
  /** `fault` or `complete` changed. */
  readonly onState: () => void;
}

export class Funds {
  readonly #deps: FundsDependencies;
  readonly #rounds: Rounds;
  #session: OpenDSession | null = null;
  #accounts: readonly FutuAccount[] = [];
  /** Currencies that each account was said to hold: one that is named no more holds nothing. */
  readonly #cash = new Map<string, Set<string>>();
  complete = false;
  fault: string | null = null;

  constructor(deps: FundsDependencies) {
    this.#deps = deps;
    const { clock, refreshMs } = deps;
    this.#rounds = new Rounds({ clock, intervalMs: refreshMs, isCounted: true, run: (signal) => this.#round(signal) });
  }

  connected(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    this.#session = session;
    this.#accounts = accounts;
    this.#rounds.start(accounts.length);
  }

  disconnected(): void {
    this.#rounds.stop();
    this.#session = null;
    this.complete = false;
    this.fault = null;
  }

  refresh(): void {
    this.#rounds.soon();
  }

  /** Each account for itself: what one does not answer leaves the others their figures. */
  async #round(signal: AbortSignal): Promise<boolean> {
    const { log, onState } = this.#deps;
    let failed: string | null = null;
    for (const account of this.#accounts) {
      try {
        await this.#read(account, this.#session!, signal);
      } catch (fault) {
        if (!(fault instanceof OpenDFault)) throw fault;
        if (fault.kind === "lost") return false;
        failed = fault.message;
      }
    }
    if (failed !== null && failed !== this.fault) {
      log.write("WARN", "DATA", `Account values from Futu are not complete: ${failed}`);
    }
    this.fault = failed;
    if (failed === null) this.complete = true;
    onState();
    return failed === null;
  }

  async #read(account: FutuAccount, session: OpenDSession, signal: AbortSignal): Promise<void> {
    const { funds, currency } = await askFunds(account, this.#deps.baseCurrency, session, signal);
    this.#publish(account, funds, currency);
  }

  #publish({ id, markets }: FutuAccount, funds: FutuFunds, currency: string): void {
    const { sink, clock } = this.#deps;
    const at = clock.now();
    sink.push({ kind: "account", source: "FUTU", account: id, currency, values: valuesOf(funds), at });
    const held = cashOf(funds, currency, markets.length === 1);
    for (const gone of this.#cash.get(id) ?? []) if (!held.has(gone)) held.set(gone, 0);
    this.#cash.set(id, new Set(held.keys()));
    for (const [of, amount] of held) sink.push({ kind: "cash", source: "FUTU", account: id, currency: of, amount, at });
  }
}

/**
 * An account's funds, and the currency that they are in.
 *
 * @throws {OpenDFault}
 * @throws the signal's reason
 */
export async function askFunds(
  account: FutuAccount,
  baseCurrency: string | null,
  session: OpenDSession,
  signal: AbortSignal,
): Promise<{ readonly funds: FutuFunds; readonly currency: string }> {
  const { id, trdEnv, markets } = account;
  const asked = askedCurrency(account, baseCurrency);
  const question = {
    header: { trdEnv, accID: id, trdMarket: markets[0]! },
    refreshCache: true,
    currency: numberOfCurrency(asked),
  };
  const { funds } = await session.ask(GET_FUNDS, question, { signal });
  if (funds === null) throw new OpenDFault("unreadable", "OpenD's answer to a question for funds has none");
  return { funds, currency: CURRENCY[funds.currency ?? 0] ?? asked };
}

/** Of several markets the base currency where Futu can convert to it; else that of the first. */
export function askedCurrency({ markets }: FutuAccount, base: string | null): string {
  if (markets.length > 1 && base !== null && numberOfCurrency(base) !== null) return base;
  for (const market of markets) {
    const currency = CURRENCY_OF_MARKET[market];
    if (currency !== undefined) return currency;
  }
  return base !== null && numberOfCurrency(base) !== null ? base : HOUSE_CURRENCY;
}

/** Dollars of one broker are those of the other: CNY is how some call what Futu calls CNH. */
function numberOfCurrency(currency: string): number | null {
  const number = Object.keys(CURRENCY).find((each) => CURRENCY[Number(each)] === currency);
  return number === undefined ? null : Number(number);
}

/** Futu has no figure of its own for equity with loan value and excess liquidity: they stay unknown. */
function valuesOf(funds: FutuFunds): AccountValues {
  const long = present(funds.longMv);
  const short = present(funds.shortMv);
  return {
    netLiquidation: present(funds.totalAssets),
    cash: present(funds.cash),
    maintenanceMargin: present(funds.maintenanceMargin),
    initialMargin: present(funds.initialMargin),
    excessLiquidity: null,
    buyingPower: present(funds.power),
    equityWithLoan: null,
    grossPositionValue: long === null || short === null ? null : Math.abs(long) + Math.abs(short),
  };
}

/**
 * By currency. Without a list, `cash` is all of it converted to one: of an account of one market that is the only one, of
 * others nothing is known by currency.
 */
function cashOf({ cashInfoList, cash }: FutuFunds, currency: string, isSingle: boolean): Map<string, number> {
  const held = new Map<string, number>();
  for (const info of cashInfoList) {
    const of = CURRENCY[info.currency ?? 0];
    const amount = present(info.cash);
    if (of !== undefined && amount !== null) held.set(of, amount);
  }
  const only = present(cash);
  if (cashInfoList.length === 0 && isSingle && only !== null) held.set(currency, only);
  return held;
}
