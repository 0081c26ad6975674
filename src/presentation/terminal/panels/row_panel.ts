/** The panel under a table that tells of its selected row: everything of it, or how one of its numbers came about. */
import { count } from "../../format.ts";
import type { ViewContext } from "../context.ts";
import { detailOf, type Fact, type Told } from "../detail_text.ts";
import { explained } from "../explain_text.ts";
import { type Frame, padded, wrapped } from "../frame.ts";
import type { Sorting } from "../row_order.ts";
import { selectedRow } from "../selected_row.ts";
import { BOLD, Role } from "../style.ts";
import { drawTitles } from "./titles.ts";

/** Rows that a table over the panel needs to be of use. */
const LEAST_TABLE = 7;
const LABEL = 10;

/** What the panel says of the row with this key; null: it has nothing to tell. */
export function toldOf(context: ViewContext, key: string | null, sorting: Sorting | null): Told | null {
  const { view } = context;
  if (view.panel === null || key === null) return null;
  const row = selectedRow(context, key);
  if (row === undefined) return null;
  if (view.panel.kind === "detail") return detailOf(context, row);
  const id = view.tables[view.active].sort?.column ?? sorting?.own.column;
  const column = sorting?.columns.find((one) => one.id === id) ?? { id: id ?? "", title: id ?? "" };
  return explained(context, row, column);
}

/** Rows that the panel takes of so many: as many as it needs, at most three in five; all where no table is left. */
export function panelRows(told: Told, width: number, rows: number): number {
  const wanted = 1 + linesOf(told, width).length;
  const most = Math.max(5, Math.floor(rows * 0.6));
  const taken = Math.min(wanted, most);
  return rows - taken < LEAST_TABLE ? rows : taken;
}

export function drawRowPanel(frame: Frame, top: number, bottom: number, told: Told, scrolled: number): void {
  const lines = linesOf(told, frame.width);
  const body = Math.max(0, bottom - top - 1);
  const first = Math.max(0, Math.min(scrolled, lines.length - body));
  const more = lines.length - first - body;
  for (let row = top; row < bottom; row++) frame.put(row, 0, padded("", frame.width));
  const rest = more > 0 ? ` · ${count(more, "more line")}: J` : first > 0 ? " · K back" : "";
  drawTitles(frame, top, 0, [{ wall: -1, title: `${told.title} · Esc closes${rest}` }]);
  for (const [index, { label, text, goesOn }] of lines.slice(first, first + body).entries()) {
    const row = top + 1 + index;
    frame.put(row, 1, label, BOLD);
    frame.put(row, 1 + LABEL, text, goesOn ? Role.quiet : Role.text);
  }
}

interface Line {
  readonly label: string;
  readonly text: string;
  readonly goesOn: boolean;
}

function linesOf({ facts }: Told, width: number): Line[] {
  const room = Math.max(8, width - LABEL - 2);
  return facts.flatMap(([label, text]: Fact) =>
    wrapped(text, room).map((line, at): Line => ({ label: at === 0 ? label : "", text: line, goesOn: at > 0 }))
  );
}
