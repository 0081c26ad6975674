/**
 * A snapshot as JSON text, written in pieces between turns: of ten thousand positions it takes about a tenth of a second,
 * and a turn must not wait for that. A snapshot never changes, so that it may be written later than it was made.
 */
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import type { Clock } from "../ports/clock.ts";

/** Rows written in one go: about a millisecond of the largest ones. */
const ROWS = 100;
/** Characters after which the turn may come in between: a position is about a thousand. */
const REST_AFTER = 100_000;

/** The same text as `JSON.stringify`. Rests between pieces, so that it takes longer than that. */
export async function snapshotDocument(snapshot: RiskSnapshot, clock: Clock): Promise<string> {
  const pieces: string[] = [];
  let written = 0;
  for (const piece of jsonPieces(snapshot)) {
    pieces.push(piece);
    written += piece.length;
    if (written < REST_AFTER) continue;
    written = 0;
    await new Promise<void>((resume) => void clock.after(0, resume));
  }
  return pieces.join("");
}

/**
 * What `JSON.stringify` gives for plain data (no `toJSON`), in pieces: a member at a time, and of lists a
 * slice at a time.
 */
export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  // Below this depth lie the fields of one row.
  if (depth > 4 || typeof value !== "object" || value === null) {
    yield JSON.stringify(value) ?? "null";
  } else if (Array.isArray(value)) {
    yield* arrayPieces(value, depth);
  } else {
    yield* objectPieces(value, depth);
  }
}

function* arrayPieces(values: readonly unknown[], depth: number): Generator<string> {
  yield "[";
  for (let from = 0; from < values.length; from += ROWS) {
    if (from > 0) yield ",";
    const rows = values.slice(from, from + ROWS);
    if (rows.some(isLong)) yield* rowPieces(rows, depth);
    else yield JSON.stringify(rows).slice(1, -1);
  }
  yield "]";
}

/** An account with its own share of the book: a row that is lists of rows again. */
function isLong(row: unknown): boolean {
  return typeof row === "object" && row !== null && "book" in row;
}

function* rowPieces(rows: readonly unknown[], depth: number): Generator<string> {
  for (const [place, row] of rows.entries()) {
    if (place > 0) yield ",";
    yield* jsonPieces(row, depth + 1);
  }
}

function* objectPieces(value: object, depth: number): Generator<string> {
  let before = "{";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* jsonPieces(member, depth + 1);
    before = ",";
  }
  yield before === "{" ? "{}" : "}";
}
