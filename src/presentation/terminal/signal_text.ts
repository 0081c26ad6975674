/** What a row of the signals view says in each of its columns. */
import type { BreachView, LimitView, SignalView } from "../../domain/risk/snapshot.ts";
import { accountName, type ViewContext } from "./context.ts";
import { STATE_WORDS } from "./limit_text.ts";
import type { SignalRow } from "./signal_rows.ts";
import { Role, type Style } from "./style.ts";

export function stateWord(row: SignalRow): string {
  if (row.kind === "breach") return { open: "NEW", acknowledged: "ACK", escalated: "ESC" }[row.breach.state];
  return { new: "NEW", active: "ACK", cleared: "CLR" }[row.signal.state];
}

export function severityWord(row: SignalRow): string {
  if (row.kind === "breach") return STATE_WORDS[row.breach.severity];
  return { info: "INFO", warning: "WARN", critical: "CRIT" }[row.signal.severity];
}

export function severityStyle(row: SignalRow): Style {
  if (row.kind === "breach") return row.breach.severity === "hard" ? Role.hard : Role.soft;
  return { info: Role.text, warning: Role.soft, critical: Role.hard }[row.signal.severity];
}

export function symbolOf(row: SignalRow, { look }: ViewContext): string {
  if (row.kind === "signal") return row.signal.scope ?? "book";
  const { rule, scope } = row.breach;
  if (scope === null) return "book";
  return rule === "max_margin_utilization" ? accountName(scope, look) : scope;
}

export function ruleOf(row: SignalRow): string {
  if (row.kind === "breach") return row.breach.rule;
  const { rule, subject } = row.signal;
  // The right goes to its strike, so that a contract fits behind the longest rule.
  return subject === null ? rule : `${rule} ${subject.replace(/ ([CP])$/, "$1")}`;
}

function limitOf({ id }: BreachView, { snapshot }: ViewContext): LimitView | undefined {
  return snapshot.limits.find((one) => one.id === id);
}

export function valueOf(row: SignalRow, which: "value" | "bound", context: ViewContext): string {
  const { format } = context.look;
  if (row.kind === "signal") {
    return signalAmount(row.signal, which === "value" ? row.signal.value : row.signal.threshold, context);
  }
  const { breach } = row;
  const limit = limitOf(breach, context);
  const amount = (value: number | null): string =>
    limit?.unit === "fraction" ? format.percent(value, 1) : format.money(value);
  if (which === "value") return amount(breach.value);
  if (breach.limit !== null || limit === undefined) return amount(breach.limit);
  // A range: the end that the value is moving towards.
  return amount((breach.value ?? 0) < 0 ? limit.low : limit.high);
}

function signalAmount({ unit }: SignalView, value: number | null, { look: { format } }: ViewContext): string {
  if (value === null) return "--";
  switch (unit) {
    case "fraction":
      return format.percent(value, Math.abs(value) < 0.1 ? 1 : 0);
    case "multiple":
      return `${format.decimals(value, 2)} R`;
    case "days":
      return `${format.decimals(value, 0)} d`;
    case "delta":
    case "points":
      return format.decimals(value, 2);
  }
}

export function percentOf(row: SignalRow, { look: { format } }: ViewContext): string {
  const utilization = row.kind === "breach" ? row.breach.utilization : row.signal.utilization;
  return format.percent(utilization, 0).replace(" %", "");
}

/** The smallest step out, in words; nothing carries it out. */
export function actionOf(row: SignalRow, context: ViewContext): string {
  if (row.kind === "signal") return row.signal.action;
  const { breach } = row;
  if (breach.severity === "unknown") return "find the input";
  const limit = limitOf(breach, context);
  const { value, limit: bound } = breach;
  const over = value === null || bound === null ? null : Math.abs(value) - bound;
  if (over === null) return breach.severity === "hard" ? "back into range" : "add no risk";
  if (over <= 0) return "add no risk";
  const { format } = context.look;
  return limit?.unit === "fraction" ? `cut ${format.decimals(over * 100, 1)} pt` : `cut ${format.short(over)}`;
}
