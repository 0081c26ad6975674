/**
 * Fills and their commissions as rows of history, as they come from the brokers' APIs. Of IBKR a correction is a row of its
 * own; a commission names no account, so it takes its execution's, and waits when it comes first. Futu's deals keep their
 * number; what they cost is of their order, and read by the backfill.
 */
import type { BookEvent } from "../../domain/event.ts";
import type { InstrumentRegistry } from "../../domain/instrument_registry.ts";
import type { CommissionRecord, ExecutionRecord, FutuDealRecord } from "../ports/store_records.ts";

/** Executions whose account is remembered for a commission to come; IBKR sends it within seconds. */
const MAX_EXECUTIONS = 100_000;
/** Commissions that wait for their execution. */
const MAX_COMMISSIONS = 10_000;

export type Execution = Extract<BookEvent, { kind: "execution" }>;
type Commission = Extract<BookEvent, { kind: "commission" }>;

export interface TakenFills {
  readonly executions: readonly ExecutionRecord[];
  readonly commissions: readonly CommissionRecord[];
  readonly futuDeals: readonly FutuDealRecord[];
}

export class RecordedFills {
  readonly #registry: InstrumentRegistry;
  readonly #accounts = new Map<string, string>();
  readonly #early = new Map<string, Commission>();
  #executions: ExecutionRecord[] = [];
  #commissions: CommissionRecord[] = [];
  #deals: FutuDealRecord[] = [];

  constructor(registry: InstrumentRegistry) {
    this.#registry = registry;
  }

  note(event: BookEvent): void {
    if (event.kind === "execution" && event.source === "IB") this.#execution(event);
    else if (event.kind === "execution" && event.source === "FUTU") this.#deal(event);
    else if (event.kind === "commission" && event.source === "IB") this.#commission(event);
  }

  /** What came since it was last asked. */
  take(): TakenFills {
    const taken = { executions: this.#executions, commissions: this.#commissions, futuDeals: this.#deals };
    if (taken.executions.length > 0) this.#executions = [];
    if (taken.commissions.length > 0) this.#commissions = [];
    if (taken.futuDeals.length > 0) this.#deals = [];
    return taken;
  }

  #execution(event: Execution): void {
    const { account, execId, quantity, price, time } = event;
    this.#executions.push({
      account,
      execId,
      instrument: this.#registry.at(event.instrument),
      quantity,
      price,
      executedAt: time,
      exchange: event.exchange ?? null,
      orderId: event.orderId ?? null,
      orderRef: event.orderRef ?? null,
      origin: "API",
      raw: null,
    });
    remember(this.#accounts, execId, account, MAX_EXECUTIONS);
    const commission = this.#early.get(execId);
    if (commission === undefined) return;
    this.#early.delete(execId);
    this.#commission(commission);
  }

  /** One that was taken back comes again without a size. The event does not say which market's account it was read of. */
  #deal(event: Execution): void {
    const { account, execId, quantity, price, time } = event;
    this.#deals.push({
      account,
      dealId: execId,
      orderId: event.orderId ?? null,
      market: "",
      instrument: this.#registry.at(event.instrument),
      quantity,
      price,
      executedAt: time,
      status: quantity === 0 ? "CANCELLED" : "OK",
      raw: null,
    });
  }

  #commission(event: Commission): void {
    const { execId, amount, currency, realizedPnl } = event;
    const account = this.#accounts.get(execId);
    if (account === undefined) return remember(this.#early, execId, event, MAX_COMMISSIONS);
    this.#commissions.push({ account, execId, amount, currency, realizedPnl, origin: "API", raw: null });
  }
}

/** At the bound the oldest gives way. */
export function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  if (map.size >= most && !map.has(key)) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
