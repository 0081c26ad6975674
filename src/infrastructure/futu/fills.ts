/**
 * The session's fills: each as OpenD tells of it, and the whole list after each connection and now and then, since what was
 * not told (the link was away) must not be missed.
 *
 * Paper accounts have no fills that can be asked for: of them nothing is claimed to be complete.
 */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import { DAY_MS, isoDate } from "../../domain/calendar/date.ts";
import { EXCHANGES } from "../../domain/calendar/exchange.ts";
import { sessionDate, sessionStart } from "../../domain/calendar/session.ts";
import type { EpochMs } from "../../domain/time.ts";
import { accountOfPush, type FutuAccount, scopesOf } from "./accounts.ts";
import type { Contracts } from "./contracts.ts";
import { instantOf, present } from "./figures.ts";
import { OpenDFault, type OpenDSession } from "./opend.ts";
import type { Round } from "./positions.ts";
import { Rounds } from "./rounds.ts";
import { FILL_STATUS, signOfSide, TRD_ENV } from "./wire/codes.ts";
import { type FutuOrderFill, GET_HISTORY_ORDER_FILL_LIST, type TrdHeader } from "./wire/messages.ts";

const REFRESH_MS = 60_000;
/** Fills remembered so that what is told again is no news. */
const MAX_REMEMBERED = 100_000;
/** Trd_Common.OrderFillStatus of a payment on an event contract, which is no trade. */
const PAYOUT = 3;

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
interface Told {
  readonly standing: number;
  readonly updatedAt: number | null;
  readonly quantity: number;
  readonly price: number;
}

/** A fill whose size, price, side or time cannot be read. */
class UnreadableFill extends Error {
  override readonly name = "UnreadableFill";
}

export class Fills {
  readonly #deps: FillsDependencies;
  readonly #rounds: Rounds;
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
  fault: string | null = null;

  constructor(deps: FillsDependencies) {
    this.#deps = deps;
    const { clock } = deps;
    this.#rounds = new Rounds({ clock, intervalMs: REFRESH_MS, isCounted: true, run: (signal) => this.#round(signal) });
  }

  /** Pushes are taken from now on; the list is asked for after the first positions. */
  connected(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    this.#session = session;
    this.#accounts = accounts;
    this.#pushes = new AbortController();
  }

  disconnected(): void {
    this.#rounds.stop();
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

  /** Bounds are text in the exchange's time: a day more on either side, and each fill's time stamp decides. */
  async #read(
    session: OpenDSession,
    since: EpochMs,
    signal: AbortSignal,
  ): Promise<readonly (readonly [account: string, fill: FutuOrderFill])[]> {
    const { contracts, clock } = this.#deps;
    const beginTime = `${dateOf(since - DAY_MS)} 00:00:00`;
    const endTime = `${dateOf(clock.now() + DAY_MS)} 23:59:59`;
    const rows = new Map<string, readonly [string, FutuOrderFill]>();
    for (const { header, filterConditions: market } of scopesOf(this.#accounts)) {
      const filterConditions = { ...market, beginTime, endTime };
      const { orderFillList } = await session.ask(GET_HISTORY_ORDER_FILL_LIST, { header, filterConditions }, {
        signal,
      });
      for (const fill of orderFillList) rows.set(`${header.accID}|${fill.fillIDEx}`, [header.accID, fill]);
    }
    const fills = [...rows.values()];
    await contracts.resolve(fills.map(([, fill]) => codeOf(fill)), session, signal);
    return fills;
  }

  /** True when it was news. @throws {UnreadableFill} */
  #take(account: string, fill: FutuOrderFill, since: EpochMs): boolean {
    if (fill.status === PAYOUT) return false;
    const { quantity, price, time } = readFill(fill);
    if (time < since) return false;
    const key = `${account}|${fill.fillIDEx}`;
    const before = this.#told.get(key);
    const standing = standingOf(fill);
    if (before !== undefined && isOlder(standing, fill.updateTimestamp, before)) return false;
    const isCancelled = fill.status === FILL_STATUS.CANCELLED;
    const counted = isCancelled ? 0 : quantity;
    this.#remember(key, { standing, updatedAt: fill.updateTimestamp, quantity: counted, price });
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

/** When the earliest of the sessions that run on any exchange began. */
function sessionsBegan(now: EpochMs): EpochMs {
  let began = now - DAY_MS;
  for (const exchange of EXCHANGES) {
    const session = sessionDate(exchange, now);
    const start = session === null ? null : sessionStart(exchange, session);
    if (start !== null) began = Math.min(began, start);
  }
  return began;
}

function dateOf(at: EpochMs): string {
  return isoDate(Math.floor(at / DAY_MS));
}

/** A fill names no currency. */
function codeOf({ code, secMarket, trdMarket }: FutuOrderFill) {
  return { code, secMarket, trdMarket, currency: null };
}

function readFill(fill: FutuOrderFill): { quantity: number; price: number; time: EpochMs } {
  const { fillIDEx, code, trdSide, qty, price, createTimestamp } = fill;
  const sign = signOfSide(trdSide);
  const size = present(qty);
  const at = present(price);
  const time = instantOf(createTimestamp);
  if (fillIDEx === "" || sign === null || size === null || at === null || time === null) {
    throw new UnreadableFill(`a fill of ${code} has no readable number, side, size, price or time`);
  }
  return { quantity: sign * Math.abs(size), price: at, time };
}

/** A fill is first good, then changed, then taken back: never the other way. */
function standingOf({ status, code }: FutuOrderFill): number {
  switch (status) {
    case null:
    case FILL_STATUS.OK:
      return 0;
    case FILL_STATUS.CHANGED:
      return 1;
    case FILL_STATUS.CANCELLED:
      return 2;
    default:
      throw new UnreadableFill(`a fill of ${code} has a status that is not known (${status})`);
  }
}

function isOlder(standing: number, updatedAt: number | null, before: Told): boolean {
  if (standing !== before.standing) return standing < before.standing;
  return updatedAt !== null && before.updatedAt !== null && updatedAt < before.updatedAt;
}
