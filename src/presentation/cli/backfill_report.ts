/** What `apex backfill` says at its end. */
import { marketDay, marketZone } from "../../application/backfill/market_zone.ts";
import {
  type AccountReport,
  type BackfillReport,
  failuresIn,
  type SourceReport,
} from "../../application/backfill/report.ts";
import { isoDate } from "../../domain/calendar/date.ts";
import type { EpochMs } from "../../domain/time.ts";
import { age, count, MISSING } from "../format.ts";
import { fittedText } from "./fitted_text.ts";
import type { Column } from "./history/column.ts";
import { fittedTable } from "./history/fitted_table.ts";
import type { HistoryLook } from "./history/look.ts";

/** @param notes what is to be known of sources that were not asked */
export function backfillReport(report: BackfillReport, notes: readonly string[], look: HistoryLook): string {
  const { sources, dryRun, interrupted, elapsedMs } = report;
  const parts: string[] = [];
  if (sources.length > 0) parts.push(table(sources, look));
  const remarks = [...sources.flatMap((source) => source.remarks), ...notes];
  if (remarks.length > 0) parts.push(remarks.map((remark) => `- ${remark}`).join("\n"));
  const failures = sources.flatMap(({ title, failures }) => failures.map((failure) => ({ title, ...failure })));
  if (failures.length > 0) {
    const lines = failures.map(({ title, window, reason }) =>
      `- ${window === title ? title : `${title}, ${window}`}: ${reason}`
    );
    parts.push(["Failed:", ...lines].join("\n"));
  }
  parts.push(lastLine(report, dryRun, interrupted, elapsedMs));
  return fittedText(`${parts.join("\n\n")}\n`, look.width);
}

function lastLine(report: BackfillReport, dryRun: boolean, interrupted: boolean, elapsedMs: number): string {
  const read = `${rowsRead(report.sources)} read in ${age(elapsedMs)}`;
  if (dryRun) return `${read}; this was a dry run: nothing was written.`;
  if (interrupted) {
    return `Stopped: ${read} and stored. The window under way is read again by the next backfill, which changes no row twice.`;
  }
  return failuresIn(report) === 0
    ? `${read} and stored.`
    : `${read} and stored. What failed stays marked and is read again by the next apex backfill.`;
}

/** `1,234 executions, 250 orders, 300 deals and 248 fees`: of what the sources give. */
function rowsRead(sources: readonly SourceReport[]): string {
  const accounts = sources.flatMap((source) => source.accounts);
  const sum = (of: (account: AccountReport) => number) => accounts.reduce((total, account) => total + of(account), 0);
  const executions = sum((account) => account.executions);
  const futu = !sources.some(isFutu) ? [] : [
    counted(sum((account) => account.futu?.orders ?? 0), "order"),
    counted(sum((account) => account.futu?.deals ?? 0), "deal"),
    counted(sum((account) => account.futu?.fees ?? 0), "fee"),
  ];
  const parts = futu.length > 0 && executions === 0 ? futu : [counted(executions, "execution"), ...futu];
  const last = parts.at(-1) ?? "";
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

function counted(rows: number, one: string): string {
  return count(rows, one).replace(/^\d+/, rows.toLocaleString("en-US"));
}

function isFutu({ broker }: SourceReport): boolean {
  return broker === "FUTU";
}

interface Row {
  readonly source: string;
  readonly windows: string;
  readonly isFutu: boolean;
  readonly account: AccountReport | null;
}

function table(sources: readonly SourceReport[], look: HistoryLook): string {
  const of = (title: string, rank: number, text: (row: Row) => string, words = true): Column<Row> => {
    return { key: title, value: () => null, shown: { title, text, rank, words } };
  };
  /** A kind of rows that the source does not have is no 0. */
  const rowsOf = (title: string, rank: number, ofFutu: boolean, number: (account: AccountReport) => number) => {
    const text = ({ account, isFutu }: Row) =>
      isFutu !== ofFutu ? MISSING : look.format.quantity(account === null ? 0 : number(account));
    return of(title, rank, text, false);
  };
  const futuColumns = [
    of("Market", 1, ({ account }) => account?.market ?? MISSING),
    rowsOf("Orders", 0, true, ({ futu }) => futu?.orders ?? 0),
    rowsOf("Deals", 0, true, ({ futu }) => futu?.deals ?? 0),
    rowsOf("Fees", 1, true, ({ futu }) => futu?.fees ?? 0),
  ];
  const ibColumns = [
    rowsOf("Executions", 0, false, ({ executions }) => executions),
    rowsOf("Commissions", 2, false, ({ commissions }) => commissions),
  ];
  const columns = [
    of("Source", 0, (row) => row.source),
    of("Windows", 0, (row) => row.windows),
    of("Account", 0, ({ account }) => account === null ? MISSING : look.account(account.account)),
    ...(sources.some(isFutu) ? futuColumns : []),
    ...(sources.every(isFutu) ? [] : ibColumns),
    of("First", 3, ({ account }) => day(account?.first ?? null, account?.market)),
    of("Last", 4, ({ account }) => day(account?.last ?? null, account?.market)),
    of("Complete until", 1, ({ account }) => until(account?.watermark ?? null, account?.market)),
  ];
  return fittedTable(columns, sources.flatMap(rows), { width: look.width, all: null }).trimEnd();
}

function rows(source: SourceReport): Row[] {
  const windows = windowsText(source);
  const common = { isFutu: isFutu(source) };
  if (source.accounts.length === 0) return [{ ...common, source: source.title, windows, account: null }];
  return source.accounts.map((account, at) =>
    at === 0 ? { ...common, source: source.title, windows, account } : { ...common, source: "", windows: "", account }
  );
}

function windowsText({ planned, done, skipped, failures }: SourceReport): string {
  const parts: string[] = [];
  if (planned > 0) parts.push(`${done} of ${planned} read`);
  if (failures.length > 0) parts.push(`${failures.length} FAILED`);
  if (skipped > 0) parts.push(`${skipped} known`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** Days and times are the market's own; New York's where there is none. */
function day(at: EpochMs | null, market: string | undefined): string {
  return at === null ? MISSING : isoDate(marketDay(market, at));
}

/** The end of a whole day is that day; within a day the time is said. */
function until(at: EpochMs | null, market: string | undefined): string {
  if (at === null) return MISSING;
  const before = marketDay(market, at - 1);
  const today = marketDay(market, at);
  return before < today ? isoDate(before) : `${isoDate(today)} ${clock(at, market)}`;
}

function clock(at: EpochMs, market: string | undefined): string {
  const timeZone = marketZone(market);
  const time = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(at);
  return `${time} ${market === undefined || market === "US" ? "NY" : market}`;
}
