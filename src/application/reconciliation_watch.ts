/**
 * When the sources of positions are compared, and with what: after each was read completely once, then whenever
 * positions or their confirmations changed; and each broker's book of before a lost link with the one after it.
 */
import type { BookEvent, InstrumentIndex, Source } from "../domain/event.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Portfolio } from "../domain/portfolio.ts";
import { QUANTITY_TOLERANCE, type RestoredBook } from "../domain/position_book.ts";
import {
  type BookComparison,
  compareBooks,
  followedBy,
  type InstrumentFill,
  isUnexplained,
  type PreviousBook,
} from "../domain/quality/book_comparison.ts";
import {
  isUnconfirmed,
  NOT_RECONCILED,
  reconcile,
  type Reconciliation,
  type ReconciliationWords,
  type SourceBook,
} from "../domain/quality/reconciliation.ts";
import { executionOf } from "../domain/session_fills.ts";
import type { EpochMs, IsoDate } from "../domain/time.ts";
import { dayWords } from "./moment_words.ts";
import type { Settings } from "./settings.ts";

/** How long an execution and its position update may be apart before a difference counts as unexplained. */
const SETTLE_MS = 3_000;
/** Executions that do not come within this after the positions are not waited for. */
const EXECUTIONS_WITHIN_MS = 30_000;

/** What a source held before its link was lost, or what an earlier run stored of it. */
type Before = { readonly kind: "lost"; readonly book: PreviousBook } | {
  readonly kind: "stored";
  readonly source: Source;
  readonly takenAt: EpochMs;
  readonly books: readonly RestoredBook[];
  /**
   * Executions of since, under their ids without the revision. The session's book lets go of those of before it, and a gap may
   * be longer than a session.
   */
  readonly fills: Map<string, InstrumentFill>;
};

/** A time in which nobody watched, and what came since. */
interface Gap {
  readonly before: Before;
  positionsAt: EpochMs | null;
  executionsKnown: boolean;
  changedAt: EpochMs;
  tried: boolean;
}

export class ReconciliationWatch {
  readonly #portfolio: Portfolio;
  readonly #settings: Settings;
  readonly #words: ReconciliationWords;
  readonly #gaps = new Map<Source, Gap>();
  readonly #comparisons = new Map<Source, BookComparison>();
  #session: IsoDate | null = null;
  #now: EpochMs = 0;
  #changed = true;
  #unconfirmed = "";
  #result: Reconciliation = NOT_RECONCILED;

  constructor(portfolio: Portfolio, settings: Settings) {
    this.#portfolio = portfolio;
    this.#settings = settings;
    const clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: settings.display.timeZone,
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    this.#words = {
      contract: (instrument) => contractWords(portfolio.registry.at(instrument), this.#baseCurrency()),
      time: (at) => {
        const day = dayWords(at, settings.display.timeZone).slice(0, 10);
        const today = dayWords(this.#now, settings.display.timeZone).startsWith(day);
        return today ? clock.format(at) : `${day} ${clock.format(at)}`;
      },
    };
  }

  /** Takes note of an event; called before the portfolio takes it in, so that a lost link leaves the book of before it. */
  note(event: BookEvent): void {
    switch (event.kind) {
      case "link":
        this.#changed = true;
        if (event.status === "down" && event.source !== "MANUAL") this.#lost(event.source, event.at);
        return;
      case "positions":
      case "position":
      case "positions-failed":
      case "execution": {
        if (event.kind !== "execution") this.#changed = true;
        const gap = this.#gaps.get(event.source);
        if (gap === undefined || event.kind === "positions-failed") return;
        if (event.kind === "execution" && gap.before.kind === "stored") keepFill(gap.before.fills, event);
        gap.changedAt = "at" in event ? event.at : Math.max(gap.changedAt, event.time);
        if (event.kind === "positions") gap.positionsAt ??= event.at;
        return;
      }
      case "executions-complete": {
        const gap = this.#gaps.get(event.source);
        if (gap !== undefined) gap.executionsKnown = true;
        return;
      }
      default:
        return;
    }
  }

  /**
   * Books of an earlier run, each to be compared with what its account turns out to hold: a warm start. An account that the
   * source reports no more is not compared. A file kept by hand has no executions that could explain a change.
   */
  expectContinuation(books: readonly RestoredBook[]): void {
    for (const source of new Set(books.map((book) => book.source))) {
      if (source === "MANUAL" || this.#portfolio.positions.downloads(source) > 0) continue;
      const own = books.filter((book) => book.source === source);
      const takenAt = Math.min(...own.map((book) => book.takenAt));
      this.#gaps.set(source, gapAfter({ kind: "stored", source, takenAt, books: own, fills: new Map() }, takenAt));
    }
  }

  /** The stored books are another's: nothing is compared with them. */
  expectNoContinuation(source: Source): void {
    if (this.#gaps.get(source)?.before.kind === "stored") this.#gaps.delete(source);
  }

  /** The newest comparison; the same value as long as nothing changed. */
  report(now: EpochMs): Reconciliation {
    this.#now = now;
    this.#forgetYesterday();
    for (const [source, gap] of this.#gaps) {
      const comparison = this.#closed(source, gap, now);
      if (comparison === null) continue;
      const earlier = this.#comparisons.get(source);
      this.#comparisons.set(source, earlier === undefined ? comparison : followedBy(earlier, comparison));
      this.#gaps.delete(source);
      this.#changed = true;
    }
    const unconfirmed = `${this.#sources().join(" ")} | ${this.#unconfirmedSources(now)}`;
    if (this.#changed || unconfirmed !== this.#unconfirmed) {
      this.#changed = false;
      this.#unconfirmed = unconfirmed;
      this.#result = this.#reconcile(now);
    }
    return this.#result;
  }

  #reconcile(now: EpochMs): Reconciliation {
    const { manual, risk } = this.#settings;
    const comparisons = [...this.#comparisons.values()];
    return reconcile({
      books: this.#books(comparisons),
      comparisons,
      settings: risk.reconciliation,
      now,
      manualFile: manual.file,
      words: this.#words,
    });
  }

  /** What every source holds of the contracts that can come up: all of them only where the file is the book. */
  #books(comparisons: readonly BookComparison[]): SourceBook[] {
    const sources = this.#sources();
    const manual = sources.includes("MANUAL") ? quantitiesOf(this.#portfolio, "MANUAL", null) : null;
    const isWhole = manual !== null && this.#settings.risk.reconciliation.manual === "expected";
    const wanted = isWhole
      ? null
      : new Set([...manual?.keys() ?? [], ...comparisons.flatMap(({ differences }) => [...differences.keys()])]);
    return sources.map((source) => ({
      source,
      quantities: source === "MANUAL" ? manual! : quantitiesOf(this.#portfolio, source, wanted),
      confirmedAt: this.#portfolio.positions.downloads(source) === 0
        ? null
        : this.#portfolio.positions.confirmedAt(source),
    }));
  }

  /**
   * Brokers, and the file unless there is none or it could never be read. After the start a broker that was never read is not
   * waited for, and what the file says is not compared: that broker may hold it.
   */
  #sources(): Source[] {
    const { positions, links, expectedSources, startOver } = this.#portfolio;
    const sources = [...expectedSources].filter((source) => source !== "MANUAL");
    const read = sources.filter((source) => positions.downloads(source) > 0);
    if (startOver && read.length > 0 && read.length < sources.length) return read;
    if (!this.#settings.manual.enabled || links.get("MANUAL")?.status === "off") return sources;
    const unreadable = positions.downloads("MANUAL") === 0 && positions.failure("MANUAL") !== null;
    return unreadable ? sources : [...sources, "MANUAL"];
  }

  #unconfirmedSources(now: EpochMs): string {
    const { positions } = this.#portfolio;
    return this.#sources().filter((source) =>
      positions.downloads(source) > 0 &&
      isUnconfirmed(positions.confirmedAt(source), this.#settings.risk.reconciliation, now)
    ).join(" ");
  }

  #lost(source: Source, at: EpochMs): void {
    if (this.#portfolio.positions.downloads(source) === 0) return;
    const known = this.#gaps.get(source);
    // Lost again before the first loss was made good: the book of before the first one counts.
    const before = known?.before ?? { kind: "lost", book: previousBook(this.#portfolio, source, at) };
    this.#gaps.set(source, gapAfter(before, before.kind === "lost" ? before.book.takenAt : before.takenAt));
  }

  /** The comparison across a gap once both sides are there and what differs had time to be explained; null before. */
  #closed(source: Source, gap: Gap, now: EpochMs): BookComparison | null {
    if (gap.positionsAt === null) return null;
    const waited = now - gap.positionsAt;
    if (!gap.executionsKnown && waited < EXECUTIONS_WITHIN_MS) return null;
    const settled = now - gap.changedAt >= SETTLE_MS || waited >= EXECUTIONS_WITHIN_MS;
    if (gap.tried && !settled) return null;
    gap.tried = true;
    const { positions, calendar } = this.#portfolio;
    const { before } = gap;
    const previous = before.kind === "lost" ? before.book : storedBook(before, this.#portfolio);
    const accounts = before.kind === "lost" ? null : new Set(previous.takenAtOf?.keys());
    const comparison = compareBooks(
      previous,
      {
        quantities: quantitiesOf(this.#portfolio, source, null, accounts),
        fills: before.kind === "lost" ? fillsOf(this.#portfolio, source) : before.fills.values(),
        fillsSince: positions.fillsSince(source),
        isExpired: (instrument) => calendar.isExpired(instrument),
      },
      this.#settings.risk.reconciliation.quantityDriftThreshold,
      this.#words,
    );
    return settled || !isUnexplained(comparison) ? comparison : null;
  }

  /** What was found across a gap stays listed for the rest of the session. */
  #forgetYesterday(): void {
    const session = this.#portfolio.calendar.sessionOf("NYSE");
    if (session === this.#session) return;
    if (this.#comparisons.size > 0) this.#changed = true;
    this.#session = session;
    this.#comparisons.clear();
  }

  #baseCurrency(): string | null {
    return this.#settings.risk.baseCurrency ?? this.#portfolio.accounts.commonCurrency();
  }
}

function gapAfter(before: Before, changedAt: EpochMs): Gap {
  return { before, positionsAt: null, executionsKnown: false, changedAt, tried: false };
}

/** An older revision than the one known is ignored. */
function keepFill(fills: Map<string, InstrumentFill>, event: Extract<BookEvent, { kind: "execution" }>): void {
  const { source, account, instrument, execId, quantity, price, time } = event;
  const { root, revision } = executionOf(source, execId);
  const known = fills.get(root);
  if (known !== undefined && executionOf(source, known.fill.execId).revision > revision) return;
  fills.set(root, { account, instrument, fill: { execId, quantity, price, time } });
}

/** The stored books of the accounts that the source still reports, added up. */
function storedBook(before: Extract<Before, { kind: "stored" }>, { positions }: Portfolio): PreviousBook {
  const { source, takenAt, books } = before;
  const quantities = new Map<InstrumentIndex, number>();
  const takenAtOf = new Map<string, EpochMs>();
  for (const { account, takenAt, rows } of books) {
    if (!positions.isConfirmed(source, account)) continue;
    takenAtOf.set(account, takenAt);
    for (const { instrument, quantity } of rows) {
      quantities.set(instrument, (quantities.get(instrument) ?? 0) + quantity);
    }
  }
  dropZeros(quantities);
  return { source, takenAt, quantities, knownFills: null, takenAtOf };
}

function previousBook(portfolio: Portfolio, source: Source, at: EpochMs): PreviousBook {
  const knownFills = new Map<string, number>();
  for (const { fill } of fillsOf(portfolio, source)) {
    knownFills.set(executionOf(source, fill.execId).root, fill.quantity);
  }
  return { source, takenAt: at, quantities: quantitiesOf(portfolio, source, null), knownFills };
}

/** Holdings of a source, accounts added up; of the wanted contracts and accounts, or of all. */
function quantitiesOf(
  { positions }: Portfolio,
  source: Source,
  wanted: ReadonlySet<InstrumentIndex> | null,
  accounts: ReadonlySet<string> | null = null,
): Map<InstrumentIndex, number> {
  const sums = new Map<InstrumentIndex, number>();
  if (wanted?.size === 0) return sums;
  for (let leaf = 0; leaf < positions.count; leaf++) {
    const quantity = positions.quantity[leaf]!;
    if (quantity === 0 || !positions.isAlive(leaf)) continue;
    const instrument = positions.instrument[leaf]!;
    if (wanted !== null && !wanted.has(instrument)) continue;
    const owner = positions.accounts[positions.account[leaf]!]!;
    if (owner.source !== source || (accounts !== null && !accounts.has(owner.account))) continue;
    sums.set(instrument, (sums.get(instrument) ?? 0) + quantity);
  }
  dropZeros(sums);
  return sums;
}

function dropZeros(sums: Map<InstrumentIndex, number>): void {
  for (const [instrument, quantity] of sums) if (Math.abs(quantity) < QUANTITY_TOLERANCE) sums.delete(instrument);
}

function* fillsOf({ positions }: Portfolio, source: Source): Iterable<InstrumentFill> {
  for (let leaf = 0; leaf < positions.count; leaf++) {
    const fills = positions.fills(leaf);
    const owner = positions.accounts[positions.account[leaf]!]!;
    if (fills === null || owner.source !== source) continue;
    const instrument = positions.instrument[leaf]!;
    for (const fill of fills.all()) yield { account: owner.account, instrument, fill };
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const KINDS: Readonly<Record<string, string>> = { FOREX: "cash", FUTURE_OPTION: "option" };

/** `AAPL 18Dec26 280 C`, `SAP stock EUR`: with a trading class or currency where the name alone could be another's. */
function contractWords(instrument: Instrument, base: string | null): string {
  const { symbol, assetType, expiry, strike, right, currency, tradingClass } = instrument;
  const kind = strike === null && right === null ? KINDS[assetType] ?? assetType.toLowerCase() : null;
  const ownClass = expiry !== null && tradingClass !== "" && tradingClass !== symbol ? tradingClass : null;
  const parts = [symbol, expiry === null ? null : shortDate(expiry), strike, right, kind, ownClass];
  return [...parts, currency === base ? null : currency].filter((part) => part !== null).join(" ");
}

function shortDate(expiry: IsoDate): string {
  return `${expiry.slice(8, 10)}${MONTHS[Number(expiry.slice(5, 7)) - 1] ?? ""}${expiry.slice(2, 4)}`;
}
