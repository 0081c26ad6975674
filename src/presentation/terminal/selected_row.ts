/** What the selected row of the active view is of. */
import type { LimitView, PositionView, ReconciliationView, StrategyView } from "../../domain/risk/snapshot.ts";
import type { ViewContext } from "./context.ts";
import { type NameRow, nameRows } from "./name_rows.ts";
import { positionRows, rowKey } from "./position_rows.ts";
import { qualityRows } from "./quality_rows.ts";
import { type SignalRow, signalRows } from "./signal_rows.ts";
import { worstFirst } from "./limit_text.ts";

export type SelectedRow =
  | { readonly kind: "position"; readonly position: PositionView }
  | { readonly kind: "name"; readonly name: NameRow }
  | { readonly kind: "strategy"; readonly strategy: StrategyView; readonly legs: readonly PositionView[] }
  | { readonly kind: "limit"; readonly limit: LimitView }
  | { readonly kind: "signal"; readonly row: SignalRow }
  | { readonly kind: "reconciliation"; readonly row: ReconciliationView };

/** The row with this key in the active view; undefined where there is none, or it is of another kind. */
export function selectedRow(context: ViewContext, key: string): SelectedRow | undefined {
  const { view, snapshot } = context;
  switch (view.active) {
    case "summary":
    case "risk":
      return nameOf(context, key);
    case "positions": {
      const row = positionRows(context).find((one) => rowKey(one) === key);
      if (row?.kind === "position") return { kind: "position", position: row.position };
      if (row?.kind === "strategy") return { kind: "strategy", strategy: row.strategy, legs: row.legs };
      return row === undefined ? undefined : nameOf(context, row.underlying);
    }
    case "limits": {
      const limit = worstFirst(snapshot.limits).find(({ id }) => `limit:${id}` === key);
      return limit === undefined ? undefined : { kind: "limit", limit };
    }
    case "signals": {
      const row = signalRows(context).find((one) => one.key === key);
      return row === undefined ? undefined : { kind: "signal", row };
    }
    case "quality": {
      const { flagged, reconciliation } = qualityRows(context);
      const position = flagged.find((one) => one.key === key)?.position;
      if (position !== undefined) return { kind: "position", position };
      const row = reconciliation.find((one) => one.key === key)?.row;
      return row === undefined ? undefined : { kind: "reconciliation", row };
    }
    case "health":
      return undefined;
  }
}

function nameOf(context: ViewContext, underlying: string): SelectedRow | undefined {
  const name = nameRows(context).find(({ key }) => key === underlying);
  return name === undefined ? undefined : { kind: "name", name };
}
