/** The row under the totals: what each mark means here and which positions are behind it. */
import { age } from "../../format.ts";
import { shownAccount, type ViewContext } from "../context.ts";
import { dayLeftOut, digestOf, leftOut, named } from "../digest.ts";
import { unreadWords } from "../flag_words.ts";
import { cut, type Frame, widthOf } from "../frame.ts";
import type { NameRow } from "../name_rows.ts";
import { Role } from "../style.ts";

export function drawFootnotes(
  frame: Frame,
  at: { readonly row: number; readonly left: number },
  width: number,
  context: ViewContext,
  rows: readonly NameRow[],
): void {
  const notes = width >= 104 ? longNotes(context, rows) : shortNotes(context);
  let column = at.left + 1;
  for (const [index, note] of notes.entries()) {
    const room = at.left + width - 1 - column;
    // The last words are given up first; a note is cut only when it is the first.
    if (index > 0 && widthOf(note) > room) break;
    column = frame.put(at.row, column, cut(note, room), Role.quiet) + 3;
  }
}

/** Whether one account is shown whose sums the snapshot does not hold. */
function unsplit(context: ViewContext): boolean {
  const account = shownAccount(context);
  return account !== undefined && account.book === undefined;
}

function longNotes(context: ViewContext, rows: readonly NameRow[]): string[] {
  const digest = digestOf(context.snapshot);
  const { examples } = digest;
  const notes = unsplit(context)
    ? ["--n a sum over several accounts, not split; 2 shows this account's part of each position"]
    : [];
  const unread = unreadWords(context.snapshot);
  if (unread !== null) notes.push(`x leaves out ${unread}`);
  for (const { example, reason } of leftOut(examples)) notes.push(`x leaves out ${named(example)}, ${reason}`);
  const day = dayLeftOut(digest);
  if (day !== null) notes.push(`x day: ${named(day.example)}, ${day.reason}`);
  const stale = examples.get("STALE");
  if (stale !== undefined) {
    const old = stale.position.quoteAgeMs;
    notes.push(`s stale ${named(stale)}${old === null ? "" : ` ${age(old)}`}`);
  }
  const modelled = examples.get("MODEL");
  if (modelled !== undefined) notes.push(`m model ${named(modelled)}`);
  if (rows.some((row) => row.betaMark === "?")) notes.push("? default");
  if (rows.some((row) => row.betaMark === "c")) notes.push(computedBetas(context));
  return notes;
}

/** What the computed betas rest on: the fewest returns among them and the oldest last close. */
function computedBetas({ snapshot }: ViewContext): string {
  const bases = snapshot.byUnderlying.flatMap(({ betaBasis }) => betaBasis === null ? [] : [betaBasis]);
  const fewest = Math.min(...bases.map(({ observations }) => observations));
  const oldest = bases.map(({ to }) => to).sort()[0];
  const when = Math.max(...bases.map(({ ageMs }) => ageMs));
  return `c computed from ${fewest} days to ${oldest}, ${age(when)} ago`;
}

function shortNotes(context: ViewContext): string[] {
  const digest = digestOf(context.snapshot);
  const { examples } = digest;
  const notes = unsplit(context) ? ["--n not split by account, its positions: 2"] : [];
  const unread = unreadWords(context.snapshot);
  if (unread !== null) notes.push(`x ${unread}`);
  for (const { example, reason } of leftOut(examples)) {
    notes.push(`x ${example.count} ${reason.replace(/^no /, "without ")} (${example.position.underlying})`);
  }
  const day = dayLeftOut(digest);
  if (day !== null) notes.push(`x ${day.example.count} without a day's P&L (${day.example.position.underlying})`);
  const stale = examples.get("STALE");
  if (stale !== undefined) notes.push(`s ${stale.count} stale (${stale.position.underlying})`);
  const modelled = examples.get("MODEL");
  if (modelled !== undefined) notes.push(`m ${modelled.count} modelled (${modelled.position.underlying})`);
  if (notes.length > 0) notes.push("detail: 6");
  return notes;
}
