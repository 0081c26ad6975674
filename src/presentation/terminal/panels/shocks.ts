/** What moves of the spot would do: losses and gains as bars, readable without colour. */
import type { ScenarioView } from "../../../domain/risk/snapshot.ts";
import type { Format } from "../../format.ts";
import { type Area, liveMark, type ViewContext } from "../context.ts";
import type { Frame } from "../frame.ts";
import { magnitudeBar } from "../glyphs.ts";
import { signStyle } from "../table.ts";
import { Role } from "../style.ts";

/** Shocks of the spot alone, the largest fall first. */
export function spotShocks({ snapshot }: ViewContext): ScenarioView[] {
  return snapshot.scenarios.filter((one) => one.volShock === 0 && one.days === 0 && one.spotShock !== 0)
    .sort((a, b) => a.spotShock - b.spotShock);
}

export function drawShocks(frame: Frame, area: Area, context: ViewContext): void {
  const { format, glyphs } = context.look;
  const shocks = spotShocks(context);
  if (shocks.length === 0) frame.put(area.top, area.left + 1, "none yet", Role.quiet);
  const largest = shocks.reduce((most, one) => Math.max(most, Math.abs(one.pnl ?? 0)), 0);
  for (const [index, shock] of shocks.slice(0, area.height).entries()) {
    const row = area.top + index;
    const mark = shock.pnl === null ? "" : liveMark(context, shock.excluded > 0 ? "x" : "", shock.pnl);
    const style = signStyle(shock.pnl, mark);
    frame.putEnding(row, area.left + 8, format.signedPercent(shock.spotShock, decimals(shock.spotShock)));
    const full = format.signed(shock.pnl);
    frame.putEnding(row, area.left + 18, full.length <= 9 ? full : signedShort(shock.pnl, format), style);
    frame.put(row, area.left + 18, mark, style);
    const room = Math.max(0, Math.min(10, area.width - 21));
    frame.put(row, area.left + 20, magnitudeBar(shock.pnl ?? 0, largest, room, glyphs), style);
  }
}

/** A gain keeps its sign however short it is. */
function signedShort(pnl: number | null, format: Format): string {
  return (pnl ?? 0) > 0 ? `+${format.short(pnl)}` : format.short(pnl);
}

function decimals(shock: number): number {
  return Math.abs(shock * 100 - Math.round(shock * 100)) < 1e-9 ? 0 : 1;
}
