/** `s`, `S`, `<` and `>`: the column that a table is sorted by, kept for each view. */
import { dead, type Pressed, quiet, toasted } from "./answer.ts";
import { COLUMN_SETS, SET_NAMES } from "./column_sets.ts";
import type { ViewContext } from "./context.ts";
import { nextSort, type Sorting } from "./row_order.ts";
import type { TableState, ViewState } from "./view_state.ts";

/** The answer to a key that chooses order or columns; null: it is not such a key. */
export function tableKey(context: ViewContext, sorting: Sorting | null, text: string): Pressed | null {
  switch (text) {
    case "s":
    case ">":
      return sorted(context, sorting, 1);
    case "<":
      return sorted(context, sorting, -1);
    case "S":
      return reversed(context, sorting);
    case "w":
      return nextColumns(context);
    default:
      return null;
  }
}

const NOTHING_TO_SORT = "there is no table to sort here";

function sorted(context: ViewContext, sorting: Sorting | null, step: number): Pressed {
  if (sorting === null) return dead(context, NOTHING_TO_SORT);
  const table = tableOf(context);
  return quiet(withTable(context.view, { ...table, sort: nextSort(sorting, table.sort, step) }));
}

/** The view's own order turns round as its column's. */
function reversed(context: ViewContext, sorting: Sorting | null): Pressed {
  if (sorting === null) return dead(context, NOTHING_TO_SORT);
  const table = tableOf(context);
  const sort = table.sort ?? { column: sorting.own.column, reversed: false };
  return quiet(withTable(context.view, { ...table, sort: { ...sort, reversed: !sort.reversed } }));
}

function nextColumns(context: ViewContext): Pressed {
  const { view } = context;
  if (view.active !== "summary" && view.active !== "positions") {
    return dead(context, "w works in 1 Summary and 2 Positions");
  }
  const table = tableOf(context);
  const columns = COLUMN_SETS[(COLUMN_SETS.indexOf(table.columns) + 1) % COLUMN_SETS.length] ?? "standard";
  const next = withTable(view, { ...table, columns });
  return quiet(toasted({ ...context, view: next }, `Columns: ${SET_NAMES[columns]}`));
}

function tableOf({ view }: ViewContext): TableState {
  return view.tables[view.active];
}

function withTable(view: ViewState, table: TableState): ViewState {
  return { ...view, tables: { ...view.tables, [view.active]: table } };
}
