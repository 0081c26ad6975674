/** What `apex status` prints. */
import type { MonitorStatus } from "../../../application/control/monitor_status.ts";
import type { HealthView } from "../../../domain/risk/snapshot.ts";
import { age, count, MISSING, span } from "../../format.ts";
import { wrapped } from "../../terminal/frame.ts";
import type { Column } from "../history/column.ts";
import { fittedTable } from "../history/fitted_table.ts";
import type { HistoryLook } from "../history/look.ts";

/** Accounts are shown as the settings allow. */
export function statusJson(status: MonitorStatus, look: HistoryLook, oneLine: boolean): string {
  const shown: MonitorStatus = {
    ...status,
    accounts: status.accounts.map(look.account),
    statusReasons: status.statusReasons.map(look.text),
    health: status.health.map((row) => ({ ...row, detail: look.text(row.detail) })),
    limits: status.limits.map((limit) => ({ ...limit, id: look.text(limit.id) })),
  };
  return JSON.stringify(shown, null, oneLine ? undefined : 2) + "\n";
}

export function statusText(status: MonitorStatus, look: HistoryLook): string {
  // Asked first, so that the texts below know which accounts to mask.
  const accounts = status.accounts.map(look.account);
  return [
    ...fact("Monitor", monitorWords(status, look), look),
    ...fact("Status", statusWords(status), look),
    ...status.statusReasons.flatMap((reason) => fact("", look.text(reason), look)),
    ...fact("Snapshot", snapshotWords(status, look), look),
    ...fact("Book", bookWords(status, accounts), look),
    ...fact("Breaches", breachWords(status), look),
    "",
    fittedTable(healthColumns(status, look), status.health, { width: look.width }),
  ].join("\n");
}

const LABEL_WIDTH = 10;

function fact(label: string, words: string, look: HistoryLook): string[] {
  return wrapped(words, look.width - LABEL_WIDTH)
    .map((line, at) => `${(at === 0 ? label : "").padEnd(LABEL_WIDTH)}${line}`.trimEnd());
}

function monitorWords({ env, simulated, pid, version, uptimeMs, memoryBytes }: MonitorStatus, { format }: HistoryLook) {
  const memory = memoryBytes === null ? "" : `, ${format.money(memoryBytes / 1_000_000)} MB`;
  return `${env}${simulated ? " SIMULATED" : ""}, process ${pid}, apex ${version}, up ${age(uptimeMs)}${memory}`;
}

function statusWords({ status, restoredFrom }: MonitorStatus): string {
  return status.toUpperCase() +
    (restoredFrom === null ? "" : ": in part what an earlier run stored, not confirmed yet");
}

function snapshotWords(status: MonitorStatus, { format }: HistoryLook): string {
  const asOf = Date.parse(status.asOf);
  const time = `${format.isoDateTime(asOf)} ${format.zoneAbbreviation(asOf)}`;
  const turn = status.turnMs === null ? MISSING : `${format.decimals(status.turnMs, 1)} ms`;
  const shifted = status.clockShifted ? " (the clock is shifted)" : "";
  const ticks = status.ticksPerSecond === null ? "" : `, ${format.money(status.ticksPerSecond)} ticks/s`;
  return `${time}${shifted}, ${age(status.snapshotAgeMs)} old, turn ${turn}${ticks}`;
}

function bookWords({ positions, baseCurrency, quality }: MonitorStatus, accounts: readonly string[]): string {
  const inAccounts = accounts.length === 0
    ? "no account"
    : `${count(accounts.length, "account")} (${accounts.join(", ")})`;
  const base = baseCurrency === null ? "base currency not known" : `base ${baseCurrency}`;
  return `${count(positions, "position")} in ${inAccounts}, ${base}, ${quality.live} of ${quality.quotes} quotes live`;
}

function breachWords({ openBreaches: { hard, unknown, soft, acknowledged } }: MonitorStatus): string {
  const open = hard + unknown + soft;
  if (open === 0) return "none open";
  return `${open} open: ${hard} hard, ${unknown} unknown, ${soft} soft; ${acknowledged} acknowledged`;
}

function healthColumns(status: MonitorStatus, look: HistoryLook): Column<HealthView>[] {
  const asOf = Date.parse(status.asOf);
  const column = (
    key: keyof HealthView,
    title: string,
    rank: number,
    text: (row: HealthView) => string,
    wraps = false,
  ): Column<HealthView> => ({
    key,
    value: (row) => row[key],
    shown: { title, text, words: true, rank, wraps },
  });
  return [
    column("component", "Component", 0, (row) => row.component),
    column("status", "Status", 0, (row) => row.status),
    column("since", "For", 1, (row) => span(asOf - Date.parse(row.since))),
    column("detail", "Detail", 0, (row) => look.text(row.detail), true),
  ];
}
