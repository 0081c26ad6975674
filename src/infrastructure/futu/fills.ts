/**
 * The session's fills: each as OpenD tells of it, and the whole list after each connection and now and then, since what was
 * not told (the link was away) must not be missed. The list is two: today's fills, and those of the past, which may leave out
 * the current day.
 *
 * Paper accounts have no fills that can be asked for: of them nothing is claimed to be complete.
 */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import { DAY_MS, isoDate } from "../../domain/calendar/date.ts";
import type { EpochMs } from "../../domain/time.ts";
import { accountOfPush, type AccountScope, type FutuAccount, scopesOf } from "./accounts.ts";
import type { Contracts } from "./contracts/contracts.ts";
import { Fees } from "./fees.ts";
import { instantOf } from "./figures.ts";
import { type FillRevision, isOlder, isTrade, readFill, revisionOf, UnreadableFill } from "./fill_row.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import type { Round } from "./positions.ts";
import { Rounds } from "./rounds.ts";
import { sessionsBegan } from "./running_sessions.ts";
import { FILL_STATUS, TRD_ENV } from "./wire/codes.ts";
import {
  type FutuOrderFill,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_ORDER_FILL_LIST,
  type TrdHeader,
} from "./wire/messages.ts";

const REFRESH_MS = 60_000;
/** Fills remembered so that what is told again is no news. */
const MAX_REMEMBERED = 100_000;
/** How OpenD words that it has no list of today's fills, for this account or at all. */
const NOT_SUPPORTED = /不支持|不支援|not support|unsupport|未知协议|未知協議|unknown proto/i;

export interface FillsDependencies {
  readonly sink: FeedSink;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly log: Log;
  /** OpenD told of a fill. */
  readonly onFill: () => void;
  /** More fills are known than the last positions are sure to hold. */
  readonly onPositionsOutdated: () => void;
  readonly onState: () => void;
}

/** What was last handed over of a fill. */
interface Told extends FillRevision {
  readonly quantity: number;
  readonly price: number;
}

export class Fills {
  readonly #deps: FillsDependencies;
  readonly #rounds: Rounds;
  readonly #fees: Fees;
  #session: OpenDSession | null = null;
  #accounts: readonly FutuAccount[] = [];
  readonly #told = new Map<string, Told>();
  /** When the newest fill was heard of, or when it was filled if it was only found in a list. */
  #newestAt: EpochMs = 0;
  /** When the last complete round of positions began; null before the first of this session. */
  #positionsAt: EpochMs | null = null;
  /** The list of fills since then is complete, and still to be told of. */
  #listedSince: EpochMs | null = null;
  /** A list of this session was told to be complete. */
  #wasComplete = false;
  #pushes: AbortController | null = null;
  /** It was said that today's list is not to be had. */
  #saidUnsupported = false;
  fault: string | null = null;

  constructor(deps: FillsDependencies) {
    this.#deps = deps;
    const { sink, contracts, clock, log } = deps;
    this.#fees = new Fees({ sink, contracts, clock, log });
    this.#rounds = new Rounds({ clock, intervalMs: REFRESH_MS, isCounted: true, run: (signal) => this.#round(signal) });
  }

  /** Pushes are taken from now on; the list is asked for after the first positions. */
  connected(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    this.#session = session;
    this.#accounts = accounts;
    this.#pushes = new AbortController();
    this.#fees.connected(session, accounts);
    this.#fees.sessionsBegan(sessionsBegan(this.#deps.clock.now()));
  }

  disconnected(): void {
    this.#rounds.stop();
    this.#fees.disconnected();
    this.#pushes?.abort(new DOMException("the connection is over", "AbortError"));
    this.#pushes = null;
    this.#session = null;
    this.#positionsAt = null;
    this.#listedSince = null;
    this.#wasComplete = false;
    this.fault = null;
  }

  /**
   * Positions were read. Only with those that hold every fill known does the list of fills tell what was held when the session
   * began, so its end waits for them.
   */
  onPositions({ startedAt, changed, isFresh }: Round): void {
    const isFirst = this.#positionsAt === null;
    if (isFresh) this.#positionsAt = startedAt;
    const real = this.#accounts.filter(({ trdEnv }) => trdEnv === TRD_ENV.REAL);
    if (isFirst && real.length > 0) this.#rounds.start(real.length);
    else if (changed) this.#rounds.soon();
    this.#tellComplete();
  }

  /** OpenD may tell of a fill more than once. */
  onPush(header: TrdHeader, fill: FutuOrderFill): void {
    const { contracts } = this.#deps;
    const account = accountOfPush(this.#accounts, header, fill.trdMarket);
    const session = this.#session;
    const signal = this.#pushes?.signal;
    if (account === null || session === null || signal === undefined) return;
    const row = codeOf(fill);
    if (contracts.isClear(row)) return this.#takePush(account.id, fill);
    void contracts.resolve([row], session, signal).then(() => this.#takePush(account.id, fill), (fault: unknown) => {
      if (!signal.aborted) throw fault;
    });
  }

  #takePush(account: string, fill: FutuOrderFill): void {
    try {
      const now = this.#deps.clock.now();
      if (!this.#take(account, fill, sessionsBegan(now))) return;
      this.#newestAt = now;
      this.#deps.onFill();
    } catch (fault) {
      if (!(fault instanceof UnreadableFill)) throw fault;
      this.#fail(fault.message);
      this.#rounds.soon();
    }
  }

  async #round(signal: AbortSignal): Promise<boolean> {
    const { clock, onPositionsOutdated, onState } = this.#deps;
    const since = sessionsBegan(clock.now());
    try {
      const rows = await this.#read(this.#session!, since, signal);
      const now = clock.now();
      this.#fees.sessionsBegan(since);
      for (const [account, fill] of rows) {
        if (this.#take(account, fill, since)) {
          this.#newestAt = Math.max(this.#newestAt, Math.min(now, instantOf(fill.createTimestamp) ?? now));
        }
      }
      this.fault = null;
      this.#listedSince = since;
      this.#tellComplete();
      // Later ones can wait for the positions of the interval: what was held at first is settled.
      if (this.#listedSince !== null && !this.#wasComplete) onPositionsOutdated();
      onState();
      return true;
    } catch (fault) {
      if (!(fault instanceof OpenDFault || fault instanceof UnreadableFill)) throw fault;
      if (fault instanceof OpenDFault && fault.kind === "lost") return false;
      this.#fail(fault.message);
      return false;
    }
  }

  /**
   * Each fill once. Today's are asked for first: what midnight moves to the past is then in the list that is asked for after it.
   *
   * @throws {UnreadableFill}
   */
  async #read(
    session: OpenDSession,
    since: EpochMs,
    signal: AbortSignal,
  ): Promise<readonly (readonly [account: string, fill: FutuOrderFill])[]> {
    const { contracts } = this.#deps;
    const rows = new Map<string, readonly [string, FutuOrderFill]>();
    for (const scope of scopesOf(this.#accounts)) {
      const account = scope.header.accID;
      const lists = [
        await this.#askToday(scope, session, signal),
        await askPast(scope, this.#window(since), session, signal),
      ];
      for (const fill of lists.flat().filter(isTrade)) {
        const key = `${account}|${fill.fillIDEx}`;
        const known = rows.get(key);
        if (known === undefined || isOlder(revisionOf(known[1]), revisionOf(fill))) rows.set(key, [account, fill]);
      }
    }
    const fills = [...rows.values()];
    await contracts.resolve(fills.map(([, fill]) => codeOf(fill)), session, signal);
    return fills;
  }

  /** Bounds are text in the exchange's time: a day more on either side, and each fill's time stamp decides. */
  #window(since: EpochMs): FillWindow {
    const beginTime = `${dateOf(since - DAY_MS)} 00:00:00`;
    return { beginTime, endTime: `${dateOf(this.#deps.clock.now() + DAY_MS)} 23:59:59` };
  }

  /** From what OpenD has been told itself: it does not count the question. None where it has no such list. */
  async #askToday(
    scope: AccountScope,
    session: OpenDSession,
    signal: AbortSignal,
  ): Promise<readonly FutuOrderFill[]> {
    try {
      return (await session.ask(GET_ORDER_FILL_LIST, scope, { signal })).orderFillList;
    } catch (fault) {
      if (!(fault instanceof OpenDFault) || fault.kind !== "refused" || !NOT_SUPPORTED.test(fault.said ?? "")) {
        throw fault;
      }
      if (!this.#saidUnsupported) {
        this.#deps.log.write("INFO", "TRADING", `Futu's fills are those of its history list alone: ${fault.message}`);
      }
      this.#saidUnsupported = true;
      return [];
    }
  }

  /** True when it was news. @throws {UnreadableFill} */
  #take(account: string, fill: FutuOrderFill, since: EpochMs): boolean {
    if (!isTrade(fill)) return false;
    const { quantity, price, time } = readFill(fill);
    const key = `${account}|${fill.fillIDEx}`;
    const before = this.#told.get(key);
    const revision = revisionOf(fill);
    if (before !== undefined && isOlder(revision, before)) return false;
    const isCancelled = fill.status === FILL_STATUS.CANCELLED;
    const counted = isCancelled ? 0 : quantity;
    this.#noteFee(account, fill, counted, time);
    if (time < since) return false;
    this.#remember(key, { ...revision, quantity: counted, price });
    const isNews = before === undefined ? !isCancelled : before.quantity !== counted || before.price !== price;
    if (!isNews) return false;
    this.#deps.sink.push({
      kind: "execution",
      source: "FUTU",
      account,
      instrument: this.#deps.contracts.of(codeOf(fill)).index,
      execId: fill.fillIDEx,
      quantity: counted,
      price,
      time,
      ...(fill.orderIDEx ? { orderId: fill.orderIDEx } : {}),
    }, true);
    return true;
  }

  /** An OpenD that names no order tells no fee either. */
  #noteFee(account: string, fill: FutuOrderFill, quantity: number, time: EpochMs): void {
    const { orderIDEx: orderId, fillIDEx: execId } = fill;
    if (orderId) this.#fees.note({ account, orderId, execId, quantity, time, code: codeOf(fill) });
  }

  #remember(key: string, told: Told): void {
    if (this.#told.size >= MAX_REMEMBERED) this.#told.clear();
    this.#told.set(key, told);
  }

  #tellComplete(): void {
    const since = this.#listedSince;
    if (since === null || this.#positionsAt === null || this.#positionsAt <= this.#newestAt) return;
    const { sink, clock } = this.#deps;
    this.#listedSince = null;
    this.#wasComplete = true;
    sink.push({ kind: "executions-complete", source: "FUTU", since, at: clock.now() });
  }

  #fail(reason: string): void {
    const { log, onState } = this.#deps;
    if (this.fault !== reason) log.write("WARN", "TRADING", `Fills from Futu are not complete: ${reason}`);
    this.fault = reason;
    this.#listedSince = null;
    onState();
  }
}

interface FillWindow {
  readonly beginTime: string;
  readonly endTime: string;
}

async function askPast(
  { header, filterConditions: market }: AccountScope,
  window: FillWindow,
  session: OpenDSession,
  signal: AbortSignal,
): Promise<readonly FutuOrderFill[]> {
  const filterConditions = { ...market, ...window };
  return (await session.ask(GET_HISTORY_ORDER_FILL_LIST, { header, filterConditions }, { signal })).orderFillList;
}

function dateOf(at: EpochMs): string {
  return isoDate(Math.floor(at / DAY_MS));
}

/** A fill names no currency. */
function codeOf({ code, secMarket, trdMarket }: FutuOrderFill) {
  return { code, secMarket, trdMarket, currency: null };
}
