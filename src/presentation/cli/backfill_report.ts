/** What `apex backfill` says at its end. */
import { brokerDay } from "../../application/backfill/coverage.ts";
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
  const rows = report.sources.flatMap(({ accounts }) => accounts).reduce((sum, { executions }) => sum + executions, 0);
  const read = `${count(rows, "execution", "executions").replace(/^\d+/, rows.toLocaleString("en-US"))} read in ${
    age(elapsedMs)
  }`;
  if (dryRun) return `${read}; this was a dry run: nothing was written.`;
  if (interrupted) {
    return `Stopped: ${read} and stored. The window under way is read again by the next backfill, which changes no row twice.`;
  }
  return failuresIn(report) === 0
    ? `${read} and stored.`
    : `${read} and stored. What failed stays marked and is read again by the next apex backfill.`;
}

interface Row {
  readonly source: string;
  readonly windows: string;
  readonly account: AccountReport | null;
}

function table(sources: readonly SourceReport[], look: HistoryLook): string {
  const of = (title: string, rank: number, text: (row: Row) => string, words = true): Column<Row> => {
    return { key: title, value: () => null, shown: { title, text, rank, words } };
  };
  const columns = [
    of("Source", 0, (row) => row.source),
    of("Windows", 0, (row) => row.windows),
    of("Account", 0, ({ account }) => account === null ? MISSING : look.account(account.account)),
    of("Executions", 0, ({ account }) => look.format.quantity(account?.executions ?? 0), false),
    of("Commissions", 2, ({ account }) => look.format.quantity(account?.commissions ?? 0), false),
    of("First", 3, ({ account }) => day(account?.first ?? null)),
    of("Last", 4, ({ account }) => day(account?.last ?? null)),
    of("Complete until", 1, ({ account }) => until(account?.watermark ?? null)),
  ];
  return fittedTable(columns, sources.flatMap(rows), { width: look.width, all: null }).trimEnd();
}

function rows(source: SourceReport): Row[] {
  const windows = windowsText(source);
  if (source.accounts.length === 0) return [{ source: source.title, windows, account: null }];
  return source.accounts.map((account, at) =>
    at === 0 ? { source: source.title, windows, account } : { source: "", windows: "", account }
  );
}

function windowsText({ planned, done, skipped, failures }: SourceReport): string {
  const parts: string[] = [];
  if (planned > 0) parts.push(`${done} of ${planned} read`);
  if (failures.length > 0) parts.push(`${failures.length} FAILED`);
  if (skipped > 0) parts.push(`${skipped} known`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function day(at: EpochMs | null): string {
  return at === null ? MISSING : isoDate(brokerDay(at));
}

/** The end of a whole day is that day; within a day the broker's own time is said. */
function until(at: EpochMs | null): string {
  if (at === null) return MISSING;
  const before = brokerDay(at - 1);
  return before < brokerDay(at) ? isoDate(before) : `${isoDate(brokerDay(at))} ${clock(at)}`;
}

function clock(at: EpochMs): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: "America/New_York", hour: "2-digit", minute: "2-digit" })
    .format(at) + " NY";
}
