/** Row 2: the views, each with what waits in it. */
import type { RiskSnapshot } from "../../../domain/risk/snapshot.ts";
import type { ViewContext } from "../context.ts";
import { TO_LOOK_AT } from "../flag_words.ts";
import { type Frame, widthOf } from "../frame.ts";
import { BOLD, Role } from "../style.ts";
import { VIEW_IDS, type ViewId } from "../view_state.ts";

interface Tab {
  readonly long: string;
  readonly short: string;
  /** Columns where the label begins, long and short; fixed, so that tabs keep their place. */
  readonly at: readonly [number, number];
}

export const TABS: Readonly<Record<ViewId, Tab>> = {
  summary: { long: "Summary", short: "Sum", at: [2, 2] },
  positions: { long: "Positions", short: "Pos", at: [15, 10] },
  risk: { long: "Risk", short: "Risk", at: [30, 18] },
  limits: { long: "Limits", short: "Lim", at: [40, 26] },
  signals: { long: "Signals", short: "Sig", at: [55, 36] },
  quality: { long: "Quality", short: "Qual", at: [70, 45] },
  health: { long: "Health", short: "Health", at: [85, 55] },
};

export function drawTabs(frame: Frame, row: number, context: ViewContext): void {
  const wide = frame.width >= 104;
  let free = 0;
  for (const [index, id] of VIEW_IDS.entries()) {
    const tab = TABS[id];
    const badge = badgeOf(id, context.newest);
    const label = `${index + 1} ${wide ? tab.long : tab.short}${badge === "" ? "" : ` ${badge}`}`;
    const active = id === context.view.active;
    const start = Math.max(tab.at[wide ? 0 : 1], free);
    frame.put(row, start, label, active ? BOLD : badge.startsWith("!") ? Role.hard : Role.text);
    const end = start + widthOf(label);
    if (active) {
      frame.put(row, start - 1, "[", BOLD);
      frame.put(row, end, "]", BOLD);
    }
    free = end + 2;
  }
}

function badgeOf(id: ViewId, snapshot: RiskSnapshot): string {
  if (id === "limits") return limitsBadge(snapshot);
  if (id === "signals") return numberBadge(newRows(snapshot));
  if (id === "quality") return numberBadge(flagged(snapshot));
  if (id === "health") {
    const down = snapshot.health.filter((part) => part.status === "down").length;
    return down === 0 ? "" : `!${down}`;
  }
  return "";
}

/** As many as the view's rows that say NEW. */
function newRows({ breaches, signals }: RiskSnapshot): number {
  return breaches.filter(({ state }) => state === "open").length +
    signals.filter(({ state }) => state === "new").length;
}

function limitsBadge(snapshot: RiskSnapshot): string {
  const waiting = snapshot.breaches.filter((breach) => breach.state !== "acknowledged");
  const hard = waiting.filter((breach) => breach.severity === "hard").length;
  return hard > 0 ? `!${hard}` : numberBadge(waiting.length);
}

function flagged(snapshot: RiskSnapshot): number {
  return TO_LOOK_AT.reduce((sum, flag) => sum + (snapshot.quality.flags[flag] ?? 0), 0);
}

function numberBadge(number: number): string {
  return number > 0 ? String(number) : "";
}
