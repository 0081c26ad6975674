/** Keys of the panel about the selected row, and of the zoom. */
import { dead, type Pressed, quiet } from "./answer.ts";
import type { ViewContext } from "./context.ts";
import type { Sorting } from "./row_order.ts";
import { detailOf } from "./detail_text.ts";
import { selectedRow } from "./selected_row.ts";
import type { ViewId, ViewState } from "./view_state.ts";

/** Views of several panels, one of which can have the whole screen. */
export const ZOOMED: readonly ViewId[] = ["summary", "risk", "limits", "quality"];

/** The answer to a key of the panel; null: it is not one. `key` is the selected row's. */
export function rowPanelKey(
  context: ViewContext,
  selected: string | null,
  sorting: Sorting | null,
  text: string,
): Pressed | null {
  const { view } = context;
  switch (text) {
    case "i":
      if (sorting === null || selected === null) {
        return dead(context, "no row is selected whose number could be explained");
      }
      return quiet({ ...view, panel: view.panel?.kind === "explain" ? null : { kind: "explain", top: 0 } });
    case "z":
      if (!ZOOMED.includes(view.active)) return dead(context, "this view is one panel already; z works in 1 3 4 6");
      return quiet({ ...view, zoomed: !view.zoomed });
    case "J":
      return view.panel === null ? null : quiet(scrolled(view, 1));
    case "K":
      return view.panel === null ? null : quiet(scrolled(view, -1));
    default:
      return null;
  }
}

/** Enter opens everything that there is of a row, or closes it again. */
export function detailKey(context: ViewContext, key: string): Pressed {
  const { view } = context;
  if (view.panel?.kind === "detail") return quiet({ ...view, panel: null });
  const row = selectedRow(context, key);
  if (row === undefined || detailOf(context, row) === null) return dead(context, "this row has nothing more to tell");
  return quiet({ ...view, panel: { kind: "detail", top: 0 } });
}

function scrolled(view: ViewState, by: number): ViewState {
  if (view.panel === null) return view;
  return { ...view, panel: { ...view.panel, top: Math.max(0, Math.min(200, view.panel.top + by)) } };
}
