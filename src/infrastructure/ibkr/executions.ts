/** Today's fills and their commissions: a download on every connection, then each one as it happens. */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { Execution } from "@stoqey/ib/dist/api/order/execution.js";
import type { CommissionReport } from "@stoqey/ib/dist/api/report/commissionReport.js";
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Contracts } from "./contracts.ts";
import { isCombination } from "./decode/contract.ts";
import { present } from "./decode/numbers.ts";
import { executionTime, serverMidnight, serverOffsetMs } from "./decode/time.ts";
import { describeMessage, meaningOf } from "./message_codes.ts";
import { Priority } from "./pacing.ts";
import type { Requests } from "./requests.ts";

const RETRY_MS = 15_000;
/** TWS tells a client of other clients' fills only when it is the master client, so the day's fills are asked for again. */
const REFRESH_MS = 60_000;
/** A changed position without its fill: TWS has the fill, it was only not told to us. */
const AFTER_POSITION_MS = 500;
/** Fills remembered so that a list asked for again brings only news. */
const MAX_REMEMBERED = 100_000;
/** Fills of combinations remembered so that their commission is left out too. */
const MAX_COMBINATIONS = 10_000;
/** TWS's way of saying that an integer has no value. */
const UNSET_INTEGER = 2_147_483_647;

export interface ExecutionsDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number;
}

export class Executions {
  readonly #deps: ExecutionsDependencies;
  #accounts: readonly string[] = [];
  #offsetMs = 0;
  #requestId: number | null = null;
  #fault: string | null = null;
  #cancelTimer: (() => void) | null = null;
  readonly #combinations = new Set<string>();
  /** What was last handed over of each execution and commission. */
  readonly #told = new Map<string, string>();
  #soon: (() => void) | null = null;
  complete = false;

  constructor(deps: ExecutionsDependencies) {
    this.#deps = deps;
  }

  connected(accounts: readonly string[], connectionTime: string): void {
    const { clock } = this.#deps;
    this.#accounts = accounts;
    this.#offsetMs = serverOffsetMs(connectionTime, clock.now()) ?? 0;
    this.complete = false;
    this.refresh();
  }

  disconnected(): void {
    this.#requestId = null;
    this.complete = false;
    this.#cancelTimer?.();
    this.#soon?.();
    this.#soon = null;
  }

  /** A position changed: its fill must be among the next answers. */
  positionChanged(): void {
    if (this.#soon !== null || this.#requestId !== null) return;
    this.#soon = this.#deps.clock.after(AFTER_POSITION_MS, () => {
      this.#soon = null;
      this.refresh();
    });
  }

  /** Asks for the day's fills again: what happened while the link or IBKR's servers were away must not be missed. */
  refresh(): void {
    const { requests, clock, timeoutMs } = this.#deps;
    if (this.#requestId !== null) requests.close(this.#requestId);
    const id = requests.open({ onMessage: (_id, code, text) => this.#onMessage(code, text) });
    this.#requestId = id;
    this.#fault = null;
    const taken = requests.send(Priority.positions, (api) => api.reqExecutions(id, {}));
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(taken === null ? RETRY_MS : timeoutMs, () => {
      this.#failed(`no complete answer within ${timeoutMs} ms`);
    });
  }

  onExecution(contract: Contract, execution: Execution): void {
    const execId = execution.execId ?? "";
    if (isCombination(contract)) return this.#rememberCombination(execId);
    const account = execution.acctNumber ?? "";
    if (!this.#accounts.includes(account)) return;
    const shares = present(execution.shares);
    const price = present(execution.price);
    const sign = signOf(execution.side);
    if (execId === "" || shares === null || price === null || sign === null) {
      return this.onUnreadable(`an execution has no readable size, price or side (${execId || "without id"})`);
    }
    if (!this.#isNews(`execution ${execId}`, `${account} ${sign * shares} ${price} ${execution.time}`)) return;
    const { sink, contracts, clock } = this.#deps;
    sink.push({
      kind: "execution",
      source: "IB",
      account,
      instrument: contracts.meet(contract).index,
      execId,
      quantity: sign * shares,
      price,
      time: executionTime(execution.time ?? "", this.#offsetMs) ?? clock.now(),
      ...orderOf(execution),
    }, true);
  }

  onCommission(report: CommissionReport): void {
    const execId = report.execId ?? "";
    const amount = present(report.commission);
    if (execId === "" || amount === null || this.#combinations.has(execId)) return;
    if (!this.#isNews(`commission ${execId}`, `${amount} ${report.realizedPNL}`)) return;
    this.#deps.sink.push({
      kind: "commission",
      source: "IB",
      execId,
      amount,
      currency: report.currency ?? "",
      realizedPnl: present(report.realizedPNL),
    });
  }

  onEnd(requestId: number): void {
    if (requestId !== this.#requestId) return;
    if (this.#fault !== null) return this.#failed(this.#fault);
    const { sink, clock, requests } = this.#deps;
    requests.close(requestId);
    this.#requestId = null;
    this.#cancelTimer?.();
    this.complete = true;
    const now = clock.now();
    sink.push({ kind: "executions-complete", source: "IB", since: serverMidnight(now, this.#offsetMs), at: now });
    this.#cancelTimer = clock.after(REFRESH_MS, () => this.refresh());
  }

  /** A fill was lost: the day's fills are asked for again. */
  onUnreadable(reason: string): void {
    if (this.#requestId !== null) this.#fault ??= reason;
    else this.#failed(reason);
  }

  #onMessage(code: number, text: string): void {
    if (meaningOf(code).request !== "note") this.#failed(describeMessage(code, text));
  }

  #failed(reason: string): void {
    const { log, clock } = this.#deps;
    log.write("WARN", "TRADING", `Executions from IBKR are not complete: ${reason}`);
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(RETRY_MS, () => this.refresh());
  }

  #isNews(name: string, content: string): boolean {
    if (this.#told.get(name) === content) return false;
    if (this.#told.size >= MAX_REMEMBERED) this.#told.clear();
    this.#told.set(name, content);
    return true;
  }

  #rememberCombination(execId: string): void {
    if (this.#combinations.size >= MAX_COMBINATIONS) this.#combinations.clear();
    this.#combinations.add(execId);
  }
}

/** What else is known of the order. `permId`, not the order id, which each client counts for itself. */
export function orderOf(
  { exchange, permId, orderRef }: Execution,
): { exchange?: string; orderId?: string; orderRef?: string } {
  return {
    ...(exchange ? { exchange } : {}),
    ...(permId && permId < UNSET_INTEGER ? { orderId: String(permId) } : {}),
    ...(orderRef ? { orderRef } : {}),
  };
}

/** Bought +1, sold −1; null for anything else. */
export function signOf(side: string | undefined): 1 | -1 | null {
  switch ((side ?? "").toUpperCase()) {
    case "BOT":
    case "BUY":
      return 1;
    case "SLD":
    case "SELL":
      return -1;
    default:
      return null;
  }
}
