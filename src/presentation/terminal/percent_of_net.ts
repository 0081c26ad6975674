/** Amounts as percent of net liquidation, while that is chosen. */
import { MISSING } from "../format.ts";
import type { ViewContext } from "./context.ts";

/**
 * `1.08%`, of a gain or a loss `+1.08%`; `--` when net liquidation is unknown or not above 0. Undefined while amounts are shown as
 * they are.
 */
export function inPercent({ view, snapshot, look }: ViewContext, value: number, signed: boolean): string | undefined {
  if (!view.percent) return undefined;
  const { netLiquidation } = snapshot.portfolio;
  if (netLiquidation === null || netLiquidation <= 0) return MISSING;
  const part = value / netLiquidation;
  return (signed ? look.format.signedPercent(part, 2) : look.format.percent(part, 2)).replace(" %", "%");
}
