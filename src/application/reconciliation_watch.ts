/**
 * When the sources of positions are compared, and with what: after each was read completely once, then whenever
 * positions or their confirmations changed; and each broker's book of before a lost link with the one after it.
 */
import type { BookEvent, InstrumentIndex, Source } from "../domain/event.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Portfolio } from "../domain/portfolio.ts";
import { QUANTITY_TOLERANCE } from "../domain/position_book.ts";
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
import { splitExecId } from "../domain/session_fills.ts";
import type { EpochMs, IsoDate } from "../domain/time.ts";
import type { Settings } from "./settings.ts";

/** How long an execution and its position update may be apart before a difference counts as unexplained. */
const SETTLE_MS = 3_000;
/** Executions that do not come within this after the positions are not waited for. */
const EXECUTIONS_WITHIN_MS = 30_000;

/** A link that was lost, and what came since. */
interface Gap {
  readonly previous: PreviousBook;
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
      time: (at) => clock.format(at),
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

  /** A book stored earlier, to be compared with what the source turns out to hold: a warm start. */
  expectContinuation(previous: PreviousBook): void {
    this.#gaps.set(previous.source, gapAfter(previous));
  }

  /** The newest comparison; the same value as long as nothing changed. */
  report(now: EpochMs): Reconciliation {
    this.#forgetYesterday();
    for (const [source, gap] of this.#gaps) {
      const comparison = this.#closed(source, gap, now);
      if (comparison === null) continue;
      const earlier = this.#comparisons.get(source);
      this.#comparisons.set(source, earlier === undefined ? comparison : followedBy(earlier, comparison));
      this.#gaps.delete(source);
      this.#changed = true;
    }
    const unconfirmed = this.#unconfirmedSources(now);
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

  /** Brokers, and the file unless there is none or it could never be read. */
  #sources(): Source[] {
    const { positions, links, expectedSources } = this.#portfolio;
    const sources = [...expectedSources].filter((source) => source !== "MANUAL");
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
    const previous = known?.previous ?? previousBook(this.#portfolio, source, at);
    this.#gaps.set(source, gapAfter(previous));
  }

  /** The comparison across a gap once both sides are there and what differs had time to be explained; null before. */
  #closed(source: Source, gap: Gap, now: EpochMs): BookComparison | null {
    if (gap.positionsAt === null) return null;
    const waited = now - gap.positionsAt;
    if (!gap.executionsKnown && waited < EXECUTIONS_WITHIN_MS) return null;
    const settled = now - gap.changedAt >= SETTLE_MS || waited >= EXECUTIONS_WITHIN_MS;
    if (gap.tried && !settled) return null;
    gap.tried = true;
    const comparison = compareBooks(
      gap.previous,
      quantitiesOf(this.#portfolio, source, null),
      fillsOf(this.#portfolio, source),
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

function gapAfter(previous: PreviousBook): Gap {
  return { previous, positionsAt: null, executionsKnown: false, changedAt: previous.takenAt, tried: false };
}

function previousBook(portfolio: Portfolio, source: Source, at: EpochMs): PreviousBook {
  const knownFills = new Map<string, number>();
  for (const { fill } of fillsOf(portfolio, source)) knownFills.set(splitExecId(fill.execId).root, fill.quantity);
  return { source, takenAt: at, quantities: quantitiesOf(portfolio, source, null), knownFills };
}

/** Holdings of a source, accounts added up; of the wanted contracts, or of all. */
function quantitiesOf(
  { positions }: Portfolio,
  source: Source,
  wanted: ReadonlySet<InstrumentIndex> | null,
): Map<InstrumentIndex, number> {
  const sums = new Map<InstrumentIndex, number>();
  if (wanted?.size === 0) return sums;
  for (let leaf = 0; leaf < positions.count; leaf++) {
    const quantity = positions.quantity[leaf]!;
    if (quantity === 0 || !positions.isAlive(leaf)) continue;
    const instrument = positions.instrument[leaf]!;
    if (wanted !== null && !wanted.has(instrument)) continue;
    if (positions.accounts[positions.account[leaf]!]!.source !== source) continue;
    sums.set(instrument, (sums.get(instrument) ?? 0) + quantity);
  }
  for (const [instrument, quantity] of sums) if (Math.abs(quantity) < QUANTITY_TOLERANCE) sums.delete(instrument);
  return sums;
}

function* fillsOf({ positions }: Portfolio, source: Source): Iterable<InstrumentFill> {
  for (let leaf = 0; leaf < positions.count; leaf++) {
    const fills = positions.fills(leaf);
    if (fills === null || positions.accounts[positions.account[leaf]!]!.source !== source) continue;
    const instrument = positions.instrument[leaf]!;
    for (const fill of fills.all()) yield { instrument, fill };
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
