/** What the sources of positions do not agree on, and what is done about it. */
import type { ReconciliationView } from "../../../domain/risk/snapshot.ts";
import type { Area, ViewContext } from "../context.ts";
import { cut, type Frame } from "../frame.ts";
import type { ReconciliationRow } from "../quality_rows.ts";
import { drawScrolled } from "../scrolled.ts";
import { Role, type Style } from "../style.ts";
import { type Column, drawHeadings, drawRow, placeColumns } from "../table.ts";

/** `Reconciliation: 22 agree, 1 drift, 2 explained`. */
export function reconciliationTitle({ snapshot }: ViewContext): string {
  const summary = snapshot.reconciliationSummary;
  if (summary === undefined || summary.checkedAt === null) return "Reconciliation: not compared yet";
  const counts = [["missing", summary.missing], ["drift", summary.drift], ["stale", summary.stale], [
    "explained",
    summary.explained,
  ]] as const;
  const told = counts.filter(([, number]) => number > 0).map(([word, number]) => `${number} ${word}`);
  if (summary.compared === 0 && told.length === 0) return "Reconciliation: nothing to compare";
  return `Reconciliation: ${[`${summary.agree} agree`, ...told].join(", ")}`;
}

/** Draws headings and the rows in sight; gives the row after them. */
export function drawReconciliation(
  frame: Frame,
  area: Area,
  context: ViewContext,
  shown: { readonly rows: readonly ReconciliationRow[]; readonly selected: string | null },
): number {
  if (area.height <= 0) return area.top;
  if (shown.rows.length === 0) {
    frame.put(area.top, 1, cut(nothing(context), area.width - 2), Role.quiet);
    return area.top + 1;
  }
  const rows = shown.rows.map(({ row }) => row);
  const sources = sourcesOf(context.snapshot.reconciliation);
  const placed = placeColumns(
    columns(context, area.width, sources),
    ["key", "status", ...(area.width >= 60 ? ["detail"] : []), ...(area.width >= 72 ? sources : [])],
    rows,
    area.width,
  );
  drawHeadings(frame, { row: area.top, left: area.left }, placed);
  drawScrolled(frame, { ...area, top: area.top + 1, height: area.height - 1 }, {
    keys: shown.rows.map(({ key }) => key),
    selected: shown.selected,
    draw: (row, index) => drawRow(frame, { row, left: area.left }, placed, index),
  });
  return area.top + 1 + Math.min(area.height - 1, rows.length);
}

/** `SAP stock EUR DRIFT: IB's 600 is used; correct data/positions/manual.yaml`. */
export function reconciliationDetail(one: ReconciliationRow | undefined): string {
  return one === undefined ? "" : `${one.row.key} ${STATUS[one.row.status].word}: ${one.row.detail}`;
}

function nothing({ snapshot, view }: ViewContext): string {
  const summary = snapshot.reconciliationSummary;
  if (snapshot.reconciliation.length > 0) {
    return view.filter === "" ? "Every difference is explained." : "No difference matches.";
  }
  if (summary === undefined || summary.checkedAt === null) return "Sources are compared once each was read completely.";
  if (summary.compared > 0) return "All sources agree.";
  return new Set(snapshot.accounts.map(({ source }) => source)).size > 1
    ? "Brokers hold different positions: they are added, not compared with each other."
    : "One source holds the book alone: there is no second one to agree with.";
}

const SOURCES: readonly (readonly [source: string, title: string])[] = [
  ["IB", "IB"],
  ["FUTU", "Futu"],
  ["MANUAL", "Manual"],
  ["CACHED", "Cached"],
];

/** Sources that some row has a quantity of, in a fixed order, unknown ones last. */
function sourcesOf(rows: readonly ReconciliationView[]): string[] {
  const named = new Set(rows.flatMap(({ quantities }) => Object.keys(quantities)));
  const known = SOURCES.map(([source]) => source);
  return [...known.filter((one) => named.has(one)), ...[...named].filter((one) => !known.includes(one)).sort()];
}

const QUANTITY_WIDTH = 9;

function columns(
  { look: { format } }: ViewContext,
  width: number,
  sources: readonly string[],
): Column<ReconciliationView>[] {
  const keys = width >= 112 ? 24 : 20;
  return [
    { id: "key", title: "Key", width: keys, kind: "text", cell: (row) => ({ text: row.key }) },
    {
      id: "status",
      title: "Status",
      width: 11,
      kind: "text",
      cell: ({ status }) => ({ text: STATUS[status].word, style: STATUS[status].style }),
    },
    ...sources.map((source): Column<ReconciliationView> => ({
      id: source,
      title: SOURCES.find(([one]) => one === source)?.[1] ?? source,
      width: QUANTITY_WIDTH,
      kind: "number",
      cell: ({ quantities }) => ({ text: quantities[source] === undefined ? "" : format.quantity(quantities[source]) }),
    })),
    {
      id: "detail",
      title: "What we do",
      width: Math.max(width >= 72 ? 18 : 24, width - keys - 11 - (width >= 72 ? sources.length * QUANTITY_WIDTH : 0)),
      kind: "text",
      cell: (row) => ({ text: row.detail }),
    },
  ];
}

const STATUS: Readonly<Record<ReconciliationView["status"], { readonly word: string; readonly style: Style }>> = {
  MISSING: { word: "MISSING", style: Role.soft },
  DRIFT: { word: "DRIFT", style: Role.soft },
  STALE: { word: "STALE", style: Role.soft },
  EXPLAINED: { word: "explained", style: Role.text },
};
