/** What happened to one row today, over the view it was asked from: the newest first. */
import type { HistoryEntry, RowHistory } from "../../../application/day_record.ts";
import type { Fill, PositionChangeRecord } from "../../../application/ports/store_records.ts";
import type { BreachTransition } from "../../../domain/limits/breach_transition.ts";
import { contractName, count } from "../../format.ts";
import { accountName, type ViewContext } from "../context.ts";
import { cut, type Frame, padded } from "../frame.ts";
import { drawTitles } from "../panels/titles.ts";
import { Role } from "../style.ts";
import { stepWords } from "../step_words.ts";

/** Draws it when one is open; false: none is. */
export function drawRowHistory(frame: Frame, top: number, bottom: number, context: ViewContext): boolean {
  const { history } = context.view;
  if (history === null) return false;
  for (let row = top; row < bottom; row++) frame.put(row, 0, padded("", frame.width));
  drawTitles(frame, top, 0, [{ wall: -1, title: `History today: ${history.title} · h or Esc closes` }]);
  const rows = Math.max(0, bottom - top - 1);
  const { answer } = history;
  if (answer === null || answer.status !== "read" || answer.entries.length === 0) {
    if (rows > 0) frame.put(top + 1, 1, cut(nothing(answer), frame.width - 2), Role.quiet);
    return true;
  }
  const { entries } = answer;
  const left = entries.length > rows || answer.more;
  const shown = entries.slice(0, left ? rows - 1 : rows);
  for (const [index, entry] of shown.entries()) drawEntry(frame, top + 1 + index, entry, context);
  if (left && rows > 0) {
    const older = entries.length - shown.length;
    const words = older > 0
      ? `${answer.more ? "more than " : ""}${count(older, "older entry", "older entries")}`
      : "older entries";
    frame.put(bottom - 1, 1, cut(`${words} not shown: apex history has all of them`, frame.width - 2), Role.quiet);
  }
  return true;
}

function nothing(answer: RowHistory | null): string {
  if (answer === null) return "reading…";
  if (answer.status === "not kept") return "history is not kept: there is nothing of today to tell";
  if (answer.status === "failed") return `the store could not be read: ${answer.reason}`;
  return "nothing happened to this row today";
}

function drawEntry(frame: Frame, row: number, entry: HistoryEntry, context: ViewContext): void {
  frame.put(row, 1, context.look.format.clock(entry.at), Role.quiet);
  const [what, text] = wordsOf(entry, context);
  frame.put(row, 11, cut(what, WHAT - 1));
  frame.put(row, 11 + WHAT, cut(text, frame.width - 12 - WHAT));
}

/** Columns of what happened in short. */
const WHAT = 20;

function wordsOf(entry: HistoryEntry, context: ViewContext): readonly [what: string, text: string] {
  if (entry.kind === "step") return stepText(entry.transition);
  return entry.kind === "change" ? changeText(entry.change, context) : fillText(entry.fill, context);
}

function stepText(transition: BreachTransition): readonly [string, string] {
  return [stepWords(transition), transition.message];
}

function changeText(change: PositionChangeRecord, { look }: ViewContext): readonly [string, string] {
  const { format } = look;
  const { quantityBefore, quantityAfter, cause, explanation, account, instrument } = change;
  const why = explanation === null || explanation === "" ? cause : `${cause}: ${explanation}`;
  const what = `${format.quantity(quantityBefore)} -> ${format.quantity(quantityAfter)}`;
  return [what, `${contractName(instrument)} in ${accountName(account, look)}, ${why}`];
}

function fillText({ execution, commission }: Fill, { look }: ViewContext): readonly [string, string] {
  const { format } = look;
  const { quantity, price, account, instrument } = execution;
  const what = `${quantity < 0 ? "sold" : "bought"} ${format.quantity(Math.abs(quantity))}`;
  const cost = commission === null
    ? ""
    : `, commission ${format.decimals(commission.amount, 2)} ${commission.currency}`;
  const realized = commission === null || commission.realizedPnl === null
    ? ""
    : `, realized ${format.signed(commission.realizedPnl)}`;
  const kind = instrument.assetType === "FOREX" ? "rate" : "price";
  return [
    what,
    `${contractName(instrument)} at ${format.price(price, kind)} in ${accountName(account, look)}${cost}${realized}`,
  ];
}
