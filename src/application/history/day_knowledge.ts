/**
 * Which days a process may write results of. A day's row is the sum of all that earned in it, and a process that starts in
 * the middle may have missed a part that an earlier one has stored: it must not overwrite that row with less.
 *
 * It does not know a day when
 * - another leaf of the account is in a later session already: its part of the day is over;
 * - an execution of an ended session is told, of a holding that may be gone since;
 * - a holding that was stored in that session is gone without a trade (expired, assigned, moved elsewhere);
 * - the row was stored after the account's markets had closed for the day: it is as good as it gets, and an expired option
 *   may have left since;
 * - the clock was set back into it: the book rolled, and what it knew of the session is gone.
 */
import { type Exchange, exchangeOf } from "../../domain/calendar/exchange.ts";
import { sessionDate } from "../../domain/calendar/session.ts";
import { tradingDays } from "../../domain/calendar/trading_day.ts";
import type { BookEvent, Source } from "../../domain/event.ts";
import { instrumentKey } from "../../domain/instrument.ts";
import type { Portfolio } from "../../domain/portfolio.ts";
import type { IsoDate } from "../../domain/time.ts";
import type { DailyPnlRecord, PositionBook } from "../ports/store_records.ts";
import { accountKey } from "./confirmed.ts";
import type { HeldLeaf } from "./held_leaves.ts";

const DEFAULT_EXCHANGE: Exchange = "NYSE";

export class DayKnowledge {
  readonly #portfolio: Portfolio;
  /** By account: the newest session that a leaf was in at the start, or when the clock was set back. */
  readonly #from = new Map<string, IsoDate>();
  readonly #unknown = new Map<string, Set<IsoDate>>();
  #books: readonly PositionBook[] = [];
  #days: readonly DailyPnlRecord[] = [];

  constructor(portfolio: Portfolio) {
    this.#portfolio = portfolio;
  }

  expect(books: readonly PositionBook[], days: readonly DailyPnlRecord[]): void {
    this.#books = books;
    this.#days = days;
  }

  /** Of before the start was over. */
  note(event: BookEvent): void {
    if (event.kind !== "execution") return;
    const { calendar } = this.#portfolio;
    const { instrument, time, source, account } = event;
    if (time >= calendar.sessionStart(instrument)) return;
    this.#leave(accountKey(source, account), sessionDate(calendar.exchange(instrument) ?? DEFAULT_EXCHANGE, time));
  }

  /** A source's book is there: what of it the process has missed follows. */
  settle(source: Source, leaves: readonly HeldLeaf[]): void {
    const own = leaves.filter((leaf) => leaf.source === source);
    this.knowFrom(own);
    this.#leaveDeparted(own, this.#books.filter((book) => book.source === source));
    this.#leaveFinished(own, this.#days.filter((day) => day.source === source));
    this.#books = this.#books.filter((book) => book.source !== source);
    this.#days = this.#days.filter((day) => day.source !== source);
  }

  /** What the accounts earned is known from the newest session on that one of their leaves is in. */
  knowFrom(leaves: readonly HeldLeaf[]): void {
    const { calendar } = this.#portfolio;
    for (const { owner, exchange } of leaves) {
      const session = calendar.sessionOf(exchange);
      if (session !== null && session > (this.#from.get(owner) ?? "")) this.#from.set(owner, session);
    }
  }

  isKnown(owner: string, day: IsoDate): boolean {
    return day >= (this.#from.get(owner) ?? "") && this.#unknown.get(owner)?.has(day) !== true;
  }

  /** Of the whole book: what one account does not know, the sum does not. */
  isKnownOfAll(day: IsoDate): boolean {
    const owners = new Set([...this.#from.keys(), ...this.#unknown.keys()]);
    return [...owners].every((owner) => this.isKnown(owner, day));
  }

  #leaveDeparted(leaves: readonly HeldLeaf[], books: readonly PositionBook[]): void {
    const held = new Set(leaves.map(({ key }) => key));
    for (const { source, account, takenAt, positions } of books) {
      const owner = accountKey(source, account);
      for (const { instrument, quantity } of positions) {
        if (source === "MANUAL" || quantity === 0 || held.has(`${owner}|${instrumentKey(instrument)}`)) continue;
        this.#leave(owner, sessionDate(exchangeOf(instrument) ?? DEFAULT_EXCHANGE, takenAt));
      }
    }
  }

  #leaveFinished(leaves: readonly HeldLeaf[], days: readonly DailyPnlRecord[]): void {
    for (const { source, account, tradeDate, updatedAt } of days) {
      if (source === "ALL") continue;
      const owner = accountKey(source, account);
      const closes = new Set(leaves.filter((leaf) => leaf.owner === owner).map(({ exchange }) => exchange));
      const last = Math.max(...Array.from(closes, (exchange) => closeOf(exchange, tradeDate)));
      if (updatedAt >= last) this.#leave(owner, tradeDate);
    }
  }

  #leave(owner: string, day: IsoDate | null): void {
    if (day === null) return;
    const days = this.#unknown.get(owner) ?? new Set<IsoDate>();
    this.#unknown.set(owner, days.add(day));
  }
}

/** Minus infinity on a day without trading. */
function closeOf(exchange: Exchange, day: IsoDate): number {
  return tradingDays(exchange, day, day)[0]?.close ?? Number.NEGATIVE_INFINITY;
}
