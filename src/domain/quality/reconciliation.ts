/**
 * Whether the sources of positions agree, contract by contract: DOMAIN §7.
 *
 * Brokers hold different positions, so that they are added and never compared with each other. What is compared is the
 * file kept by hand with the brokers together, and a broker's book with the one it had before a gap.
 */
import type { InstrumentIndex, Source } from "../event.ts";
import { QUANTITY_TOLERANCE } from "../position_book.ts";
import type { ReconciliationSummary, ReconciliationView } from "../risk/snapshot.ts";
import type { RiskSettings } from "../settings.ts";
import { type EpochMs, isoInstant } from "../time.ts";
import type { BookComparison } from "./book_comparison.ts";

export type ReconciliationSettings = RiskSettings["reconciliation"];

/** What one source holds, its accounts added up. */
export interface SourceBook {
  readonly source: Source;
  /** Signed; a contract that it does not hold is absent. */
  readonly quantities: ReadonlyMap<InstrumentIndex, number>;
  /** When it last confirmed its positions; null: it was never read completely. */
  readonly confirmedAt: EpochMs | null;
}

export interface ReconciliationInput {
  /** Every source that should hold part of the book. */
  readonly books: readonly SourceBook[];
  /** Books of before a gap against those after it. */
  readonly comparisons: readonly BookComparison[];
  readonly settings: ReconciliationSettings;
  readonly now: EpochMs;
  /** What the file kept by hand is called. */
  readonly manualFile: string;
  readonly words: ReconciliationWords;
}

/** How contracts and times are written in a sentence. */
export interface ReconciliationWords {
  readonly contract: (instrument: InstrumentIndex) => string;
  readonly time: (at: EpochMs) => string;
}

export interface Reconciliation {
  /** Differences and stale sources, the gravest first; contracts that agree are only counted. */
  readonly rows: readonly ReconciliationView[];
  readonly summary: ReconciliationSummary;
}

/** What nobody compared says. */
export const NOT_RECONCILED: Reconciliation = {
  rows: [],
  summary: { checkedAt: null, compared: 0, agree: 0, drift: 0, missing: 0, explained: 0, stale: 0 },
};

/**
 * Compares what can be compared. Before every source was read completely once nothing is: a book that was not read is
 * not one that lacks everything.
 */
export function reconcile(input: ReconciliationInput): Reconciliation {
  if (input.books.length === 0 || input.books.some((book) => book.confirmedAt === null)) return NOT_RECONCILED;
  const findings = new Map<InstrumentIndex, Finding>();
  const compared = compareWithFile(input, findings);
  for (const { keys, differences } of input.comparisons) {
    for (const key of keys) compared.add(key);
    for (const [key, { status, detail }] of differences) find(findings, key, status, detail);
  }
  const rows = [...findings].map(([key, finding]) => row(key, finding, input));
  const stale = staleRows(input);
  const count = (status: Difference): number => rows.filter((each) => each.status === status).length;
  return {
    rows: [...rows.sort(byGravity), ...stale],
    summary: {
      checkedAt: isoInstant(input.now),
      compared: compared.size,
      agree: compared.size - findings.size,
      drift: count("DRIFT"),
      missing: count("MISSING"),
      explained: count("EXPLAINED"),
      stale: stale.length,
    },
  };
}

/**
 * Whether an entry of the file kept by hand counts in the totals. It never does beside a broker's holding of the same
 * contract; in the `expected` book it is what should be held, not what is.
 */
export function manualEntryCounts(mode: ReconciliationSettings["manual"], brokerHolds: boolean): boolean {
  return mode === "supplement" && !brokerHolds;
}

/** A source has not confirmed its positions for longer than is allowed. */
export function isUnconfirmed(confirmedAt: EpochMs, settings: ReconciliationSettings, now: EpochMs): boolean {
  return now - confirmedAt > settings.staleThresholdSec * 1000;
}

type Difference = Exclude<ReconciliationView["status"], "STALE">;

interface Finding {
  status: Difference;
  readonly details: string[];
}

const GRAVITY: Readonly<Record<Difference, number>> = { MISSING: 3, DRIFT: 2, EXPLAINED: 1 };

/** Notes a difference; of several about one contract the gravest names the row and all are told. */
function find(findings: Map<InstrumentIndex, Finding>, key: InstrumentIndex, status: Difference, detail: string): void {
  const known = findings.get(key);
  if (known === undefined) {
    findings.set(key, { status, details: [detail] });
    return;
  }
  if (GRAVITY[status] > GRAVITY[known.status]) known.status = status;
  known.details.push(detail);
}

/** Brings the file and the brokers together. Returns the contracts that both sides have a say on. */
function compareWithFile(input: ReconciliationInput, findings: Map<InstrumentIndex, Finding>): Set<InstrumentIndex> {
  const { books, settings, manualFile } = input;
  const manual = books.find((book) => book.source === "MANUAL");
  const brokers = books.filter((book) => book.source !== "MANUAL");
  const compared = new Set<InstrumentIndex>();
  if (manual === undefined || brokers.length === 0) return compared;
  const expected = settings.manual === "expected";
  for (const [key, quantity] of manual.quantities) {
    const holders = brokers.filter((broker) => broker.quantities.has(key));
    if (holders.length === 0) {
      if (!expected) continue;
      find(findings, key, "MISSING", notHeld(brokers, quantity, manualFile));
    } else {
      const held = holders.reduce((sum, broker) => sum + broker.quantities.get(key)!, 0);
      if (Math.abs(held - quantity) > settings.quantityDriftThreshold + QUANTITY_TOLERANCE) {
        find(findings, key, "DRIFT", `${possessive(holders)} ${amount(held)} is used; correct ${manualFile}`);
      }
    }
    compared.add(key);
  }
  if (!expected) return compared;
  for (const broker of brokers) {
    for (const [key, quantity] of broker.quantities) {
      if (manual.quantities.has(key)) continue;
      find(findings, key, "MISSING", notListed(broker, quantity, manualFile));
      compared.add(key);
    }
  }
  return compared;
}

function notHeld(brokers: readonly SourceBook[], quantity: number, file: string): string {
  const who = brokers.length === 1
    ? `${brokers[0]!.source} does not hold it`
    : `no broker of ${names(brokers)} holds it`;
  return `${who}; the ${amount(quantity)} of ${file} is left out of the totals`;
}

function notListed(broker: SourceBook, quantity: number, file: string): string {
  return `${file} does not list it; ${broker.source}'s ${amount(quantity)} is used`;
}

function row(key: InstrumentIndex, { status, details }: Finding, input: ReconciliationInput): ReconciliationView {
  const quantities: Record<string, number> = {};
  for (const { source, quantities: held } of input.books) {
    const quantity = held.get(key);
    if (quantity !== undefined) quantities[source] = tidy(quantity);
  }
  for (const { differences } of input.comparisons) {
    const before = differences.get(key)?.before ?? null;
    if (before !== null) quantities.CACHED = tidy((quantities.CACHED ?? 0) + before);
  }
  return { key: input.words.contract(key), status, detail: details.join("; "), quantities };
}

/** One row a source: every contract of it is as old. */
function staleRows({ books, settings, now, words }: ReconciliationInput): ReconciliationView[] {
  return books.flatMap(({ source, confirmedAt }) =>
    confirmedAt === null || !isUnconfirmed(confirmedAt, settings, now) ? [] : [{
      key: source,
      status: "STALE" as const,
      detail: `${source} has not confirmed its positions since ${words.time(confirmedAt)}; what it last said is used`,
      quantities: {},
    }]
  );
}

function byGravity(a: ReconciliationView, b: ReconciliationView): number {
  const gravity = (view: ReconciliationView): number => view.status === "STALE" ? 0 : GRAVITY[view.status];
  return gravity(b) - gravity(a) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

function possessive(books: readonly SourceBook[]): string {
  return books.map(({ source }) => `${source}'s`).join(" and ");
}

function names(books: readonly SourceBook[]): string {
  return books.map(({ source }) => source).join(" and ");
}

/** A quantity in a sentence, without the last digits of binary arithmetic. */
export function amount(quantity: number): string {
  return String(tidy(quantity));
}

function tidy(quantity: number): number {
  return Number(quantity.toFixed(9));
}
