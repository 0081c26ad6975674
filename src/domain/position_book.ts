/**
 * Who holds what: one row a leaf (source, account, instrument), in columns, with the session's fills beside it.
 *
 * `quantity` is what the source reports. The session's daily P&L rests on `openingQuantity`, what was held when the
 * session began: `quantity − Σ fills`, fixed once both are known, so that a fill that arrives a moment before or after
 * its position update never makes the P&L jump. While the two disagree for longer than `SETTLE_MS` (an assignment, an
 * expiry, a transfer, a split, executions not delivered yet) the fills count as incomplete: what such a change was paid
 * with is not known, and not guessed.
 */
import type { BookEvent, BrokerPnl, InstrumentIndex, PositionRow, Source } from "./event.ts";
import { type Commission, executionOf, SessionFills } from "./session_fills.ts";
import type { EpochMs, IsoDate } from "./time.ts";

/** How long a fill and its position update may be apart. IB sends both within a second. */
const SETTLE_MS = 3_000;
/** Commission reports kept until their execution arrives. */
const MAX_EARLY_COMMISSIONS = 10_000;
/** Quantities closer than this are equal. */
export const QUANTITY_TOLERANCE = 1e-9;

export type LeafIndex = number;

/** How a quantity stands to the fills. `split`: it changed as its average price did inversely, without any fill. */
export type Explanation = "explained" | "unexplained" | "split";
const EXPLANATIONS: readonly Explanation[] = ["explained", "unexplained", "split"];
/** Quantity and inverse price ratios closer than this look like a split. */
const SPLIT_TOLERANCE = 0.02;

export interface AccountId {
  readonly source: Source;
  readonly account: string;
}

interface SourceState {
  /** Complete downloads of positions since the start. */
  downloads: number;
  confirmedAt: EpochMs;
  failure: string | null;
  /** Executions are known from this moment on; null until the first complete answer. */
  fillsSince: EpochMs | null;
  /** Since when executions may have been missed; null while the link is up. */
  lostAt: EpochMs | null;
}

/** A source's holdings in one account, as an earlier run stored them. */
export interface RestoredBook extends AccountId {
  readonly takenAt: EpochMs;
  readonly rows: readonly Omit<PositionRow, "account">[];
}

/** All that an account held when sessions began, as stored by an earlier run that watched the ones before to their end. */
export interface OpeningBook extends AccountId {
  /** When the sessions began. */
  readonly sessionStart: EpochMs;
  /** Signed; a contract that is absent was not held. */
  readonly quantities: ReadonlyMap<InstrumentIndex, number>;
}

interface BrokerFigures {
  pnl: BrokerPnl;
  /** Of the figures; null: the account's own. */
  currency: string | null;
  marketValue: number | null;
  quantity: number | null;
  at: EpochMs;
}

/** When the trading session of an instrument began, and which it is; New York's where its own is not known. */
export interface SessionClock {
  /** Whether the instrument's own sessions are known. */
  hasSessions(instrument: InstrumentIndex): boolean;
  sessionDate(instrument: InstrumentIndex): IsoDate | null;
  sessionStart(instrument: InstrumentIndex): EpochMs;
}

export class PositionBook {
  #count = 0;
  #now: EpochMs = 0;
  #quantity = new Float64Array(0);
  #avgPrice = new Float64Array(0);
  #opening = new Float64Array(0);
  #instrument = new Int32Array(0);
  #account = new Int32Array(0);
  #alive = new Uint8Array(0);
  /** 1 while the leaf is what an earlier run stored. */
  #restored = new Uint8Array(0);
  /** 1 once the opening quantity rests on a complete download and complete executions. */
  #openingKnown = new Uint8Array(0);
  #changedAt = new Float64Array(0);
  /** Whether the quantity follows from the opening quantity and the fills: an index of `EXPLANATIONS`. */
  #explanation = new Uint8Array(0);
  /** Quantity and average price when they last did. */
  #explainedQuantity = new Float64Array(0);
  #explainedAvgPrice = new Float64Array(0);
  #fills: (SessionFills | null)[] = [];
  #broker: (BrokerFigures | null)[] = [];
  #session: (IsoDate | null)[] = [];
  readonly #byKey = new Map<string, LeafIndex>();
  /** By `executionKey`: two brokers may have given the same number. */
  readonly #leafOfExecution = new Map<string, LeafIndex>();
  /** By `executionKey`, the revision included. */
  readonly #earlyCommissions = new Map<string, Commission>();
  readonly #accounts: AccountId[] = [];
  readonly #accountIndex = new Map<string, number>();
  readonly #sources = new Map<Source, SourceState>();
  /** Accounts that a complete download of this run named, by `accountKey`. */
  readonly #confirmed = new Set<string>();
  /** When the books were taken that are shown in place of what their accounts hold now, by `accountKey`. */
  readonly #restoredBooks = new Map<string, AccountId & { readonly takenAt: EpochMs }>();
  /** By the account's index, then by the session's start. */
  readonly #storedOpenings: (Map<EpochMs, OpeningBook["quantities"]> | undefined)[] = [];
  /** Grows when a leaf comes or goes, so that whoever groups leaves knows when to group anew. */
  revision = 0;

  constructor(readonly sessions: SessionClock) {}

  /** Rows in the table, gone ones included: ask `isAlive`. */
  get count(): number {
    return this.#count;
  }
  get quantity(): Float64Array {
    return this.#quantity;
  }
  /** NaN when the source does not say. */
  get avgPrice(): Float64Array {
    return this.#avgPrice;
  }
  get openingQuantity(): Float64Array {
    return this.#opening;
  }
  get instrument(): Int32Array {
    return this.#instrument;
  }
  get account(): Int32Array {
    return this.#account;
  }
  get accounts(): readonly AccountId[] {
    return this.#accounts;
  }

  isAlive(leaf: LeafIndex): boolean {
    return this.#alive[leaf] === 1;
  }

  /** The leaf is what an earlier run stored: its source has not said yet whether it still holds that. */
  isRestored(leaf: LeafIndex): boolean {
    return this.#restored[leaf] === 1;
  }

  /** A complete download of this run named the account. */
  isConfirmed(source: Source, account: string): boolean {
    return this.#confirmed.has(accountKey(source, account));
  }

  /** The source names the account, or a stored book stands in for it: an account of neither is not the book's any more. */
  isListed(source: Source, account: string): boolean {
    return this.isConfirmed(source, account) || this.#restoredBooks.has(accountKey(source, account));
  }

  /** The stored books that stand in for what their accounts hold now, and when they were taken. */
  restoredBooks(): Iterable<AccountId & { readonly takenAt: EpochMs }> {
    return this.#restoredBooks.values();
  }

  hasRestored(source: Source): boolean {
    for (const book of this.#restoredBooks.values()) if (book.source === source) return true;
    return false;
  }

  fills(leaf: LeafIndex): SessionFills | null {
    return this.#fills[leaf] ?? null;
  }

  brokerFigures(leaf: LeafIndex): BrokerFigures | null {
    return this.#broker[leaf] ?? null;
  }

  /**
   * Whether the session's fills of the leaf are known from the session's start: executions reach back that far, or those that
   * are known lead from the quantity that was stored then to the one of now. A leaf without broker executions (manual entries)
   * has none to know.
   */
  fillsComplete(leaf: LeafIndex): boolean {
    const { source } = this.#accounts[this.#account[leaf]!]!;
    if (source === "MANUAL") return true;
    return this.#explanation[leaf] === 0 && (this.#fillsReachBack(leaf) || this.#opensAsStored(leaf));
  }

  #opensAsStored(leaf: LeafIndex): boolean {
    const stored = this.#storedOpenings[this.#account[leaf]!];
    if (stored === undefined || this.#openingKnown[leaf] === 0) return false;
    const instrument = this.#instrument[leaf]!;
    const book = stored.get(this.sessions.sessionStart(instrument));
    return book !== undefined && this.sessions.hasSessions(instrument) &&
      Math.abs(this.#opening[leaf]! - (book.get(instrument) ?? 0)) < QUANTITY_TOLERANCE;
  }

  #fillsReachBack(leaf: LeafIndex): boolean {
    const { source } = this.#accounts[this.#account[leaf]!]!;
    const since = this.#sources.get(source)?.fillsSince ?? null;
    const instrument = this.#instrument[leaf]!;
    return since !== null && this.#openingKnown[leaf] === 1 && this.sessions.hasSessions(instrument) &&
      since <= this.sessions.sessionStart(instrument);
  }

  /** Whether the fills explain the quantity; an update and its fill may be `SETTLE_MS` apart before it is said. */
  explanation(leaf: LeafIndex): Explanation {
    return EXPLANATIONS[this.#explanation[leaf]!]!;
  }

  /** Whether what the leaf held when the session began follows from a complete download and complete executions. */
  openingKnown(leaf: LeafIndex): boolean {
    return this.#openingKnown[leaf] === 1 || this.#accounts[this.#account[leaf]!]!.source === "MANUAL";
  }

  downloads(source: Source): number {
    return this.#sources.get(source)?.downloads ?? 0;
  }

  failure(source: Source): string | null {
    return this.#sources.get(source)?.failure ?? null;
  }

  confirmedAt(source: Source): EpochMs {
    return this.#sources.get(source)?.confirmedAt ?? 0;
  }

  fillsSince(source: Source): EpochMs | null {
    return this.#sources.get(source)?.fillsSince ?? null;
  }

  apply(event: BookEvent): void {
    switch (event.kind) {
      case "positions":
        return this.#replaceAll(event.source, event.accounts, event.rows, event.at);
      case "position":
        return this.#setRow(event.source, event.row, event.at);
      case "positions-failed":
        this.#source(event.source).failure = event.reason;
        return;
      case "execution":
        return this.#execution(event);
      case "commission":
        return this.#commission(event);
      case "executions-complete":
        return this.#executionsComplete(event.source, event.since);
      case "link":
        if (event.status === "down") this.#source(event.source).lostAt ??= event.at;
        return;
      case "leaf-pnl": {
        const leaf = this.#find(event.source, event.account, event.instrument);
        if (leaf === null) return;
        const { pnl, currency = null, marketValue, quantity, at } = event;
        this.#broker[leaf] = { pnl, currency, marketValue, quantity, at };
        return;
      }
      default:
        return;
    }
  }

  /**
   * Takes in what an earlier run stored of an account, until a complete download of the source replaces it. Nothing that the
   * source has said itself is touched: an account that is confirmed, or a leaf that is there, stays as it is.
   */
  restore({ source, account, takenAt, rows }: RestoredBook): void {
    if (this.downloads(source) > 0) return;
    this.#restoredBooks.set(accountKey(source, account), { source, account, takenAt });
    this.#accountOf(source, account);
    for (const { instrument, quantity, avgPrice } of rows) {
      if (quantity === 0 || this.#find(source, account, instrument) !== null) continue;
      const leaf = this.#make(source, account, instrument);
      this.#restored[leaf] = 1;
      this.#quantity[leaf] = quantity;
      if (source === "MANUAL") this.#opening[leaf] = quantity;
      this.#avgPrice[leaf] = avgPrice ?? NaN;
    }
  }

  /** Forgets all that an earlier run stored of a source. */
  dropRestored(source: Source): void {
    for (let leaf = 0; leaf < this.#count; leaf++) {
      const owner = this.#accounts[this.#account[leaf]!]!;
      if (this.#restored[leaf] === 1 && owner.source === source) this.#forgetRestored(leaf);
    }
    for (const [key, book] of this.#restoredBooks) if (book.source === source) this.#restoredBooks.delete(key);
    for (const [index, owner] of this.#accounts.entries()) {
      if (owner.source === source) this.#storedOpenings[index] = undefined;
    }
  }

  /** Takes note of what was held when sessions began that still run. */
  knowOpenings({ source, account, sessionStart, quantities }: OpeningBook): void {
    (this.#storedOpenings[this.#accountOf(source, account)] ??= new Map()).set(sessionStart, quantities);
  }

  /**
   * Brings every leaf to the session that runs at `now`: on a new one, what is held becomes the opening quantity, the
   * old fills go, and rows closed in the last session leave.
   */
  roll(now: EpochMs): void {
    this.#now = now;
    for (let leaf = 0; leaf < this.#count; leaf++) {
      if (this.#alive[leaf] === 0) continue;
      this.#rollLeaf(leaf);
      this.#settle(leaf, now);
    }
  }

  #rollLeaf(leaf: LeafIndex): void {
    const instrument = this.#instrument[leaf]!;
    const session = this.sessions.sessionDate(instrument);
    if (session === this.#session[leaf]) return;
    this.#session[leaf] = session;
    const { source } = this.#accounts[this.#account[leaf]!]!;
    const dropped = this.#fills[leaf]?.dropBefore(this.sessions.sessionStart(instrument)) ?? [];
    for (const execution of dropped) this.#leafOfExecution.delete(executionKey(source, execution));
    const fills = this.#fills[leaf]?.sums.quantity ?? 0;
    if (Math.abs(this.#quantity[leaf]!) < QUANTITY_TOLERANCE && (this.#fills[leaf]?.size ?? 0) === 0) {
      return this.#remove(leaf);
    }
    this.#opening[leaf] = this.#quantity[leaf]! - fills;
    this.#explained(leaf);
    // From here on every fill of the new session is seen as it happens.
    if (this.downloads(source) > 0 && this.fillsSince(source) !== null) this.#openingKnown[leaf] = 1;
  }

  /** Notices a quantity that its fills do not explain for longer than updates can be apart. */
  #settle(leaf: LeafIndex, now: EpochMs): void {
    if (this.#openingKnown[leaf] === 0 || now - this.#changedAt[leaf]! < SETTLE_MS) return;
    const quantity = this.#quantity[leaf]!;
    const fills = this.#fills[leaf];
    // Gone without a trade (expired, assigned, moved elsewhere), or there was nothing.
    if (quantity === 0 && (fills?.size ?? 0) === 0 && this.#fillsReachBack(leaf)) return this.#remove(leaf);
    const unexplained = quantity - this.#opening[leaf]! - (fills?.sums.quantity ?? 0);
    if (Math.abs(unexplained) < QUANTITY_TOLERANCE) this.#explained(leaf);
    else this.#explanation[leaf] = this.#looksSplit(leaf) ? 2 : 1;
  }

  #explained(leaf: LeafIndex): void {
    this.#explanation[leaf] = 0;
    this.#explainedQuantity[leaf] = this.#quantity[leaf]!;
    this.#explainedAvgPrice[leaf] = this.#avgPrice[leaf]!;
  }

  #looksSplit(leaf: LeafIndex): boolean {
    const ratio = this.#quantity[leaf]! / this.#explainedQuantity[leaf]!;
    const inverse = this.#explainedAvgPrice[leaf]! / this.#avgPrice[leaf]!;
    return ratio > 0 && ratio !== 1 && Math.abs(ratio / inverse - 1) < SPLIT_TOLERANCE;
  }

  #replaceAll(source: Source, accounts: readonly string[], rows: readonly PositionRow[], at: EpochMs): void {
    const state = this.#source(source);
    const first = state.downloads === 0;
    state.downloads++;
    state.confirmedAt = at;
    state.failure = null;
    const covered = new Set(accounts);
    this.#confirm(source, [...accounts, ...rows.map((row) => row.account)]);
    const seen = new Set<LeafIndex>();
    for (const row of rows) {
      covered.add(row.account);
      seen.add(this.#setQuantity(source, row, at, first));
    }
    for (let leaf = 0; leaf < this.#count; leaf++) {
      if (this.#alive[leaf] === 0 || seen.has(leaf)) continue;
      const owner = this.#accounts[this.#account[leaf]!]!;
      if (owner.source !== source) continue;
      if (this.#restored[leaf] === 1) {
        // Whoever holds it no longer, or is no longer reported: what was stored is no news of today.
        this.#forgetRestored(leaf);
        continue;
      }
      if (!covered.has(owner.account)) continue;
      if ((this.#fills[leaf]?.size ?? 0) === 0 && (state.fillsSince === null || source === "MANUAL")) {
        this.#remove(leaf);
      } else if (this.#quantity[leaf] !== 0) {
        // Its closing fills are known or about to arrive; without any it leaves when the leaf settles.
        this.#quantity[leaf] = 0;
        this.#avgPrice[leaf] = NaN;
        this.#changedAt[leaf] = at;
      }
    }
    for (const account of accounts) this.#accountOf(source, account);
    if (state.fillsSince !== null) this.#establishOpenings(source);
  }

  /** What the download names is the source's word from now on; the stored books have served. */
  #confirm(source: Source, accounts: readonly string[]): void {
    for (const account of accounts) this.#confirmed.add(accountKey(source, account));
    for (const [key, book] of this.#restoredBooks) if (book.source === source) this.#restoredBooks.delete(key);
  }

  /** A leaf that was traded today stays, closed; any other goes. */
  #forgetRestored(leaf: LeafIndex): void {
    if ((this.#fills[leaf]?.size ?? 0) === 0) return this.#remove(leaf);
    this.#restored[leaf] = 0;
    this.#quantity[leaf] = 0;
    this.#avgPrice[leaf] = NaN;
  }

  #setRow(source: Source, row: PositionRow, at: EpochMs): void {
    this.#source(source).confirmedAt = at;
    this.#setQuantity(source, row, at, false);
  }

  #setQuantity(source: Source, row: PositionRow, at: EpochMs, firstDownload: boolean): LeafIndex {
    const known = this.#find(source, row.account, row.instrument);
    const leaf = known ?? this.#make(source, row.account, row.instrument);
    // Seen for the first time after a complete download: nothing was held when the session began.
    if (known === null && !firstDownload && this.downloads(source) > 0) this.#openingKnown[leaf] = 1;
    if (this.#quantity[leaf] !== row.quantity) this.#changedAt[leaf] = at;
    this.#restored[leaf] = 0;
    this.#quantity[leaf] = row.quantity;
    // A manual entry has no executions: it counts as held since the session began.
    if (source === "MANUAL") this.#opening[leaf] = row.quantity;
    // A closed row says 0 for its price, which is no price.
    this.#avgPrice[leaf] = row.quantity === 0 ? NaN : row.avgPrice ?? NaN;
    return leaf;
  }

  #execution(event: Extract<BookEvent, { kind: "execution" }>): void {
    const { source, account, instrument, execId, quantity, price, time } = event;
    if (time < this.sessions.sessionStart(instrument)) return;
    const known = this.#find(source, account, instrument);
    const leaf = known ?? this.#make(source, account, instrument);
    if (known === null && this.downloads(source) > 0 && this.fillsSince(source) !== null) {
      // Bought or sold just now, without a holding before: its position update is still to come.
      this.#openingKnown[leaf] = 1;
      this.#opening[leaf] = 0;
    }
    const fills = this.#fills[leaf] ??= new SessionFills(source);
    fills.add({ execId, quantity, price, time });
    // Seen now, whatever the broker's clock says of it.
    this.#changedAt[leaf] = Math.max(this.#changedAt[leaf]!, this.#now);
    this.#leafOfExecution.set(executionKey(source, executionOf(source, execId).root), leaf);
    const early = executionKey(source, execId);
    const commission = this.#earlyCommissions.get(early);
    if (commission !== undefined) {
      this.#earlyCommissions.delete(early);
      fills.setCommission(execId, commission);
    }
  }

  #commission(event: Extract<BookEvent, { kind: "commission" }>): void {
    const { source, execId, amount, currency, realizedPnl } = event;
    const commission = { amount, currency, realizedPnl };
    const leaf = this.#leafOfExecution.get(executionKey(source, executionOf(source, execId).root));
    if (leaf !== undefined && this.#fills[leaf]?.setCommission(execId, commission)) return;
    if (this.#earlyCommissions.size >= MAX_EARLY_COMMISSIONS) {
      const oldest = this.#earlyCommissions.keys().next().value;
      if (oldest !== undefined) this.#earlyCommissions.delete(oldest);
    }
    this.#earlyCommissions.set(executionKey(source, execId), commission);
  }

  #executionsComplete(source: Source, since: EpochMs): void {
    const state = this.#source(source);
    const gap = state.lostAt !== null && since > state.lostAt;
    state.fillsSince = state.fillsSince === null || gap ? since : Math.min(state.fillsSince, since);
    state.lostAt = null;
    if (state.downloads > 0) this.#establishOpenings(source);
  }

  /** Positions and executions are both complete: what was held when the session began follows. */
  #establishOpenings(source: Source): void {
    for (let leaf = 0; leaf < this.#count; leaf++) {
      if (this.#alive[leaf] === 0 || this.#accounts[this.#account[leaf]!]!.source !== source) continue;
      if (this.#openingKnown[leaf] === 1) continue;
      this.#opening[leaf] = this.#quantity[leaf]! - (this.#fills[leaf]?.sums.quantity ?? 0);
      this.#openingKnown[leaf] = 1;
      this.#explained(leaf);
    }
  }

  #make(source: Source, account: string, instrument: InstrumentIndex): LeafIndex {
    const leaf = this.#count++;
    this.#reserve(this.#count);
    this.#byKey.set(leafKey(source, account, instrument), leaf);
    this.#instrument[leaf] = instrument;
    this.#account[leaf] = this.#accountOf(source, account);
    this.#alive[leaf] = 1;
    this.#avgPrice[leaf] = NaN;
    this.#session[leaf] = this.sessions.sessionDate(instrument);
    this.revision++;
    return leaf;
  }

  #remove(leaf: LeafIndex): void {
    this.#alive[leaf] = 0;
    this.#restored[leaf] = 0;
    const owner = this.#accounts[this.#account[leaf]!]!;
    this.#byKey.delete(leafKey(owner.source, owner.account, this.#instrument[leaf]!));
    this.#fills[leaf] = null;
    this.#broker[leaf] = null;
    this.revision++;
  }

  #find(source: Source, account: string, instrument: InstrumentIndex): LeafIndex | null {
    return this.#byKey.get(leafKey(source, account, instrument)) ?? null;
  }

  #accountOf(source: Source, account: string): number {
    const key = accountKey(source, account);
    let index = this.#accountIndex.get(key);
    if (index === undefined) {
      index = this.#accounts.length;
      this.#accounts.push({ source, account });
      this.#accountIndex.set(key, index);
      this.revision++;
    }
    return index;
  }

  #source(source: Source): SourceState {
    let state = this.#sources.get(source);
    if (state === undefined) {
      state = { downloads: 0, confirmedAt: 0, failure: null, fillsSince: null, lostAt: null };
      this.#sources.set(source, state);
    }
    return state;
  }

  #reserve(leaves: number): void {
    if (leaves <= this.#quantity.length) return;
    const capacity = Math.max(64, leaves, this.#quantity.length * 2);
    this.#quantity = grownDoubles(this.#quantity, capacity);
    this.#avgPrice = grownDoubles(this.#avgPrice, capacity);
    this.#opening = grownDoubles(this.#opening, capacity);
    this.#changedAt = grownDoubles(this.#changedAt, capacity);
    this.#explainedQuantity = grownDoubles(this.#explainedQuantity, capacity);
    this.#explainedAvgPrice = grownDoubles(this.#explainedAvgPrice, capacity);
    this.#explanation = grownBytes(this.#explanation, capacity);
    this.#instrument = grownIntegers(this.#instrument, capacity);
    this.#account = grownIntegers(this.#account, capacity);
    this.#alive = grownBytes(this.#alive, capacity);
    this.#restored = grownBytes(this.#restored, capacity);
    this.#openingKnown = grownBytes(this.#openingKnown, capacity);
  }
}

function accountKey(source: Source, account: string): string {
  return `${source}|${account}`;
}

function executionKey(source: Source, execution: string): string {
  return `${source}|${execution}`;
}

function leafKey(source: Source, account: string, instrument: InstrumentIndex): string {
  return `${source}|${account}|${instrument}`;
}

function grownDoubles(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(capacity);
  longer.set(column);
  return longer;
}

function grownIntegers(column: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(capacity);
  longer.set(column);
  return longer;
}

function grownBytes(column: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(capacity);
  longer.set(column);
  return longer;
}
