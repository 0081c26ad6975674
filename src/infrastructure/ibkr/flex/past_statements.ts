/** A statement's items as backfill takes them. */
import { brokerDay, dayStart } from "../../../application/backfill/coverage.ts";
import type { PastFill, PastItem, Reading } from "../../../application/backfill/source.ts";
import { dayNumber } from "../../../domain/calendar/date.ts";
import { readStatements } from "./read_statements.ts";
import type { StatementFault, StatementItem, StatementSpan } from "./statement_item.ts";
import type { StatementSource } from "./statement_source.ts";

export interface PastStatementOptions {
  /** What the file is called in errors. */
  readonly name: string;
  /** To tell how far reading is; null: not known. */
  readonly bytes: number | null;
}

/** Nothing in the file is a statement, so nothing is known of any day. */
export class NoStatementInside extends Error {
  override readonly name = "NoStatementInside";
}

/** The book, then what the statements cover and their fills, as they stand in the file. */
export async function* pastStatements(
  source: StatementSource,
  { name, bytes }: PastStatementOptions,
  { signal, onFraction }: Reading,
): AsyncGenerator<PastItem> {
  // Simulated statements do not exist.
  yield { kind: "book", book: "real" };
  let statements = 0;
  const measured = bytes === null ? source : measuredSource(source, bytes, onFraction);
  for await (const items of readStatements(measured, { name, signal })) {
    const fills: PastFill[] = [];
    for (const item of items) {
      if (item.kind === "execution") fills.push(item);
      if (item.kind === "tally") statements = item.statements;
      const said = itemOf(item);
      if (said !== null) yield said;
    }
    if (fills.length > 0) yield { kind: "fills", fills };
  }
  if (statements === 0) {
    throw new NoStatementInside(`There is no statement in ${name}: check that the Flex query covers an account`);
  }
}

function itemOf(item: StatementItem): PastItem | null {
  if (item.kind === "statement") return spanOf(item);
  return item.kind === "fault" ? faultOf(item) : null;
}

/**
 * From the first day to the end of the last, in the broker's days. A day that had not ended when the statement was made is not
 * covered: its later trades are in the next day's statement.
 */
function spanOf({ account, from, to, generatedAt }: StatementSpan): PastItem | null {
  if (from === null || to === null) return null;
  const made = generatedAt === null ? Infinity : brokerDay(generatedAt);
  const end = Math.min(dayNumber(to) + 1, made);
  return { kind: "covers", account, from: dayStart(dayNumber(from)), to: dayStart(end) };
}

function faultOf({ lost, message }: StatementFault): PastItem {
  return lost === "row" ? { kind: "lost", reason: message } : { kind: "remark", words: message };
}

/** It is read twice: half of the way is the proof that it is whole. */
function measuredSource(source: StatementSource, bytes: number, onFraction: (fraction: number) => void) {
  let read = 0;
  return async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of source()) {
      yield piece;
      read += piece.length;
      onFraction(Math.min(1, read / (2 * Math.max(1, bytes))));
    }
  };
}
