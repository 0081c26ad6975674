/**
 * Each day's result of each account and of the book, by the session that earned it.
 *
 * Markets roll at different hours: CME futures at 17:00 New York, stocks and options at midnight of their exchange. In
 * between, a book has the P&L of two sessions. A row is the sum over leaves of what each earned *in that session*: when a
 * leaf rolls, its last value of the old session is kept for that row while the others go on, and the row of the new session
 * begins with what has rolled. Weekends and holidays never roll, so no row appears for them.
 *
 * A row is only written by a process that saw all of it. What it must leave to an earlier one is in `day_knowledge.ts`. A
 * source that is not read yet leaves the rows of the others' accounts as they are; the book's wait for all of them.
 */
import { sessionDate } from "../../domain/calendar/session.ts";
import type { BookEvent, Source } from "../../domain/event.ts";
import type { Portfolio } from "../../domain/portfolio.ts";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import type { EpochMs, IsoDate } from "../../domain/time.ts";
import { ALL_ACCOUNTS, type DailyPnlRecord, type PositionBook } from "../ports/store_records.ts";
import { DayKnowledge } from "./day_knowledge.ts";
import { DaySums } from "./day_sums.ts";
import { type HeldLeaf, type HeldLeaves, seenIn } from "./held_leaves.ts";
import { type LeafResult, leafResult } from "./leaf_result.ts";

const BOOK = "ALL";
const MINUTE_MS = 60_000;

/** What an account says of itself beside its leaves; it belongs to New York's day, which is how IBKR counts. */
type AccountFigures = Pick<DailyPnlRecord, "netLiquidation" | "brokerDailyPnl" | "brokerRealizedPnl">;
const NO_FIGURES: AccountFigures = { netLiquidation: null, brokerDailyPnl: null, brokerRealizedPnl: null };

interface Owner {
  readonly source: Source | "ALL";
  readonly account: string;
}

interface Earned {
  readonly held: HeldLeaf;
  readonly session: IsoDate;
  readonly result: LeafResult;
}

/** Rows being written, by account and day. */
interface Row {
  readonly owner: Owner;
  readonly day: IsoDate;
  readonly sums: DaySums;
  readonly unrealizedPnl: number | null;
}

interface Kept {
  readonly owner: Owner;
  readonly days: Map<IsoDate, DaySums>;
}

export class DailyResults {
  readonly #portfolio: Portfolio;
  readonly #held: HeldLeaves;
  readonly #knowledge: DayKnowledge;
  readonly #begun = new Set<Source>();
  /** What rolled or left the book, by account and session. */
  readonly #kept = new Map<string, Kept>();
  /** Days that a holding left in, whose rows do not say so yet. */
  readonly #unwritten = new Set<IsoDate>();
  /** By account and day: as last written. */
  readonly #figures = new Map<string, AccountFigures>();
  #leaves: readonly HeldLeaf[] = [];
  #minute = Number.NaN;

  constructor(portfolio: Portfolio, held: HeldLeaves) {
    this.#portfolio = portfolio;
    this.#held = held;
    this.#knowledge = new DayKnowledge(portfolio);
  }

  /** What an earlier run stored: its last books, and its rows of the last few days. */
  expect(books: readonly PositionBook[], days: readonly DailyPnlRecord[]): void {
    this.#knowledge.expect(books, days);
  }

  /** To be told of each event before the book takes it in. */
  note(event: BookEvent): void {
    if (event.kind === "execution" && !this.#begun.has(event.source)) this.#knowledge.note(event);
  }

  /** From here on every leaf of the source is watched: positions, executions and quotes are there. After `afterTurn`. */
  begin(source: Source): void {
    this.#begun.add(source);
    this.#leaves = this.#held.all();
    this.#knowledge.settle(source, this.#leaves);
  }

  hasBegun(source: Source): boolean {
    return this.#begun.has(source);
  }

  /**
   * Before the book moves to `now`: when sessions end by then, their rows as they end, and what the leaves made is kept.
   * A clock that was set back ends none: the rows of sessions that were over stay as they were written.
   *
   * @param last the newest snapshot
   * @param sources those that the book consists of
   */
  beforeMove(now: EpochMs, last: RiskSnapshot, sources: readonly Source[]): DailyPnlRecord[] {
    // No session begins but at a full minute.
    const minute = Math.floor(now / MINUTE_MS);
    if (this.#begun.size === 0 || minute === this.#minute) return [];
    this.#minute = minute;
    const { calendar } = this.#portfolio;
    const rolling = new Set(
      [...this.#held.exchanges()].filter((exchange) => sessionDate(exchange, now) !== calendar.sessionOf(exchange)),
    );
    if (rolling.size === 0) return [];
    if ([...rolling].some((exchange) => isBefore(sessionDate(exchange, now), calendar.sessionOf(exchange)))) {
      this.#knowledge.knowFrom(this.#held.all());
      return [];
    }
    const records = this.rows(last, sources, true);
    for (const each of this.#earned(this.#held.all(), last)) {
      if (rolling.has(each.held.exchange) && this.#begun.has(each.held.source)) this.#keep(each);
    }
    // What is closed leaves the book with the roll; that is no departure.
    this.#leaves = this.#leaves.filter(({ exchange }) => !rolling.has(exchange));
    this.#forget(now);
    return records;
  }

  /**
   * After each turn: a holding that left the book without a trade (expired, assigned, moved elsewhere) keeps what it made in
   * its session. An entry that is gone from the manual file was taken back.
   *
   * @param before the snapshot of the turn before
   */
  afterTurn(before: RiskSnapshot | null): void {
    if (this.#begun.size === 0) return;
    const leaves = this.#held.all();
    if (leaves === this.#leaves) return;
    const { positions } = this.#portfolio;
    const gone = this.#leaves.filter(({ leaf, source }) =>
      source !== "MANUAL" && this.#begun.has(source) && !positions.isAlive(leaf)
    );
    this.#leaves = leaves;
    if (gone.length === 0 || before === null) return;
    for (const each of this.#earned(gone, before)) {
      this.#keep(each);
      this.#unwritten.add(each.session);
    }
  }

  /**
   * The rows of the sessions that run, as of the snapshot, which must be the book's newest.
   *
   * @param sources whose accounts' rows are wanted
   * @param isWhole they are all that the book consists of: then its own as well
   */
  rows(snapshot: RiskSnapshot, sources: readonly Source[], isWhole: boolean): DailyPnlRecord[] {
    const { baseCurrency, asOf } = snapshot;
    const wanted = sources.filter((source) => this.#begun.has(source));
    if (wanted.length === 0 || baseCurrency === null) return [];
    const updatedAt = Date.parse(asOf);
    const earned = this.#earned(this.#held.all(), snapshot);
    const owners = new Map<string, Owner>(Array.from(this.#kept, ([key, { owner }]) => [key, owner]));
    for (const { held: { owner, source, account } } of earned) owners.set(owner, { source, account });
    const rows = [...owners].flatMap(([key, owner]) =>
      wanted.some((source) => source === owner.source) ? this.#rowsOf(key, owner, earned) : []
    );
    if (isWhole && wanted.length === sources.length) {
      rows.push(...this.#bookRows(earned));
      this.#unwritten.clear();
    }
    return rows.map(({ owner, day, sums, unrealizedPnl }) => ({
      ...owner,
      tradeDate: day,
      currency: baseCurrency,
      ...sums.values,
      unrealizedPnl,
      ...this.#figuresOf(owner, day, snapshot),
      updatedAt,
    }));
  }

  #rowsOf(key: string, owner: Owner, earned: readonly Earned[]): Row[] {
    const own = earned.filter(({ held }) => held.owner === key);
    const kept = this.#kept.get(key)?.days;
    const left = [...this.#unwritten].filter((day) => kept?.has(day));
    const unrealizedPnl = sumKnown(own.map(({ result }) => result.unrealizedPnl));
    return daysOf(own, left)
      .filter((day) => this.#knowledge.isKnown(key, day))
      .map((day) => ({ owner, day, sums: sumsOf(own, day, [kept?.get(day)]), unrealizedPnl }));
  }

  #bookRows(earned: readonly Earned[]): Row[] {
    const owner: Owner = { source: BOOK, account: ALL_ACCOUNTS };
    const unrealizedPnl = sumKnown(earned.map(({ result }) => result.unrealizedPnl));
    return daysOf(earned, this.#unwritten)
      .filter((day) => this.#knowledge.isKnownOfAll(day))
      .map((day) => {
        const kept = Array.from(this.#kept.values(), ({ days }) => days.get(day));
        return { owner, day, sums: sumsOf(earned, day, kept), unrealizedPnl };
      });
  }

  #earned(leaves: readonly HeldLeaf[], snapshot: RiskSnapshot): Earned[] {
    const { baseCurrency } = snapshot;
    if (baseCurrency === null) return [];
    const earned: Earned[] = [];
    for (const seen of seenIn(leaves, snapshot)) {
      const session = this.#portfolio.calendar.sessionOf(seen.held.exchange);
      const result = leafResult(seen, this.#portfolio, baseCurrency);
      if (session !== null && result !== null) earned.push({ held: seen.held, session, result });
    }
    return earned;
  }

  #keep({ held: { owner, source, account }, session, result }: Earned): void {
    const kept: Kept = this.#kept.get(owner) ?? { owner: { source, account }, days: new Map() };
    this.#kept.set(owner, kept);
    kept.days.set(session, (kept.days.get(session) ?? new DaySums()).add(result));
  }

  /** Days that no leaf is in any more at `now` are over: their rows are written. */
  #forget(now: EpochMs): void {
    const running = [...this.#held.exchanges()].map((exchange) => sessionDate(exchange, now)).filter((day) =>
      day !== null
    );
    const first = running.reduce((least, day) => day < least ? day : least, "9999-12-31");
    for (const [key, { days }] of this.#kept) {
      for (const day of days.keys()) if (day < first) days.delete(day);
      if (days.size === 0) this.#kept.delete(key);
    }
    for (const key of this.#figures.keys()) if (key.slice(0, first.length) < first) this.#figures.delete(key);
  }

  /** The broker's P&L is of New York's day alone; of a day that is over there, what it had last stays. */
  #figuresOf(owner: Owner, day: IsoDate, snapshot: RiskSnapshot): AccountFigures {
    const newYork = this.#portfolio.calendar.sessionOf("NYSE") ?? day;
    const key = `${day}|${owner.source}|${owner.account}`;
    const known = this.#figures.get(key);
    if (day < newYork && known !== undefined) return known;
    const now = owner.source === BOOK ? bookFigures(snapshot) : accountFigures(owner, snapshot);
    const figures = day === newYork ? now : { ...NO_FIGURES, netLiquidation: now.netLiquidation };
    this.#figures.set(key, figures);
    return figures;
  }
}

function isBefore(one: IsoDate | null, other: IsoDate | null): boolean {
  return one !== null && other !== null && one < other;
}

function daysOf(earned: readonly Earned[], left: Iterable<IsoDate>): IsoDate[] {
  return [...new Set([...earned.map(({ session }) => session), ...left])].sort();
}

function sumsOf(earned: readonly Earned[], day: IsoDate, kept: readonly (DaySums | undefined)[]): DaySums {
  const sums = new DaySums();
  for (const { session, result } of earned) if (session === day) sums.add(result);
  for (const part of kept) if (part !== undefined) sums.addAll(part);
  return sums;
}

/** Null when none is known. */
function sumKnown(values: readonly number[]): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function accountFigures({ source, account }: Owner, { accounts }: RiskSnapshot): AccountFigures {
  const found = accounts.find((row) => row.source === source && row.account === account);
  if (found === undefined) return NO_FIGURES;
  const { netLiquidation, brokerDailyPnl, brokerRealizedPnl } = found;
  return { netLiquidation, brokerDailyPnl, brokerRealizedPnl };
}

/** One unknown account makes the book's unknown. */
function bookFigures({ accounts, portfolio }: RiskSnapshot): AccountFigures {
  const sum = (values: readonly (number | null)[]): number | null =>
    values.length === 0 || values.includes(null) ? null : values.reduce<number>((total, value) => total + value!, 0);
  return {
    netLiquidation: portfolio.netLiquidation,
    brokerDailyPnl: sum(accounts.map((row) => row.brokerDailyPnl)),
    brokerRealizedPnl: sum(accounts.map((row) => row.brokerRealizedPnl)),
  };
}
