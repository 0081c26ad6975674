/** The rows of the signals view: open breaches first, then signals, those that still hold before those that cleared. */
import type { BreachView, SignalView } from "../../domain/risk/snapshot.ts";
import { LastAnswer } from "../../application/last_answer.ts";
import type { ViewContext } from "./context.ts";
import { parseFilter } from "./filter.ts";
import { longLimitName } from "./limit_text.ts";

export type SignalRow =
  | { readonly kind: "breach"; readonly key: string; readonly breach: BreachView }
  | { readonly kind: "signal"; readonly key: string; readonly signal: SignalView };

export function signalRows(context: ViewContext): readonly SignalRow[] {
  const { snapshot, view } = context;
  return last.to([snapshot, view.filter, view.onlyProblems], () => builtRows(context));
}

const last = new LastAnswer<readonly SignalRow[]>();

/** Whether the row still holds and nobody has acknowledged it. */
export function isWaiting(row: SignalRow): boolean {
  return row.kind === "breach" ? row.breach.state !== "acknowledged" : row.signal.state === "new";
}

/** Whether its state says NEW: nobody has acknowledged it, and it has not waited so long that it escalated. */
export function isNew(row: SignalRow): boolean {
  return row.kind === "breach" ? row.breach.state === "open" : row.signal.state === "new";
}

export function isCleared(row: SignalRow): boolean {
  return row.kind === "signal" && row.signal.state === "cleared";
}

/** `TSLA exposure`, `NVDA early_profit Short strangle`. */
export function signalName({ scope, rule, subject }: Pick<SignalView, "scope" | "rule" | "subject">): string {
  return [scope, rule, subject].filter((part) => part !== null && part !== "").join(" ");
}

function builtRows({ snapshot, view, look }: ViewContext): SignalRow[] {
  const filter = parseFilter(view.filter);
  const breaches = [...snapshot.breaches].sort((a, b) =>
    BREACH_RANK[a.severity] - BREACH_RANK[b.severity] || newest(a.since, b.since)
  ).map((breach): SignalRow => ({ kind: "breach", key: `breach:${breach.id}`, breach }));
  const signals = [...snapshot.signals].sort((a, b) =>
    Number(a.state === "cleared") - Number(b.state === "cleared") ||
    SIGNAL_RANK[a.severity] - SIGNAL_RANK[b.severity] || newest(a.since, b.since)
  ).map((signal): SignalRow => ({ kind: "signal", key: `signal:${signal.id}`, signal }));
  return [...breaches, ...signals].filter((row) => {
    if (view.onlyProblems && !isWaiting(row)) return false;
    if (!filter.active) return true;
    const text = row.kind === "breach"
      ? `${longLimitName(row.breach, look)} ${row.breach.rule} ${row.breach.severity} ${row.breach.message}`
      : `${signalName(row.signal)} ${row.signal.layer} ${row.signal.severity} ${row.signal.message}`;
    return filter.text(text);
  });
}

const BREACH_RANK = { hard: 0, unknown: 1, soft: 2 } as const;
const SIGNAL_RANK = { critical: 0, warning: 1, info: 2 } as const;

/** ISO times, the later first. */
function newest(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
