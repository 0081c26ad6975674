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
  const layouts = frame.width >= 104 ? ["long"] as const : ["short", "close", "numbers"] as const;
  const laid = layouts.map((layout) => tabsOf(layout, context));
  const tabs = laid.find((one) => (one.at(-1)?.end ?? 0) < frame.width) ?? laid.at(-1) ?? [];
  for (const { start, end, label, badge, active } of tabs) {
    frame.put(row, start, label, active ? BOLD : badge.startsWith("!") ? Role.hard : Role.text);
    if (active) {
      frame.put(row, start - 1, "[", BOLD);
      frame.put(row, end, "]", BOLD);
    }
  }
}

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly badge: string;
  readonly active: boolean;
}

/** Long or short labels in fixed places; where these do not fit close together, and then without most of the names. */
type Layout = "long" | "short" | "close" | "numbers";

function tabsOf(layout: Layout, { newest, view }: ViewContext): Placed[] {
  let free = 2;
  return VIEW_IDS.map((id, index) => {
    const tab = TABS[id];
    const active = id === view.active;
    const badge = badgeOf(id, newest);
    const name = layout === "long" ? ` ${tab.long}` : layout === "numbers" && !active ? "" : ` ${tab.short}`;
    const label = `${index + 1}${name}${badge === "" ? "" : ` ${badge}`}`;
    const fixed = layout === "long" ? tab.at[0] : layout === "short" ? tab.at[1] : 0;
    const start = Math.max(fixed, free);
    const end = start + widthOf(label);
    // The brackets of the open view keep a blank on either side.
    const besideOpen = active || VIEW_IDS[index + 1] === view.active;
    free = end + (layout === "close" && !besideOpen ? 1 : 2);
    return { start, end, label, badge, active };
  });
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
