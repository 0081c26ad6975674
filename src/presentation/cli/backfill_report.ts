/** What `apex backfill` says at its end. */
import Table from "cli-table3";
import { brokerDay } from "../../application/backfill/coverage.ts";
import { type BackfillReport, failuresIn, type SourceReport } from "../../application/backfill/report.ts";
import { isoDate } from "../../domain/calendar/date.ts";
import type { EpochMs } from "../../domain/time.ts";
import { age, count, MISSING } from "../format.ts";

const HEAD = ["Source", "Windows", "Account", "Executions", "Commissions", "First", "Last", "Complete until"];

/** @param notes what is to be known of sources that were not asked */
export function backfillReport(report: BackfillReport, notes: readonly string[]): string {
  const { sources, dryRun, interrupted, elapsedMs } = report;
  const parts: string[] = [];
  if (sources.length > 0) parts.push(table(sources));
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
  return `${parts.join("\n\n")}\n`;
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

function table(sources: readonly SourceReport[]): string {
  const colAligns = HEAD.map((_, at): "left" | "right" => at === 3 || at === 4 ? "right" : "left");
  const drawn = new Table({ head: [...HEAD], colAligns, style: { head: [], border: [] } });
  for (const source of sources) drawn.push(...rows(source));
  return drawn.toString();
}

function rows(source: SourceReport): string[][] {
  const windows = windowsText(source);
  if (source.accounts.length === 0) return [[source.title, windows, MISSING, "0", "0", MISSING, MISSING, MISSING]];
  return source.accounts.map(({ account, executions, commissions, first, last, watermark }, at) => [
    at === 0 ? source.title : "",
    at === 0 ? windows : "",
    account,
    executions.toLocaleString("en-US"),
    commissions.toLocaleString("en-US"),
    day(first),
    day(last),
    until(watermark),
  ]);
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
