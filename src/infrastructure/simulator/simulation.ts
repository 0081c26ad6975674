/** A scenario in motion: the market and the broker's books, and what happens to them. Knows nothing of clients. */
import type { Random } from "../../application/ports/clock.ts";
import type { EpochMs } from "../../domain/time.ts";
import { Book } from "./book.ts";
import { compact, listContracts, type Listed } from "./listing.ts";
import { isOption, Market } from "./market.ts";
import type { ExecutionRow } from "./messages.ts";
import type { ExecutionSpec, Happening, Scenario } from "./scenario.ts";

/** A trade with what it cost and earned. */
export interface Execution extends ExecutionRow {
  readonly at: EpochMs;
  readonly commission: number;
  /** Null when it opened. */
  readonly realized: number | null;
}

/** Trades are numbered from here for TWS's permanent ids of the orders behind them. */
const FIRST_PERMANENT_ID = 1_700_000_000;

/** What clients are to be told at once. */
export type Change =
  | { readonly kind: "trade"; readonly execution: Execution }
  /** A count changed, by a trade or without one. */
  | { readonly kind: "position"; readonly account: string; readonly listed: Listed };

export class Simulation {
  readonly contracts: readonly Listed[];
  readonly market: Market;
  readonly book: Book;
  readonly #executions: Execution[] = [];
  readonly #ids: ReadonlyMap<string, Listed>;
  #tradeNumber = 0;

  /** `start` also decides which dates the scenario's relative expiries mean: its day in New York. */
  constructor(readonly scenario: Scenario, random: Random, start: EpochMs) {
    this.contracts = listContracts(scenario.contracts, dateIn("America/New_York", start));
    this.#ids = new Map(this.contracts.map((listed) => [listed.spec.id, listed]));
    this.market = new Market(this.contracts, scenario.market, random, start);
    this.book = new Book(scenario.accounts, this.market);
    for (const { account, contract, quantity, averagePrice } of scenario.positions) {
      this.book.place(account, this.contract(contract), quantity, averagePrice);
    }
    for (const spec of scenario.executions) this.#recall(spec, start);
  }

  /** The contract with a name of the scenario. Names are checked when the scenario is read. */
  contract(id: string): Listed {
    const listed = this.#ids.get(id);
    if (listed === undefined) throw new RangeError(`Cannot find contract ${id}: the scenario does not list it`);
    return listed;
  }

  /** Trades so far, oldest first, summary rows of combinations and corrected ones among them. */
  get executions(): readonly Execution[] {
    return this.#executions;
  }

  /** Changes the market or the books; returns what clients hear of it. */
  apply(happening: Happening, now: EpochMs): readonly Change[] {
    const listed = this.contract(happening.contract);
    switch (happening.kind) {
      case "price":
        this.market.setPrice(
          listed,
          happening.price ?? this.market.price(listed) * (1 + (happening.change ?? 0)),
          now,
        );
        return [];
      case "volatility":
        this.market.shiftVolatility(listed, happening.change, now);
        return [];
      case "position":
        this.book.place(happening.account, listed, happening.quantity, happening.averagePrice);
        return [{ kind: "position", account: happening.account, listed }];
      case "fill": {
        const { account, quantity, commission } = happening;
        const { bid, ask } = this.market.quote(listed);
        const price = happening.price ?? (quantity > 0 ? ask : bid);
        const realized = this.book.trade(account, listed, { quantity, price, commission });
        const execution: Execution = {
          ...this.#row({ account, listed, combo: false, execId: this.#nextExecId(), quantity, price }, now),
          at: now,
          commission,
          realized,
        };
        this.#executions.push(execution);
        return [{ kind: "trade", execution }, { kind: "position", account, listed }];
      }
    }
  }

  /** Books a trade of before the start. A corrected one counts once, as corrected; a combination's row not at all. */
  #recall(spec: ExecutionSpec, start: EpochMs): void {
    const { account, combo, quantity, price, commission, realized } = spec;
    const listed = this.contract(spec.contract);
    const at = start - spec.agoMs;
    const execId = spec.execId ?? this.#nextExecId();
    this.#executions.push({
      ...this.#row({ account, listed, combo, execId, quantity, price }, at),
      at,
      commission,
      realized,
    });
    const corrected = this.scenario.executions.some(({ execId: other }) =>
      other !== null && other !== execId && revised(other) === revised(execId) && other > execId
    );
    if (!combo && !corrected) this.book.backdate(account, listed, { quantity, price, commission }, realized);
  }

  #row(
    trade: Pick<ExecutionRow, "account" | "listed" | "combo" | "execId" | "quantity" | "price">,
    at: EpochMs,
  ): ExecutionRow {
    const { spec } = trade.listed;
    return {
      ...trade,
      time: exchangeTime(spec.timeZone, at),
      orderId: 0,
      clientId: 0,
      permId: FIRST_PERMANENT_ID + this.#executions.length,
      exchange: isOption(trade.listed) || spec.primaryExchange === "" ? spec.validExchanges[0]! : spec.primaryExchange,
    };
  }

  #nextExecId(): string {
    this.#tradeNumber++;
    return `0000e0d5.${(0x67000000 + this.#tradeNumber).toString(16)}.01.01`;
  }
}

/** An execution's id without the number of its revision. */
function revised(execId: string): string {
  return execId.slice(0, execId.lastIndexOf("."));
}

/** The calendar date of an instant in a zone. */
export function dateIn(timeZone: string, at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** `20261120 10:30:45 US/Eastern`. */
export function exchangeTime(timeZone: string, at: EpochMs): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return `${compact(zoned.toPlainDate().toString())} ${
    zoned.toPlainTime().toString({ smallestUnit: "second" })
  } ${timeZone}`;
}
