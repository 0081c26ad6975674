/** Accounts side by side, ours beside the broker's day P&L. */
import type { AccountView } from "../../../domain/risk/snapshot.ts";
import { age } from "../../format.ts";
import { accountName, type Area, liveMark, type ViewContext } from "../context.ts";
import { cut, type Frame } from "../frame.ts";
import { digestOf, hasStale } from "../digest.ts";
import { markStyle, signStyle } from "../table.ts";
import { REVERSE, Role } from "../style.ts";

/** Width of the labels, and of each account after them. */
export const ACCOUNT_LABEL = 10;
export const ACCOUNT_COLUMN = 11;

type Money =
  | "netLiquidation"
  | "dailyPnl"
  | "brokerDailyPnl"
  | "unrealizedPnl"
  | "cash"
  | "maintenanceMargin"
  | "excessLiquidity";

const ROWS: readonly {
  readonly label: string;
  readonly field: Money;
  readonly signed?: boolean;
  readonly marked?: boolean;
}[] = [
  { label: "Net liq", field: "netLiquidation" },
  { label: "Day P&L", field: "dailyPnl", signed: true, marked: true },
  { label: "  broker", field: "brokerDailyPnl", signed: true },
  { label: "Unreal.", field: "unrealizedPnl", signed: true, marked: true },
  { label: "Cash", field: "cash" },
  { label: "Maint.", field: "maintenanceMargin" },
  { label: "Excess", field: "excessLiquidity" },
];

export function drawAccounts(frame: Frame, area: Area, context: ViewContext): void {
  const { snapshot, look } = context;
  const { format } = look;
  const fit = Math.max(1, Math.floor((area.width - ACCOUNT_LABEL) / ACCOUNT_COLUMN));
  const shown = snapshot.accounts.slice(0, fit);
  const ends = shown.map((_, index) => area.left + ACCOUNT_LABEL + (index + 1) * ACCOUNT_COLUMN - 1);
  const lines = area.top + area.height;
  const write = (row: number, end: number, text: string, mark: string, style: number): void => {
    if (row >= lines) return;
    frame.putEnding(row, end, text, style);
    frame.put(row, end, mark, style);
  };
  for (const [index, account] of shown.entries()) {
    const end = ends[index] ?? area.left;
    const own = account.account === context.view.account ? REVERSE : Role.text;
    const stale = staleIn(context, account) ? "s" : "";
    write(area.top, end, cut(accountName(account.account, look), ACCOUNT_COLUMN - 1), "", own);
    for (const [line, { field, signed, marked }] of ROWS.entries()) {
      const value = account[field];
      const mark = value === null ? "" : liveMark(context, marked ? stale : "", value);
      const text = signed ? format.signed(value) : format.money(value);
      const fitting = text.length < ACCOUNT_COLUMN ? text : format.short(value);
      write(area.top + 1 + line, end, fitting, mark, signed ? signStyle(value, mark) : markStyle(mark));
    }
    const margin = account.marginUtilization;
    const marginMark = margin === null ? "" : liveMark(context, "", margin);
    write(area.top + 8, end, format.percent(margin, 1), marginMark, markStyle(marginMark));
    write(area.top + 9, end, format.money(account.positions), "", Role.text);
  }
  const labels = ["", ...ROWS.map((row) => row.label), "Margin", "Positions"];
  for (const [line, label] of labels.entries()) {
    if (area.top + line < lines) frame.put(area.top + line, area.left + 1, label, line === 3 ? Role.quiet : Role.text);
  }
  const others = snapshot.accounts.length - shown.length;
  const notes = [
    others > 0 ? `${others} more ${others === 1 ? "account" : "accounts"}` : currencies(context),
    check(context),
  ];
  for (const [line, note] of notes.entries()) {
    const row = area.top + 10 + line;
    if (row < lines) frame.put(row, area.left + 1, cut(note, area.width - 2), Role.quiet);
  }
}

/** Whether the account holds something that is not of now: a stale mark, or what its broker said last. */
function staleIn(context: ViewContext, { source, account }: AccountView): boolean {
  if (!hasStale(digestOf(context.snapshot).book)) return false;
  return context.snapshot.positions.some(({ flags, leaves, markStale }) =>
    flags.includes("STALE") &&
    leaves.some((leaf) =>
      leaf.account === account && leaf.source === source && (markStale !== false || leaf.stale !== false)
    )
  );
}

/** `EUR.USD 1.1524, 0.4 s old`: the oldest rate that a total rests on, or the one that is missing. */
function currencies({ snapshot, look: { format } }: ViewContext): string {
  const foreign = snapshot.cash.filter((one) => one.currency !== snapshot.baseCurrency);
  const missing = foreign.find((one) => one.fxRate === null);
  const name = (currency: string): string => `${currency}.${snapshot.baseCurrency ?? "?"}`;
  if (missing !== undefined) return `${name(missing.currency)} --f no rate`;
  const oldest = [...foreign].sort((a, b) => (b.fxAgeMs ?? 0) - (a.fxAgeMs ?? 0))[0];
  if (oldest === undefined) return "";
  const old = oldest.fxAgeMs === null ? "" : `, ${age(oldest.fxAgeMs)} old`;
  return `${name(oldest.currency)} ${format.price(oldest.fxRate, "rate")}${old}`;
}

/** How well our P&L agrees with the broker's; the worse of the two figures. */
function check({ snapshot: { pnlCheck }, look: { format } }: ViewContext): string {
  const { dailyAccuracy, unrealizedAccuracy, leavesCompared } = pnlCheck;
  if (leavesCompared === 0 || (dailyAccuracy === null && unrealizedAccuracy === null)) return "P&L check -- of 0";
  const worse = Math.min(dailyAccuracy ?? 1, unrealizedAccuracy ?? 1);
  return `P&L check ${format.percent(worse, 2)} of ${leavesCompared}`;
}
