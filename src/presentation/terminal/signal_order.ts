/** The order of the signals view's rows. */
import type { BreachView, SignalView } from "../../domain/risk/snapshot.ts";
import type { ViewContext } from "./context.ts";
import { inChosenOrder, type SortValue } from "./row_order.ts";
import { type SignalRow, signalRows } from "./signal_rows.ts";
import { actionOf, ruleOf, stateWord, symbolOf } from "./signal_text.ts";

/** The rows in the chosen order. */
export function shownSignals(context: ViewContext): readonly SignalRow[] {
  return inChosenOrder(signalRows(context), context.view.tables.signals.sort, (column) => signalValue(column, context));
}

function signalValue(column: string, context: ViewContext): ((row: SignalRow) => SortValue) | undefined {
  const of =
    (breach: (one: BreachView) => SortValue, signal: (one: SignalView) => SortValue) => (row: SignalRow): SortValue =>
      row.kind === "breach" ? breach(row.breach) : signal(row.signal);
  switch (column) {
    case "state":
      return stateWord;
    case "severity":
      return of((one) => SEVERITY[one.severity], (one) => SEVERITY[one.severity]);
    case "symbol":
      return (row) => symbolOf(row, context);
    case "layer":
      return of(() => "portfolio", (one) => one.layer);
    case "rule":
      return ruleOf;
    case "current":
      return of((one) => one.value, (one) => one.value);
    case "limit":
      return of((one) => one.limit, (one) => one.threshold);
    case "used":
      return of((one) => one.utilization, (one) => one.utilization);
    case "action":
      return (row) => actionOf(row, context);
    case "first":
      return of((one) => one.since, (one) => one.firstAt);
    case "last":
      return of(() => context.snapshot.asOf, (one) => one.lastAt);
  }
}

const SEVERITY = { hard: 6, critical: 5, unknown: 4, soft: 3, warning: 2, info: 1 } as const;
