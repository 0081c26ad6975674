/**
 * What IBKR's API still knows of past executions: the current day, from TWS's midnight on, and up to a week where TWS's trade
 * log shows one. Asked for once, on a connection of its own.
 */
import type { IBApi } from "@stoqey/ib/dist/api/api.js";
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import { EventName } from "@stoqey/ib/dist/api/data/enum/event-name.js";
import type { Execution } from "@stoqey/ib/dist/api/order/execution.js";
import type { CommissionReport } from "@stoqey/ib/dist/api/report/commissionReport.js";
import { brokerDay, dayStart } from "../../application/backfill/coverage.ts";
import type {
  BackfillPlan,
  BackfillRange,
  BackfillSource,
  BackfillWindow,
  PastFill,
  PastItem,
  Reading,
} from "../../application/backfill/source.ts";
import { type Clock, pause } from "../../application/ports/clock.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Network } from "../../application/ports/network.ts";
import type { CommissionRecord, ExecutionRecord, StoredBook } from "../../application/ports/store_records.ts";
import type { IbkrSettings } from "../../application/settings.ts";
import { dayNumber } from "../../domain/calendar/date.ts";
import { InboundMessage } from "./api_transport.ts";
import { Attempt, type AttemptOver, type Session } from "./attempt.ts";
import { decodeContract, isCombination } from "./decode/contract.ts";
import { present } from "./decode/numbers.ts";
import { executionTime, serverMidnight, serverOffsetMs } from "./decode/time.ts";
import { orderOf, signOf } from "./executions.ts";
import { describeMessage, meaningOf } from "./message_codes.ts";

/** Data type of what the API gave, account by account. */
export const API_EXECUTIONS = "executions";

/** As far back as TWS can be set to show trades. */
const MOST_DAYS = 7;
/** The request's own number; the connection asks for nothing else. */
const REQUEST_ID = 1;
/** Commissions follow their executions at once; a late one comes with the next backfill. */
const COMMISSIONS_WITHIN_MS = 3_000;
/** TWS frees a client id seconds after its connection dropped. */
const RETRY_ID_MS = 2_000;
const ROUNDS = 3;

const KEEPS = "IB's API keeps the current day's executions (TWS up to a week, if its trade log shows one); " +
  "older history comes from Flex statements.";

export interface PastExecutionsOptions {
  readonly settings: IbkrSettings;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  /** Data types of the statements, which may have made history complete up to today. */
  readonly continues: readonly string[];
  /** The gateway is the built-in one, whatever it says of itself. */
  readonly simulated: boolean;
}

/** What stood in the way of the answer. */
export class ExecutionsUnavailable extends Error {
  override readonly name = "ExecutionsUnavailable";
}

export class PastExecutions implements BackfillSource {
  readonly broker = "IB";
  readonly title = "IB API";
  readonly dataType = API_EXECUTIONS;
  readonly continues: readonly string[];
  readonly #options: PastExecutionsOptions;

  constructor(options: PastExecutionsOptions) {
    this.#options = options;
    this.continues = options.continues;
  }

  plan({ from, to, now }: BackfillRange): Promise<BackfillPlan> {
    const today = brokerDay(now);
    const isTooOld = to !== null && dayNumber(to) < today - MOST_DAYS;
    const isToCome = from !== null && dayNumber(from) > today;
    if (isTooOld || isToCome) return Promise.resolve({ windows: [], skipped: 0, remarks: [KEEPS] });
    const window = { title: "the current day", dataType: API_EXECUTIONS, from: dayStart(today), to: now };
    return Promise.resolve({ windows: [window], skipped: 0, remarks: [KEEPS] });
  }

  async *read(_window: BackfillWindow, { signal }: Reading): AsyncGenerator<PastItem> {
    const { settings, simulated } = this.#options;
    const answer = await this.#answer(signal);
    yield { kind: "book", book: simulated ? "simulated" : answer.book };
    const isWanted = (account: string) => settings.accounts.length === 0 || settings.accounts.includes(account);
    for (const account of answer.accounts.filter(isWanted)) {
      yield { kind: "covers", account, from: answer.since, to: answer.askedAt };
    }
    for (const reason of answer.lost) yield { kind: "lost", reason };
    const fills = answer.fills.filter(({ execution }) => isWanted(execution.account));
    if (fills.length > 0) yield { kind: "fills", fills };
    const late = fills.filter(({ commission }) => commission === null).length;
    if (late > 0) {
      yield {
        kind: "remark",
        words: `${late} executions came without their commission yet: run backfill again later.`,
      };
    }
  }

  /** Tries the ids that are left to it, the monitor's last; any other obstacle ends it at once. */
  async #answer(signal: AbortSignal): Promise<DayAnswer> {
    const { clock } = this.#options;
    const ids = clientIds(this.#options.settings);
    let obstacle = "";
    for (let round = 0; round < ROUNDS; round++) {
      if (round > 0) await pause(clock, RETRY_ID_MS, signal);
      for (const id of ids) {
        const outcome = await new DayRequest(this.#options, id).answer(signal);
        if (!("idInUse" in outcome)) return outcome;
        obstacle = outcome.reason;
        if (!outcome.idInUse) throw new ExecutionsUnavailable(obstacle);
      }
    }
    throw new ExecutionsUnavailable(obstacle);
  }
}

/** The next after the monitor's, which runs beside this; its own where the range has no other. */
function clientIds({ clientId, clientIdRange }: IbkrSettings): number[] {
  const others = Array.from({ length: Math.max(0, clientIdRange - 1) }, (_, at) => clientId + 1 + at);
  return others.length > 0 ? others : [clientId];
}

interface DayAnswer {
  readonly book: StoredBook;
  /** All that the login manages. */
  readonly accounts: readonly string[];
  readonly since: number;
  readonly askedAt: number;
  readonly fills: readonly PastFill[];
  /** What is wrong with rows that could not be read. */
  readonly lost: readonly string[];
}

type Refusal = Pick<AttemptOver, "reason" | "idInUse">;

/** One connection and its one request. */
class DayRequest {
  readonly #options: PastExecutionsOptions;
  readonly #attempt: Attempt;
  readonly #executions = new Map<string, { readonly contract: Contract; readonly execution: Execution }>();
  readonly #commissions = new Map<string, CommissionReport>();
  readonly #lost: string[] = [];
  readonly #outcome = Promise.withResolvers<DayAnswer | Refusal>();
  #session: Session | null = null;
  #askedAt = 0;
  #book: StoredBook = "real";
  #isComplete = false;
  #cancelTimer: (() => void) | null = null;

  constructor(options: PastExecutionsOptions, clientId: number) {
    this.#options = options;
    const { settings, network, clock, log } = options;
    this.#attempt = new Attempt(
      {
        settings,
        network,
        clock,
        owner: {
          onInstance: (api) => this.#listen(api),
          probe: (call) => {
            if (this.#session !== null) call(this.#session.api);
          },
          onPriceTick: () => {},
          onComputation: () => {},
          onUnreadable: (message, reason) => {
            if (message === InboundMessage.executionData) this.#lost.push(`an execution of TWS: ${reason}`);
          },
          onBadNumber: () => {},
          onRefusedOutbound: (reason) => log.write("ERROR", "TRADING", `Kept a message from IBKR: ${reason}`),
        },
      },
      clientId,
      {
        onReady: (session) => this.#ask(session),
        onSilence: () => {},
        onThaw: () => {},
        onOver: ({ reason, idInUse }) => this.#end({ reason, idInUse }),
      },
    );
  }

  /** @throws the signal's reason */
  async answer(signal: AbortSignal): Promise<DayAnswer | Refusal> {
    const stop = () => this.#attempt.abandon("told to stop");
    signal.throwIfAborted();
    signal.addEventListener("abort", stop, { once: true });
    try {
      this.#attempt.start();
      const outcome = await this.#outcome.promise;
      signal.throwIfAborted();
      return outcome;
    } finally {
      signal.removeEventListener("abort", stop);
      this.#cancelTimer?.();
      this.#attempt.abandon("done");
    }
  }

  #listen(api: IBApi): void {
    api.on(EventName.execDetails, (_id, contract, execution) => this.#onExecution(contract, execution));
    api.on(EventName.commissionReport, (report) => this.#onCommission(report));
    api.on(EventName.execDetailsEnd, (id) => {
      if (id === REQUEST_ID) this.#complete();
    });
    api.on(EventName.info, (text: string, code: number) => this.#onMessage(code, text, -1));
    api.on(EventName.error, (error: Error, code: number, id: number) => this.#onMessage(code, error.message, id));
  }

  #ask(session: Session): void {
    this.#session = session;
    this.#askedAt = this.#options.clock.now();
    session.api.reqExecutions(REQUEST_ID, {});
    this.#wait();
  }

  /** A long day is as many messages: time runs anew with each of them. */
  #wait(): void {
    const { clock, settings } = this.#options;
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(settings.requestTimeoutMs, () => {
      this.#end({ reason: `IBKR gave no complete answer within ${settings.requestTimeoutMs} ms`, idInUse: false });
    });
  }

  #onExecution(contract: Contract, execution: Execution): void {
    if (!this.#isComplete) this.#wait();
    // Its legs arrive on their own, and its commission is theirs.
    if (isCombination(contract)) return;
    const { execId = "" } = execution;
    if (execId === "") this.#lost.push("an execution has no id");
    else this.#executions.set(execId, { contract, execution });
  }

  #onCommission(report: CommissionReport): void {
    if (report.execId) this.#commissions.set(report.execId, report);
    if (this.#isComplete && this.#hasAllCommissions()) this.#hand();
  }

  #onMessage(code: number, text: string, id: number): void {
    const meaning = meaningOf(code);
    const words = describeMessage(code, text);
    if (id === REQUEST_ID) {
      if (meaning.request !== "note") this.#end({ reason: `IBKR refused the executions: ${words}`, idInUse: false });
      return;
    }
    if (meaning.session === "simulated") this.#book = "simulated";
    // What TWS would tell now may be only a part.
    if (meaning.session === "servers-lost") this.#end({ reason: words, idInUse: false });
  }

  #complete(): void {
    this.#isComplete = true;
    if (this.#hasAllCommissions()) return this.#hand();
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(COMMISSIONS_WITHIN_MS, () => this.#hand());
  }

  #hasAllCommissions(): boolean {
    for (const execId of this.#executions.keys()) if (!this.#commissions.has(execId)) return false;
    return true;
  }

  #hand(): void {
    const { clock } = this.#options;
    const offsetMs = serverOffsetMs(this.#session?.connectionTime ?? "", clock.now());
    const fills: PastFill[] = [];
    for (const [execId, { contract, execution }] of this.#executions) {
      const record = executionRecord(contract, execution, offsetMs ?? 0);
      if (typeof record === "string") this.#lost.push(`execution ${execId}: ${record}`);
      else fills.push({ execution: record, commission: commissionRecord(this.#commissions.get(execId), record) });
    }
    this.#end({
      book: this.#book,
      accounts: this.#session?.accounts ?? [],
      since: offsetMs === null ? dayStart(brokerDay(this.#askedAt)) : serverMidnight(this.#askedAt, offsetMs),
      askedAt: this.#askedAt,
      fills,
      lost: this.#lost,
    });
  }

  #end(outcome: DayAnswer | Refusal): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#outcome.resolve(outcome);
  }
}

/** The record, or what of it cannot be read. */
function executionRecord(contract: Contract, execution: Execution, offsetMs: number): ExecutionRecord | string {
  const shares = present(execution.shares);
  const price = present(execution.price);
  const sign = signOf(execution.side);
  const executedAt = executionTime(execution.time ?? "", offsetMs);
  if (shares === null || price === null || sign === null) return "its size, price or side is not readable";
  if (executedAt === null) return "its time is not readable";
  if (!execution.acctNumber) return "it names no account";
  const order = orderOf(execution);
  return {
    account: execution.acctNumber,
    execId: execution.execId ?? "",
    // Where a fill happened to be made is no part of the contract.
    instrument: decodeContract({ ...contract, exchange: "" }),
    quantity: sign * shares,
    price,
    executedAt,
    exchange: order.exchange ?? null,
    orderId: order.orderId ?? null,
    orderRef: order.orderRef ?? null,
    origin: "API",
    raw: JSON.stringify({ contract, execution }),
  };
}

function commissionRecord(report: CommissionReport | undefined, of: ExecutionRecord): CommissionRecord | null {
  const amount = present(report?.commission);
  if (report === undefined || amount === null) return null;
  return {
    account: of.account,
    execId: of.execId,
    amount,
    currency: report.currency || of.instrument.currency,
    realizedPnl: present(report.realizedPNL),
    origin: "API",
    raw: JSON.stringify(report),
  };
}
