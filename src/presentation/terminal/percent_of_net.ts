/** Amounts as percent of net liquidation, while that is chosen. */
import { MISSING } from "../format.ts";
import type { ViewContext } from "./context.ts";

/** `+1.08%`; `--` when net liquidation is unknown or not above 0. Undefined while amounts are shown as they are. */
export function inPercent({ view, snapshot, look }: ViewContext, value: number): string | undefined {
  if (!view.percent) return undefined;
  const { netLiquidation } = snapshot.portfolio;
  if (netLiquidation === null || netLiquidation <= 0) return MISSING;
  return look.format.signedPercent(value / netLiquidation, 2).replace(" %", "%");
}
