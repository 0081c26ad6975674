/** `apex history breaches`: what is open, and how it came to this. */
import type { BreachStepRow, BreachSteps } from "../../../application/history_report/breach_steps.ts";
import type { BreachRecord } from "../../../application/ports/store_records.ts";
import type { LimitView } from "../../../domain/risk/snapshot.ts";
import { age, count } from "../../format.ts";
import { type Column, instantCell } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import type { HistoryLook } from "./look.ts";

export function breachColumns(look: HistoryLook): Column<BreachStepRow>[] {
  const words = (title: string, rank: number, text: (row: BreachStepRow) => string) => ({
    title,
    text,
    words: true,
    rank,
  });
  return [
    {
      key: "at",
      value: ({ transition }) => instantCell(transition.at),
      shown: words("Time", 0, ({ transition }) => look.time(transition.at)),
    },
    { key: "account", value: (row) => row.account },
    { key: "id", value: ({ transition }) => transition.id },
    { key: "rule", value: ({ transition }) => transition.rule },
    { key: "scope", value: ({ transition }) => transition.scope },
    {
      key: "severity",
      value: ({ transition }) => transition.severity,
      shown: words("Severity", 1, ({ transition }) => transition.severity),
    },
    {
      key: "kind",
      value: ({ transition }) => transition.kind,
      shown: words("Step", 0, ({ transition, isOpen }) => transition.kind + (isOpen ? " *" : "")),
    },
    { key: "from", value: ({ transition }) => transition.from },
    { key: "to", value: ({ transition }) => transition.to },
    {
      key: "value",
      value: ({ transition }) => transition.value,
      shown: {
        title: "Value",
        text: ({ transition, breach }) => amount(transition.value, breach.limit, look),
        rank: 6,
      },
    },
    {
      key: "limit",
      value: ({ transition }) => transition.limit,
      shown: { title: "Limit", text: ({ breach }) => boundText(breach.limit, look), rank: 6 },
    },
    {
      key: "utilization",
      value: ({ transition }) => transition.utilization,
      shown: { title: "Used", text: ({ transition }) => look.format.used(transition.utilization), rank: 2 },
    },
    {
      key: "message",
      value: ({ transition }) => transition.message,
      shown: { title: "Message", text: ({ transition }) => look.text(transition.message), wraps: true, rank: 0 },
    },
    ...seenBy<BreachStepRow>(look),
    { key: "open", value: (row) => row.isOpen },
  ];
}

/** Who has seen it, when, and what they noted. */
function seenBy<Row extends BreachRecord>(look: HistoryLook): Column<Row>[] {
  const seen = ({ breach }: Row) => breach.acknowledgement;
  return [
    { key: "acknowledgedAt", value: (row) => instantCell(seen(row)?.at ?? null) },
    {
      key: "acknowledgedBy",
      value: (row) => seen(row)?.by ?? null,
      shown: { title: "Seen by", text: (row) => seen(row)?.by ?? "", words: true, rank: 5 },
    },
    {
      key: "note",
      value: (row) => seen(row)?.note ?? null,
      shown: { title: "Note", text: (row) => look.text(seen(row)?.note ?? ""), wraps: true, rank: 4 },
    },
  ];
}

/** What is open now, then every step in the range. */
export function breachText({ open, steps }: BreachSteps, look: HistoryLook, now: number): string {
  return [
    openText(open, look, now),
    steps.length === 0 ? "No step in the range.\n" : stepsText(steps, look),
  ].join("\n");
}

function openText(open: readonly BreachRecord[], look: HistoryLook, now: number): string {
  if (open.length === 0) return "No breach is open.\n";
  const words = (title: string, rank: number, text: (row: BreachRecord) => string) => ({
    title,
    text,
    words: true,
    rank,
  });
  const columns: Column<BreachRecord>[] = [
    shownOnly("severity", words("Severity", 0, ({ breach }) => breach.severity)),
    shownOnly("state", words("State", 0, ({ breach }) => breach.state)),
    shownOnly("since", words("Open since", 0, ({ breach }) => look.time(breach.openedAt))),
    shownOnly("age", { title: "For", text: ({ breach }) => age(now - breach.openedAt), rank: 1 }),
    shownOnly("message", {
      title: "Message",
      text: ({ transition }) => look.text(transition.message),
      wraps: true,
      rank: 0,
    }),
    ...seenBy<BreachRecord>(look),
  ];
  return `${count(open.length, "breach", "breaches")} open at last report. Times in ${look.zone}.\n` +
    fittedTable(columns, open, { width: look.width });
}

function shownOnly<Row>(key: string, shown: NonNullable<Column<Row>["shown"]>): Column<Row> {
  return { key, value: () => null, shown };
}

function stepsText(steps: readonly BreachStepRow[], look: HistoryLook): string {
  const mark = steps.some((step) => step.isOpen) ? " * still open." : "";
  return `${count(steps.length, "step")} in the range.${mark} Times in ${look.zone}.\n` +
    fittedTable(breachColumns(look), steps, { width: look.width });
}

function amount(value: number | null, { unit }: LimitView, { format }: HistoryLook): string {
  return unit === "fraction" ? format.percent(value, 1) : format.short(value);
}

function boundText(limit: LimitView, look: HistoryLook): string {
  if (limit.limit !== null) return amount(limit.limit, limit, look);
  return `${amount(limit.low, limit, look)} to ${amount(limit.high, limit, look)}`;
}
