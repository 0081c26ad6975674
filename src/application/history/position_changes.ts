/**
 * Changes of holdings, each with its cause.
 *
 * A fill and its position update arrive up to three seconds apart, in either order, so that a change is judged once it has
 * been quiet for that long: when the executions that came meanwhile add up to it, they are the cause. After a lost link, and
 * at the start, the day's executions are still on their way: then until their list is complete.
 *
 * Only what a source says itself counts: a stored book that stands in for it is no holding, and its difference from the
 * first confirmed one is a change of its own kind.
 */
import type { BookEvent, Source } from "../../domain/event.ts";
import { type Instrument, instrumentKey } from "../../domain/instrument.ts";
import type { Portfolio } from "../../domain/portfolio.ts";
import { type LeafIndex, QUANTITY_TOLERANCE } from "../../domain/position_book.ts";
import { executionOf } from "../../domain/session_fills.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { PositionBook, PositionChangeRecord } from "../ports/store_records.ts";
import { changeCause, countedFor, sumOf, type Traded } from "./change_cause.ts";
import { accountKey, isAccountConfirmed, isSourceConfirmed } from "./confirmed.ts";
import { type Execution, remember } from "./recorded_fills.ts";

/** How far a fill and its position update may be apart, as the position book has it. */
const SETTLE_MS = 3_000;
/** A holding that never comes to rest is judged after this, at a moment when its executions add up. */
const RESTLESS_MS = 30_000;
/** The broker's list of executions is waited for so long. */
const EXECUTIONS_MS = 60_000;
/** Executions remembered so that a correction counts for its difference and a repetition for nothing. */
const MAX_REMEMBERED = 100_000;

interface Holding {
  readonly quantity: number;
  /** NaN when unknown. */
  readonly avgPrice: number;
}

interface Unsettled {
  readonly source: Source;
  readonly account: string;
  readonly instrument: Instrument;
  readonly before: Holding;
  /** Null for a change while the program runs; else when the book was stored that it is measured from. */
  readonly storedAt: EpochMs | null;
  readonly changedAt: EpochMs;
  quietSince: EpochMs;
  readonly traded: Traded[];
}

export class PositionChanges {
  readonly #portfolio: Portfolio;
  /** The book as of the last turn, by leaf. */
  #quantity = new Float64Array(0);
  #avgPrice = new Float64Array(0);
  #alive = new Uint8Array(0);
  #count = 0;
  #revision = -1;
  /** The newest leaf of each holding. */
  readonly #leafOf = new Map<string, LeafIndex>();
  /** Accounts, by their index in the book, whose first confirmed book has been seen, and since when. */
  readonly #since = new Map<number, EpochMs>();
  readonly #seenSources = new Set<Source>();
  readonly #unsettled = new Map<string, Unsettled>();
  /** By account: what was stored, by contract. */
  readonly #stored = new Map<string, PositionBook>();
  readonly #executions = new Map<string, { readonly quantity: number; readonly revision: number }>();
  /** Executions of this turn, and of accounts whose book is still to come. */
  #traded: { readonly event: Execution; readonly quantity: number }[] = [];
  /** Sources whose executions are complete since their link last came up. */
  readonly #complete = new Set<Source>();

  constructor(portfolio: Portfolio) {
    this.#portfolio = portfolio;
  }

  /**
   * What an earlier run stored: the first confirmed book of each account is compared with it. Without one, the first book is
   * no change.
   */
  expect(previous: readonly PositionBook[]): void {
    for (const book of previous) this.#stored.set(accountKey(book.source, book.account), book);
  }

  /** To be told of each event before the book takes it in. */
  note(event: BookEvent): void {
    if (event.kind === "link" && event.status === "down") this.#complete.delete(event.source);
    else if (event.kind === "executions-complete") this.#complete.add(event.source);
    else if (event.kind === "execution") this.#noteExecution(event);
  }

  /** Once a turn, after its events: the changes that are settled. */
  observe(now: EpochMs): PositionChangeRecord[] {
    const traded = this.#traded;
    this.#traded = [];
    this.#takeNewAccounts(now);
    // Against the columns of the last turn: what was held before the trade.
    for (const each of traded) this.#attribute(each, now);
    this.#compare(now);
    this.#takeFirstBooks(now);
    return this.#settle(now, false);
  }

  /** What is not settled yet is judged as it stands: at the end of the run. */
  flush(now: EpochMs): PositionChangeRecord[] {
    return this.#settle(now, true);
  }

  #noteExecution(event: Execution): void {
    const { root, revision } = executionOf(event.source, event.execId);
    const name = `${event.source}|${event.account}|${root}`;
    const known = this.#executions.get(name);
    if (known !== undefined && known.revision > revision) return;
    const quantity = event.quantity - (known?.quantity ?? 0);
    remember(this.#executions, name, { quantity: event.quantity, revision }, MAX_REMEMBERED);
    if (quantity !== 0) this.#traded.push({ event, quantity });
  }

  /** An account that turns up after the source's first book had nothing before, and what it has now is a change. */
  #takeNewAccounts(now: EpochMs): void {
    const { accounts } = this.#portfolio.positions;
    for (let index = 0; index < accounts.length; index++) {
      const { source, account } = accounts[index]!;
      if (this.#since.has(index) || !this.#seenSources.has(source)) continue;
      if (!this.#stored.has(accountKey(source, account))) this.#since.set(index, now);
    }
  }

  /** The only work that is done for every leaf in every turn. */
  #compare(now: EpochMs): void {
    const { positions } = this.#portfolio;
    const { quantity, avgPrice, count } = positions;
    const known = this.#count;
    this.#reserve(count);
    for (let leaf = 0; leaf < known; leaf++) {
      if (quantity[leaf] !== this.#quantity[leaf]) this.#changed(leaf, now);
    }
    if (positions.revision !== this.#revision) {
      for (let leaf = 0; leaf < count; leaf++) {
        const alive = positions.isAlive(leaf) ? 1 : 0;
        if (leaf >= known) this.#leafOf.set(this.#keyOf(leaf), leaf);
        if (alive === this.#alive[leaf]) continue;
        this.#changed(leaf, now);
        this.#alive[leaf] = alive;
      }
      this.#revision = positions.revision;
    }
    this.#count = count;
    this.#quantity.set(quantity.subarray(0, count));
    this.#avgPrice.set(avgPrice.subarray(0, count));
  }

  /** The columns still hold what was before. */
  #changed(leaf: LeafIndex, now: EpochMs): void {
    const { positions, registry } = this.#portfolio;
    const accountIndex = positions.account[leaf]!;
    if (!this.#since.has(accountIndex)) return;
    const { source, account } = positions.accounts[accountIndex]!;
    const held = this.#alive[leaf] === 1;
    const before = held
      ? { quantity: this.#quantity[leaf]!, avgPrice: this.#avgPrice[leaf]! }
      : { quantity: 0, avgPrice: NaN };
    this.#touch({ source, account, instrument: registry.at(positions.instrument[leaf]!), before, storedAt: null }, now);
  }

  #touch(
    change: Pick<Unsettled, "source" | "account" | "instrument" | "before" | "storedAt">,
    now: EpochMs,
  ): Unsettled {
    const key = `${accountKey(change.source, change.account)}|${instrumentKey(change.instrument)}`;
    const known = this.#unsettled.get(key);
    if (known !== undefined) {
      known.quietSince = now;
      return known;
    }
    const fresh: Unsettled = { ...change, changedAt: now, quietSince: now, traded: [] };
    this.#unsettled.set(key, fresh);
    return fresh;
  }

  #takeFirstBooks(now: EpochMs): void {
    const { accounts } = this.#portfolio.positions;
    if (this.#since.size === accounts.length) return;
    for (let index = 0; index < accounts.length; index++) {
      const { source, account } = accounts[index]!;
      if (this.#since.has(index) || !isAccountConfirmed(this.#portfolio, source, account)) continue;
      this.#since.set(index, now);
      const key = accountKey(source, account);
      const stored = this.#stored.get(key);
      if (stored !== undefined) this.#compareWithStored(stored, index, now);
      this.#stored.delete(key);
    }
    for (const { source } of accounts) if (isSourceConfirmed(this.#portfolio, source)) this.#seenSources.add(source);
  }

  #compareWithStored(stored: PositionBook, accountIndex: number, now: EpochMs): void {
    const { source, account, takenAt: storedAt } = stored;
    const { positions, registry } = this.#portfolio;
    const before = new Map(stored.positions.map((row) => [instrumentKey(row.instrument), row]));
    for (let leaf = 0; leaf < positions.count; leaf++) {
      if (!positions.isAlive(leaf) || positions.account[leaf] !== accountIndex) continue;
      const instrument = registry.at(positions.instrument[leaf]!);
      const key = instrumentKey(instrument);
      if (!before.has(key)) {
        this.#touch({ source, account, instrument, before: { quantity: 0, avgPrice: NaN }, storedAt }, now);
      }
    }
    for (const { instrument, quantity, avgPrice } of before.values()) {
      this.#touch({ source, account, instrument, before: { quantity, avgPrice: avgPrice ?? NaN }, storedAt }, now);
    }
  }

  #attribute(traded: { readonly event: Execution; readonly quantity: number }, now: EpochMs): void {
    const { source, account, instrument: index, execId, time } = traded.event;
    const { positions, registry } = this.#portfolio;
    const accountIndex = positions.accounts.findIndex((id) => id.source === source && id.account === account);
    const since = this.#since.get(accountIndex);
    if (since === undefined) {
      this.#traded.push(traded);
      return;
    }
    const instrument = registry.at(index);
    const known = this.#unsettled.get(`${accountKey(source, account)}|${instrumentKey(instrument)}`);
    if (known?.storedAt != null) {
      if (time > known.storedAt) known.traded.push({ execId, quantity: traded.quantity, maybeHeld: false });
      return;
    }
    // The first book holds it already.
    if (time < since - SETTLE_MS && known === undefined) return;
    const leaf = this.#leafOf.get(leafKey(source, account, index));
    const before = this.#holdingAt(leaf ?? null);
    this.#touch({ source, account, instrument, before, storedAt: null }, now)
      .traded.push({ execId, quantity: traded.quantity, maybeHeld: time < since });
  }

  #settle(now: EpochMs, atOnce: boolean): PositionChangeRecord[] {
    if (this.#unsettled.size === 0) return [];
    const records: PositionChangeRecord[] = [];
    for (const [key, change] of this.#unsettled) {
      const after = this.#holdingNow(change);
      if (!atOnce && !this.#isDue(change, after, now)) continue;
      this.#unsettled.delete(key);
      const record = changeRecord(change, after);
      if (record !== null) records.push(record);
    }
    return records;
  }

  #isDue({ source, before, changedAt, quietSince, traded }: Unsettled, after: Holding, now: EpochMs): boolean {
    const expected = source !== "MANUAL" && !this.#complete.has(source);
    if (expected && now - changedAt < EXECUTIONS_MS) return false;
    if (now - quietSince >= SETTLE_MS) return true;
    const quantity = after.quantity - before.quantity;
    const unexplained = quantity - sumOf(countedFor(quantity, traded));
    return now - changedAt >= RESTLESS_MS && Math.abs(unexplained) < QUANTITY_TOLERANCE;
  }

  #holdingNow({ source, account, instrument }: Unsettled): Holding {
    const index = this.#portfolio.registry.find(instrumentKey(instrument));
    return this.#holdingAt(index === null ? null : this.#leafOf.get(leafKey(source, account, index)) ?? null);
  }

  #holdingAt(leaf: LeafIndex | null): Holding {
    if (leaf === null || this.#alive[leaf] !== 1) return { quantity: 0, avgPrice: NaN };
    return { quantity: this.#quantity[leaf]!, avgPrice: this.#avgPrice[leaf]! };
  }

  #keyOf(leaf: LeafIndex): string {
    const { positions } = this.#portfolio;
    const { source, account } = positions.accounts[positions.account[leaf]!]!;
    return leafKey(source, account, positions.instrument[leaf]!);
  }

  #reserve(count: number): void {
    if (count <= this.#quantity.length) return;
    const capacity = Math.max(64, count, this.#quantity.length * 2);
    const longer = <Column extends Float64Array | Uint8Array>(made: Column, column: Column): Column => {
      made.set(column);
      return made;
    };
    this.#quantity = longer(new Float64Array(capacity), this.#quantity);
    this.#avgPrice = longer(new Float64Array(capacity), this.#avgPrice);
    this.#alive = longer(new Uint8Array(capacity), this.#alive);
  }
}

function leafKey(source: Source, account: string, instrument: number): string {
  return `${accountKey(source, account)}|${instrument}`;
}

/** Null when nothing changed: neither the quantity nor, through a trade, the average price. */
function changeRecord(change: Unsettled, after: Holding): PositionChangeRecord | null {
  const { source, account, instrument, before, storedAt, changedAt } = change;
  const quantity = after.quantity - before.quantity;
  const traded = countedFor(quantity, change.traded);
  const repriced = traded.length > 0 && storedAt === null && !samePrice(before.avgPrice, after.avgPrice);
  if (Math.abs(quantity) < QUANTITY_TOLERANCE && !repriced) return null;
  return {
    account,
    source,
    instrument,
    changedAt,
    quantityBefore: before.quantity,
    quantityAfter: after.quantity,
    avgPriceBefore: knownPrice(before.avgPrice),
    avgPriceAfter: knownPrice(after.avgPrice),
    ...changeCause(source, quantity, traded, storedAt !== null),
  };
}

function samePrice(one: number, other: number): boolean {
  return one === other || (Number.isNaN(one) && Number.isNaN(other));
}

function knownPrice(price: number): number | null {
  return Number.isFinite(price) ? price : null;
}
