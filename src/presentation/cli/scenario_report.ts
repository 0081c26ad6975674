/** `apex scenario`: P&L of moves of spot, volatility and time, as a table, as CSV and as JSON. */
import type { EpochMs } from "../../domain/time.ts";
import type {
  GridCell,
  GridName,
  GridWanted,
  LeftOut,
  ScenarioGrid,
  VolMove,
} from "../../domain/risk/scenario_grid.ts";
import type { Flag, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { age, contractName, contractOf, count, type Format } from "../format.ts";
import { unreadWords } from "../terminal/flag_words.ts";
import { wrapped } from "../terminal/frame.ts";
import { printable } from "./fitted_text.ts";
import type { Column } from "./history/column.ts";
import { fileRows } from "./history/file_rows.ts";
import { fittedTable } from "./history/fitted_table.ts";
import type { HistoryLook } from "./history/look.ts";
import { snapshotHeading } from "./snapshot_table.ts";

export interface ScenarioReport {
  readonly snapshot: RiskSnapshot;
  readonly wanted: Pick<GridWanted, "spots" | "vols" | "days" | "byBeta" | "account">;
  readonly grid: ScenarioGrid;
  readonly symbol: string | null;
  readonly byName: boolean;
  /** Of a snapshot from the store: the time now, which its age is told by; null: the book is the broker's. */
  readonly storedSeenAt: EpochMs | null;
}

/** There is no other in this version. */
const METHOD = "TAYLOR";

export function scenarioTable(report: ScenarioReport, look: HistoryLook): string {
  const { snapshot, grid, byName } = report;
  const lines = (text: string): string => wrapped(text, look.width).map((line) => `${line}\n`).join("");
  const heading = [
    snapshotHeading(snapshot, look),
    report.storedSeenAt === null ? "" : lines(
      `Stored risk snapshot, ${age(report.storedSeenAt - Date.parse(snapshot.asOf))} old: no broker was asked.`,
    ),
    lines(
      `Scenario P&L${ofWhat(report, look)} (${METHOD}): today's greeks carried along, options are not revalued; ` +
        "the further the move, the rougher.",
    ),
  ];
  const tables = byName ? nameTables(report, look) : [bookTable(report, look)];
  const remarks = [worstText(grid, look.format), unreadText(report), leftOutText(grid), betaText(report)]
    .filter((text) => text !== "");
  return printable([heading.join(""), ...tables, remarks.map(lines).join("")].join("\n"));
}

function ofWhat({ grid, wanted, symbol }: ScenarioReport, { account }: HistoryLook): string {
  const parts = [` of ${count(grid.positions, "position")}`];
  if (symbol !== null) parts.push(`in ${symbol}`);
  if (wanted.account !== null) parts.push(`of ${account(wanted.account)}`);
  if (wanted.byBeta) parts.push("with each name by its beta");
  return parts.join(" ");
}

interface GridRow {
  readonly vol: VolMove;
  readonly days: number;
  readonly cells: readonly GridCell[];
}

/** Spots across, volatility and days down. */
function bookTable({ grid, wanted }: ScenarioReport, look: HistoryLook): string {
  const rows = rowsOf(grid.cells, wanted.spots.length);
  const moves: Column<GridRow> = {
    key: "vol",
    value: () => null,
    shown: { title: "Vol", text: (row) => volText(row, look.format), words: true, rank: 0 },
  };
  return fittedTable([moves, ...spotColumns<GridRow>(wanted.spots, look.format, ({ cells }) => cells)], rows, look);
}

/** One table a volatility and day, with the names down and the book as their total. */
function nameTables({ grid, wanted }: ScenarioReport, look: HistoryLook): string[] {
  const across = wanted.spots.length;
  return rowsOf(grid.cells, across).map((row, at) => {
    const cellsOf = ({ cells }: GridName) => cells.slice(at * across, (at + 1) * across);
    const columns: Column<GridName>[] = [
      words("Name", (name) => name.underlying),
      { key: "Pos", value: () => null, shown: { title: "Pos", text: (name) => String(name.positions), rank: 50 } },
      ...(wanted.byBeta ? [betaColumn(look.format)] : []),
      ...spotColumns<GridName>(wanted.spots, look.format, cellsOf),
    ];
    const totals = new Map([
      ["Name", "Total"],
      ["Pos", String(grid.positions)],
      ...row.cells.map((cell): [string, string] => [spotKey(cell.spot), amount(cell, look.format) + markOf(cell)]),
    ]);
    return `Vol ${volText(row, look.format)}\n` + fittedTable(columns, grid.names, { ...look, totals });
  });
}

function words<Row>(title: string, text: (row: Row) => string): Column<Row> {
  return { key: title, value: () => null, shown: { title, text, words: true, rank: 0 } };
}

function betaColumn(format: Format): Column<GridName> {
  const shown = {
    title: "Beta",
    text: ({ beta }: GridName) => format.decimals(beta, 2),
    mark: ({ betaSource }: GridName) => betaSource === "default" ? "?" : "",
    rank: 1,
  };
  return { key: "Beta", value: () => null, shown };
}

/** The largest moves are kept longest where the terminal is narrow. */
function spotColumns<Row>(
  spots: readonly number[],
  format: Format,
  cellsOf: (row: Row) => readonly GridCell[],
): Column<Row>[] {
  const bySize = [...spots].sort((a, b) => Math.abs(b) - Math.abs(a));
  return spots.map((spot, at): Column<Row> => ({
    key: spotKey(spot),
    value: () => null,
    shown: {
      title: spotText(spot, format),
      text: (row) => amount(cellsOf(row)[at], format),
      mark: (row) => markOf(cellsOf(row)[at]),
      rank: bySize.indexOf(spot),
    },
  }));
}

function spotKey(spot: number): string {
  return `spot ${spot}`;
}

function rowsOf(cells: readonly GridCell[], across: number): GridRow[] {
  const rows: GridRow[] = [];
  for (let at = 0; at < cells.length; at += across) {
    const { vol, days } = cells[at]!;
    rows.push({ vol, days, cells: cells.slice(at, at + across) });
  }
  return rows;
}

function amount(cell: GridCell | undefined, format: Format): string {
  return format.signed(cell?.pnl ?? null);
}

function markOf(cell: GridCell | undefined): string {
  return cell !== undefined && cell.pnl !== null && cell.excluded > 0 ? "x" : "";
}

/** `-10 %`, or `spot` where it stays. */
function spotText(spot: number, format: Format): string {
  return spot === 0 ? "spot" : format.signedPercent(spot, fewestDecimals(spot * 100));
}

/** `-5 pt`, `+10 % rel.`, `flat`, `flat, 5 d`. */
function volText({ vol, days }: Pick<GridCell, "vol" | "days">, format: Format): string {
  const size = vol.value * 100;
  const points = `${size > 0 ? "+" : ""}${format.decimals(size, fewestDecimals(size))}`;
  const words = vol.value === 0 ? "flat" : vol.kind === "points" ? `${points} pt` : `${points} % rel.`;
  return days === 0 ? words : `${words}, ${days} d`;
}

function fewestDecimals(value: number): number {
  return [0, 1].find((digits) => Math.abs(value - Number(value.toFixed(digits))) < 1e-9) ?? 2;
}

function worstText({ worst, cells }: ScenarioGrid, format: Format): string {
  if (worst === null) return cells.some(({ pnl }) => pnl !== null) ? "No move loses." : "No move is known.";
  const move = worst.spot === 0 ? "spot unchanged" : `spot ${spotText(worst.spot, format)}`;
  return `Worst: ${move}, vol ${volText(worst, format)}: ${amount(worst, format)}${markOf(worst)}.`;
}

const NAMED = 5;

function unreadText({ snapshot, wanted }: ScenarioReport): string {
  const unread = wanted.account === null ? unreadWords(snapshot) : null;
  return unread === null ? "" : `x leaves out ${unread}.`;
}

function leftOutText({ leftOut, positions }: ScenarioGrid): string {
  if (leftOut.length === 0) return "";
  const named = leftOut.slice(0, NAMED).map(({ position, reason }) =>
    `${contractName(position)} (${reasonText(reason)})`
  );
  const more = leftOut.length > NAMED ? ` and ${leftOut.length - NAMED} more` : "";
  return `x leaves out ${leftOut.length} of ${count(positions, "position")}: ${named.join(", ")}${more}.`;
}

const REASONS: Readonly<Partial<Record<Flag, string>>> = {
  DATA_MISSING: "no greeks",
  FX_MISSING: "no FX rate",
  NO_MARK: "no mark",
  NO_UNDERLYING_PRICE: "no underlying price",
};

function reasonText(reason: Flag): string {
  return REASONS[reason] ?? reason.toLowerCase().replaceAll("_", " ");
}

function betaText({ grid, wanted }: ScenarioReport): string {
  const unknown = grid.names.filter(({ betaSource }) => betaSource === "default").map(({ underlying }) => underlying);
  if (!wanted.byBeta || unknown.length === 0) return "";
  return `Beta 1.00, for want of a better one: ${unknown.join(", ")}.`;
}

/** One row a cell: of the book, and with `byName` of each name. */
export async function scenarioCsv(report: ScenarioReport): Promise<string> {
  const { snapshot, grid, wanted, symbol } = report;
  type Row = GridCell & { readonly name: string | null };
  const rows: Row[] = grid.cells.map((cell) => ({ ...cell, name: null }));
  if (report.byName) {
    rows.push(...grid.names.flatMap(({ underlying, cells }) => cells.map((cell) => ({ ...cell, name: underlying }))));
  }
  const columns: Column<Row>[] = [
    { key: "asOf", value: () => snapshot.asOf },
    { key: "account", value: () => wanted.account },
    { key: "symbol", value: () => symbol },
    { key: "name", value: (row) => row.name },
    { key: "spotShock", value: (row) => row.spot },
    { key: "volShock", value: (row) => row.vol.value },
    { key: "volKind", value: (row) => row.vol.kind },
    { key: "days", value: (row) => row.days },
    { key: "byBeta", value: () => wanted.byBeta },
    { key: "pnl", value: (row) => row.pnl },
    { key: "baseCurrency", value: () => snapshot.baseCurrency },
    { key: "excluded", value: (row) => row.excluded },
    { key: "method", value: () => METHOD },
  ];
  return (await Array.fromAsync(fileRows(columns, [rows], "csv"))).join("");
}

/** @param indent null: in one line */
export function scenarioJson(report: ScenarioReport, indent: number | null): string {
  const { snapshot, grid, wanted, symbol, storedSeenAt } = report;
  const document = {
    asOf: snapshot.asOf,
    env: snapshot.env,
    simulated: snapshot.simulated,
    status: snapshot.status,
    statusReasons: snapshot.statusReasons,
    stored: storedSeenAt !== null,
    baseCurrency: snapshot.baseCurrency,
    method: METHOD,
    account: wanted.account,
    symbol,
    byBeta: wanted.byBeta,
    positions: grid.positions,
    cells: grid.cells.map(cellJson),
    names: grid.names.map(({ cells, ...name }) => ({ ...name, cells: cells.map(cellJson) })),
    leftOut: grid.leftOut.map(leftOutJson),
  };
  return JSON.stringify(document, null, indent ?? undefined) + "\n";
}

function cellJson({ spot, vol, days, pnl, excluded }: GridCell) {
  return { spotShock: spot, volShock: vol.value, volKind: vol.kind, days, pnl, excluded };
}

function leftOutJson({ position, reason, cells }: LeftOut) {
  const { symbol, underlying, localSymbol } = position;
  return { symbol, underlying, localSymbol, contract: contractOf(position), reason, cells };
}
