/** The rows of a batch: how many, which may give way, and batches put together and taken apart. */
import type { StoreBatch } from "./ports/store.ts";

/** In the order in which they are stored: how far a stream was read comes after what was read. */
const KINDS = [
  "executions",
  "commissions",
  "futuOrders",
  "futuDeals",
  "futuFees",
  "positions",
  "accounts",
  "risk",
  "breaches",
  "trailingPeaks",
  "activeSignals",
  "dailyPnl",
  "positionChanges",
  "syncWindows",
  "syncStates",
] as const satisfies readonly (keyof StoreBatch)[];

export type RowKind = typeof KINDS[number];
/** Snapshots follow one another; nothing else may be missed. */
const SNAPSHOTS: readonly RowKind[] = ["positions", "accounts", "risk"];
/** Written whole, each time all there is. */
const STANDING: readonly RowKind[] = ["trailingPeaks", "activeSignals"];
/** Characters of a document that weigh as much as a row. */
const DOCUMENT_PER_ROW = 1_000;

/** How many snapshots it holds, when nothing in it would be missed for good; 0 when anything would. */
export function snapshotsAlone(batch: StoreBatch): number {
  if (!kindsIn(batch).every((kind) => SNAPSHOTS.includes(kind))) return 0;
  return (batch.positions?.length ?? 0) + (batch.accounts?.length ?? 0) + (batch.risk?.length ?? 0);
}

export function isEmpty(batch: StoreBatch): boolean {
  return kindsIn(batch).length === 0;
}

/** The kinds that it has anything to say of. */
export function kindsIn(batch: StoreBatch): readonly RowKind[] {
  return KINDS.filter((kind) => {
    const rows = batch[kind];
    // No peaks at all is something to say.
    return rows !== undefined && (STANDING.includes(kind) || !isList(rows) || rows.length > 0);
  });
}

/** Roughly: a position is a row, and so is a piece of a document. */
export function rowsIn(batch: StoreBatch): number {
  const { positions = [], risk = [], trailingPeaks } = batch;
  const plain = KINDS.reduce((sum, kind) => {
    const rows = batch[kind];
    return sum + (isList(rows) ? rows.length : 0);
  }, trailingPeaks?.size ?? 0);
  const held = positions.reduce((sum, book) => sum + book.positions.length, 0);
  return plain + held + risk.reduce((sum, { document }) => sum + Math.ceil(document.length / DOCUMENT_PER_ROW), 0);
}

/** One that says what they say one after the other. */
export function merged(batches: readonly StoreBatch[]): StoreBatch {
  const [only] = batches;
  if (batches.length === 1 && only !== undefined) return only;
  const whole: Partial<Record<RowKind, unknown>> = {};
  for (const kind of KINDS) {
    const said = batches.map((batch) => batch[kind]).filter((rows) => rows !== undefined);
    if (said.length === 0) continue;
    whole[kind] = STANDING.includes(kind)
      ? said.at(-1)
      : said.flatMap((rows): readonly unknown[] => isList(rows) ? rows : []);
  }
  return whole as StoreBatch;
}

/** A batch for each row, in the order in which they are stored; what is only written whole stays whole. */
export function rowByRow(batch: StoreBatch): readonly StoreBatch[] {
  return kindsIn(batch).flatMap((kind): StoreBatch[] => {
    const rows = batch[kind];
    return isList(rows) && !STANDING.includes(kind) ? rows.map((row) => ({ [kind]: [row] })) : [{ [kind]: rows }];
  });
}

/** Without what later batches have said anew. */
export function withoutStanding({ trailingPeaks: _peaks, activeSignals: _signals, ...rest }: StoreBatch): StoreBatch {
  return rest;
}

function isList(rows: StoreBatch[RowKind]): rows is Extract<StoreBatch[RowKind], readonly unknown[]> {
  return Array.isArray(rows);
}
