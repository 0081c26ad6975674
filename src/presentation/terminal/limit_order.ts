/** The limits that are shown, in their order. */
import type { BreachView, LimitView } from "../../domain/risk/snapshot.ts";
import type { ViewContext } from "./context.ts";
import { parseFilter } from "./filter.ts";
import { longLimitName, worstFirst } from "./limit_text.ts";
import { inChosenOrder, type SortValue } from "./row_order.ts";

/** Those that filter and problems leave: the worst first, or by the chosen column. */
export function shownLimits(context: ViewContext): readonly LimitView[] {
  const { snapshot, view, look } = context;
  const filter = parseFilter(view.filter);
  const rows = worstFirst(snapshot.limits).filter((limit) =>
    (!view.onlyProblems || limit.state !== "ok") && (!filter.active || filter.text(longLimitName(limit, look)))
  );
  return inChosenOrder(rows, view.tables.limits.sort, (column) => limitValueOf(column, context));
}

/** What a column is sorted by; amounts by their size, whatever unit they are in. */
function limitValueOf(column: string, { look, newest }: ViewContext): ((limit: LimitView) => SortValue) | undefined {
  const breachOf = (limit: LimitView): BreachView | undefined => newest.breaches.find((one) => one.id === limit.id);
  switch (column) {
    case "state":
      return (limit) => GRAVITY[limit.state];
    case "limit":
      return (limit) => longLimitName(limit, look);
    case "value":
      return (limit) => limit.value;
    case "allowed":
      return (limit) => limit.limit ?? limit.high;
    case "used":
      return (limit) => limit.utilization;
    case "room":
      return roomOf;
    case "since":
      return (limit) => breachOf(limit)?.since ?? null;
    case "note":
      return (limit) => breachOf(limit)?.state ?? null;
  }
}

const GRAVITY = { hard: 3, unknown: 2, soft: 1, ok: 0 } as const;

/** What is left to the hard limit, in its own unit; minus when over, null when the value is missing. */
export function roomOf({ value, limit, low, high }: LimitView): number | null {
  if (value === null) return null;
  if (limit !== null) return limit - Math.abs(value);
  return low !== null && high !== null ? Math.min(high - value, value - low) : null;
}
