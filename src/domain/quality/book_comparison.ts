/**
 * A broker's book against the one it had before a gap: a reconnect, or a start from the stored book. What executions
 * account for is explained; the rest is told.
 */
import type { InstrumentIndex, Source } from "../event.ts";
import { QUANTITY_TOLERANCE } from "../position_book.ts";
import { executionOf, type Fill } from "../session_fills.ts";
import type { EpochMs } from "../time.ts";
import { amount, type ReconciliationWords } from "./reconciliation.ts";

/** What a source held when it was last heard, its accounts added up. */
export interface PreviousBook {
  readonly source: Source;
  readonly takenAt: EpochMs;
  /** Signed; a contract that it did not hold is absent. */
  readonly quantities: ReadonlyMap<InstrumentIndex, number>;
  /**
   * Signed quantities of the executions that were known by then, under their ids without the revision. Null: not
   * stored, and executions count from the time on at which their account's book was taken.
   */
  readonly knownFills: ReadonlyMap<string, number> | null;
  /** When each account's book was taken, where that is not `takenAt` for all. */
  readonly takenAtOf?: ReadonlyMap<string, EpochMs>;
}

/** A fill, whose it is and what it was in. */
export interface InstrumentFill {
  readonly account: string;
  readonly instrument: InstrumentIndex;
  readonly fill: Fill;
}

/** What the source holds now, and what it can say of the way there. */
export interface BookAfter {
  /** Its accounts added up, those alone that the book of before covers. */
  readonly quantities: ReadonlyMap<InstrumentIndex, number>;
  /** Its executions, corrections in the place of what they correct. */
  readonly fills: Iterable<InstrumentFill>;
  /** Executions are known from this moment on; null while none were read. */
  readonly fillsSince: EpochMs | null;
  readonly isExpired: (instrument: InstrumentIndex) => boolean;
}

export interface BookDifference {
  readonly status: "EXPLAINED" | "DRIFT" | "MISSING";
  readonly detail: string;
  /** What was held before; null: nothing. */
  readonly before: number | null;
}

export interface BookComparison {
  readonly source: Source;
  /** Contracts of either book. */
  readonly keys: ReadonlySet<InstrumentIndex>;
  readonly differences: ReadonlyMap<InstrumentIndex, BookDifference>;
}

/** How long an execution and its position update may be apart: it may have been known while the position was not. */
const SETTLE_MS = 3_000;

/** @param driftThreshold quantities that differ by no more agree */
export function compareBooks(
  previous: PreviousBook,
  now: BookAfter,
  driftThreshold: number,
  words: ReconciliationWords,
): BookComparison {
  const { quantities: before, source } = previous;
  const { quantities: after } = now;
  const keys = new Set([...before.keys(), ...after.keys()]);
  const differing = [...keys].filter((key) =>
    Math.abs((after.get(key) ?? 0) - (before.get(key) ?? 0)) > driftThreshold + QUANTITY_TOLERANCE
  );
  const differences = new Map<InstrumentIndex, BookDifference>();
  if (differing.length === 0) return { source, keys, differences };
  const tradedIn = fillsByInstrument(now.fills, new Set(differing));
  for (const key of differing) {
    const change = {
      before: before.get(key) ?? null,
      after: after.get(key) ?? null,
      expired: now.isExpired(key),
      fillsSince: now.fillsSince,
    };
    differences.set(key, judge(change, tradedIn.get(key) ?? [], previous, words));
  }
  return { source, keys, differences };
}

/** Later findings about a contract replace earlier ones; the rest of the earlier ones stay. */
export function followedBy(earlier: BookComparison, later: BookComparison): BookComparison {
  return { ...later, differences: new Map([...earlier.differences, ...later.differences]) };
}

/** Something changed that no execution accounts for. */
export function isUnexplained({ differences }: BookComparison): boolean {
  return [...differences.values()].some(({ status }) => status !== "EXPLAINED");
}

interface Change {
  readonly before: number | null;
  readonly after: number | null;
  readonly expired: boolean;
  readonly fillsSince: EpochMs | null;
}

type AccountFill = Fill & Pick<InstrumentFill, "account">;

function judge(
  { before, after, expired, fillsSince }: Change,
  fills: readonly AccountFill[],
  previous: PreviousBook,
  words: ReconciliationWords,
): BookDifference {
  const change = (after ?? 0) - (before ?? 0);
  const news = fills.filter((fill) => Math.abs(newQuantity(fill, previous)) > QUANTITY_TOLERANCE);
  // Known just before the gap, when its position update may still have been on its way.
  const late = fills.filter((fill) => {
    const takenAt = takenOf(fill, previous);
    return fill.time <= takenAt && fill.time > takenAt - SETTLE_MS;
  });
  const sum = news.reduce((total, fill) => total + newQuantity(fill, previous), 0);
  if (isEqual(sum, change)) return { status: "EXPLAINED", detail: traded(news, words), before };
  const all = [...new Set([...late, ...news])];
  if (isEqual(all.reduce((total, { quantity }) => total + quantity, 0), change)) {
    return { status: "EXPLAINED", detail: traded(all, words), before };
  }
  const { source, takenAt } = previous;
  const then = `at ${words.time(takenAt)}`;
  if (after === null && expired) {
    return { status: "EXPLAINED", detail: `it has expired; ${source} held ${amount(before ?? 0)} ${then}`, before };
  }
  const found = news.length === 0
    ? "no execution explains it"
    : `executions explain ${signed(sum)} of ${signed(change)} (${traded(news, words)})`;
  const gap = fillsSince !== null && fillsSince > takenAt;
  const why = gap ? `${found}, and ${source} tells those since ${words.time(fillsSince)} alone` : found;
  if (after === null) {
    return {
      status: "MISSING",
      detail: `${source} held ${amount(before ?? 0)} ${then} and no longer does: ${why}`,
      before,
    };
  }
  const use = `${source}'s ${amount(after)} is used`;
  return before === null
    ? { status: "MISSING", detail: `${source} did not hold it ${then}: ${why}; ${use}`, before }
    : { status: "DRIFT", detail: `${source} held ${amount(before)} ${then}: ${why}; ${use}`, before };
}

/** The part of a fill that the earlier book cannot have held: all of it, or what a correction changed. */
function newQuantity(fill: AccountFill, previous: PreviousBook): number {
  const { source, knownFills } = previous;
  if (knownFills === null) return fill.time > takenOf(fill, previous) ? fill.quantity : 0;
  return fill.quantity - (knownFills.get(executionOf(source, fill.execId).root) ?? 0);
}

function takenOf({ account }: AccountFill, { takenAt, takenAtOf }: PreviousBook): EpochMs {
  return takenAtOf?.get(account) ?? takenAt;
}

function fillsByInstrument(
  fills: Iterable<InstrumentFill>,
  wanted: ReadonlySet<InstrumentIndex>,
): Map<InstrumentIndex, AccountFill[]> {
  const found = new Map<InstrumentIndex, AccountFill[]>();
  for (const { instrument, account, fill } of fills) {
    if (!wanted.has(instrument)) continue;
    const list = found.get(instrument);
    if (list === undefined) found.set(instrument, [{ ...fill, account }]);
    else list.push({ ...fill, account });
  }
  return found;
}

const TOLD_ONE_BY_ONE = 2;

/** `bought 2 at 4.15, 09:41:22` */
function traded(fills: readonly Fill[], words: ReconciliationWords): string {
  const inOrder = [...fills].sort((a, b) => a.time - b.time);
  if (inOrder.length <= TOLD_ONE_BY_ONE) {
    return inOrder.map((fill) => `${fillWords(fill)}, ${words.time(fill.time)}`).join(" and ");
  }
  const net = inOrder.reduce((sum, { quantity }) => sum + quantity, 0);
  return `${inOrder.length} executions, ${signed(net)} in all, the last at ${words.time(inOrder.at(-1)!.time)}`;
}

/** One that was taken back has no size any more. */
function fillWords({ quantity, price }: Fill): string {
  if (quantity === 0) return `a fill at ${price} taken back`;
  return `${quantity > 0 ? "bought" : "sold"} ${amount(Math.abs(quantity))} at ${price}`;
}

function signed(quantity: number): string {
  return quantity > 0 ? `+${amount(quantity)}` : amount(quantity);
}

function isEqual(a: number, b: number): boolean {
  return Math.abs(a - b) < QUANTITY_TOLERANCE;
}
