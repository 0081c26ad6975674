/** A rule with panels' titles, and the walls between the panels under it. */
import type { Frame } from "../frame.ts";
import { cut } from "../frame.ts";
import { Role } from "../style.ts";

export interface PanelTitle {
  /** Column of the wall to the panel's left; -1 for the first. */
  readonly wall: number;
  readonly title: string;
}

/** Draws the rule at `top` and the walls of `height` rows below it. */
export function drawTitles(frame: Frame, top: number, height: number, panels: readonly PanelTitle[]): void {
  frame.fill(top, 0, frame.width, "─", Role.quiet);
  for (const [index, { wall, title }] of panels.entries()) {
    const end = panels[index + 1]?.wall ?? frame.width;
    frame.put(top, wall + 2, ` ${cut(title, Math.max(0, end - wall - 5))} `, Role.text);
    if (wall < 0) continue;
    frame.put(top, wall, "┬", Role.quiet);
    for (let row = 1; row <= height; row++) frame.put(top + row, wall, "│", Role.quiet);
  }
}
