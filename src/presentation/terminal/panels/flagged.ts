/** Positions with flags: their quote, and what each flag does to the numbers. */
import type { PositionView } from "../../../domain/risk/snapshot.ts";
import { age, MISSING } from "../../format.ts";
import { type Area, liveMark, type ViewContext } from "../context.ts";
import { effectOf, gravestFirst, isToLookAt } from "../flag_words.ts";
import { cut, type Frame } from "../frame.ts";
import { fullName } from "../position_rows.ts";
import type { FlaggedRow } from "../quality_rows.ts";
import type { Sorting } from "../row_order.ts";
import { drawScrolled } from "../scrolled.ts";
import { Role } from "../style.ts";
import { type Column, drawHeadings, drawRow, placeColumns, sortedHeading } from "../table.ts";
import { markLetter } from "../mark_letter.ts";

/** Draws headings and the rows in sight; gives the row after them. */
export function drawFlagged(
  frame: Frame,
  area: Area,
  context: ViewContext,
  shown: { readonly rows: readonly FlaggedRow[]; readonly selected: string | null },
): number {
  if (area.height <= 0) return area.top;
  if (shown.rows.length === 0) {
    frame.put(area.top, 1, cut("No position is flagged.", area.width - 2), Role.quiet);
    return area.top + 1;
  }
  const placed = placeColumns(columns(context, area.width), order(area.width), shown.rows, area.width);
  const heading = sortedHeading(context.view.tables.quality.sort, OWN_COLUMN);
  drawHeadings(frame, { row: area.top, left: area.left }, placed, heading);
  const body = { ...area, top: area.top + 1, height: area.height - 1 };
  drawScrolled(frame, body, {
    keys: shown.rows.map(({ key }) => key),
    selected: shown.selected,
    draw: (row, index) => drawRow(frame, { row, left: area.left }, placed, index),
  });
  return body.top + Math.min(body.height, shown.rows.length);
}

/** The column that the rows' own order, the gravest first, shows in. */
const OWN_COLUMN = "flags";

/** The columns in sight. */
export function flaggedSorting(context: ViewContext): Sorting {
  const { columns: width } = context.size;
  const kept = order(width);
  const shown = columns(context, width).filter(({ id }) => kept.includes(id));
  return { columns: shown, own: { title: "worst", column: OWN_COLUMN } };
}

/** `ES 18Dec26 6400 P: STALE kept at its last good mark; TAYLOR shocks by delta, gamma, vega`. */
export function flaggedDetail(context: ViewContext, row: FlaggedRow | undefined): string {
  if (row === undefined) return "";
  const { position } = row;
  const told = gravestFirst(position.flags).map((flag) => `${flag} ${effectOf(flag, position)}`);
  return `${fullName(context, position)}: ${told.join("; ")}`;
}

function columns(context: ViewContext, width: number): Column<FlaggedRow>[] {
  const { format } = context.look;
  const price = (id: "bid" | "ask" | "last", title: string): Column<FlaggedRow> => ({
    id,
    title,
    width: 9,
    kind: "number",
    cell: ({ position }) => ({ text: format.price(position[id], kindOf(position)) }),
  });
  const names = width >= 160 ? 26 : 21;
  const flags = width >= 160 ? 32 : width >= 60 ? 19 : 15;
  const fixed = names + flags + 8 + 10 + (width >= 104 ? 27 : 0);
  return [
    {
      id: "name",
      title: "Instrument",
      width: names,
      kind: "text",
      cell: ({ position }) => ({ text: fullName(context, position) }),
    },
    {
      id: "flags",
      title: "Flags",
      width: flags,
      kind: "text",
      cell: ({ position }) => ({
        text: flagWords(position, flags - 2),
        style: isToLookAt(position) ? Role.soft : Role.text,
      }),
    },
    price("bid", "Bid"),
    price("ask", "Ask"),
    price("last", "Last"),
    { id: "age", title: "Age", width: 8, kind: "number", cell: ({ position }) => ({ text: age(position.quoteAgeMs) }) },
    {
      id: "mark",
      title: "Mark",
      width: 10,
      kind: "number",
      cell: ({ position }) => ({
        text: position.mark === null ? MISSING : format.price(position.mark, kindOf(position)),
        mark: position.mark === null ? "" : liveMark(context, markLetter(position), position.mark),
      }),
    },
    {
      id: "effect",
      title: "Effect",
      width: Math.max(20, width - fixed),
      kind: "text",
      cell: ({ position }) => ({ text: effects(position) }),
    },
  ];
}

function order(width: number): string[] {
  const kept = ["name", "flags"];
  if (width >= 60) kept.push("mark");
  if (width >= 72) kept.push("effect", "age");
  if (width >= 104) kept.push("bid", "ask", "last");
  return kept;
}

/** The gravest flag and how many more there are, or all of them where they fit. */
function flagWords({ flags }: PositionView, room: number): string {
  const ordered = gravestFirst(flags);
  const all = ordered.join(" ");
  if (all.length <= room || ordered.length < 2) return all;
  return `${ordered[0] ?? ""} +${ordered.length - 1}`;
}

/** What the flags do, each effect once. */
function effects(position: PositionView): string {
  return [...new Set(gravestFirst(position.flags).map((flag) => effectOf(flag, position)))].join("; ");
}

function kindOf({ assetType }: PositionView): "price" | "rate" {
  return assetType === "FOREX" ? "rate" : "price";
}
