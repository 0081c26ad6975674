/** Positions that move as a market does, and the frames they make: 60 rows by 12 columns, 30 % of the cells changed. */
import type { PositionView, RiskSnapshot, UnderlyingView } from "../../src/domain/risk/snapshot.ts";
import { dashboard } from "../../src/presentation/terminal/dashboard.ts";
import type { Frame } from "../../src/presentation/terminal/frame.ts";
import { createTheme } from "../../src/presentation/terminal/theme.ts";
import { DifferentialWriter } from "../../src/presentation/terminal/writer.ts";
import { DEMO_LOOK, DEMO_VIEW } from "./demo_look.ts";
import { DEMO_NOW, demoSnapshot } from "./demo_snapshot.ts";

export const FRAMES = 64;
const SIZE = { columns: 120, rows: 66 };
const VIEW = { ...DEMO_VIEW, active: "positions" as const, tree: false };

/** Snapshots that follow each other as a market does: four rows in ten move by a few ticks, with
 * all that hangs on it: nine of twelve columns, 30 % of the cells. */
export const SNAPSHOTS = movingBook(120, FRAMES);
export const THEME = createTheme("safe", "24bit", "dark");

/** A book of so many positions, each of a name of its own, at so many turns. */
export function movingBook(count: number, frames: number): RiskSnapshot[] {
  const template = demoSnapshot().positions;
  let positions = Array.from({ length: count }, (_, index): PositionView => {
    const one = template[index % template.length];
    if (one === undefined) throw new Error("The demo book has no positions");
    // In the order in which a book comes to be: by size no position stands beside the next.
    const place = (index * 311) % count;
    return { ...one, symbol: `N${index}`, dollarDelta: 1_000_000 - place * 5_000 };
  });
  const snapshots: RiskSnapshot[] = [];
  for (let frame = 0; frame < frames; frame++) {
    positions = positions.map((one, index) => (index * 7 + frame * 3) % 10 < 4 ? moved(one, frame + index) : one);
    const asOf = new Date(DEMO_NOW + frame * 250).toISOString();
    snapshots.push(demoSnapshot({ positions, sequence: frame, asOf }));
  }
  return snapshots;
}

/** The same book with sums under each name. */
export function withNames(snapshot: RiskSnapshot): RiskSnapshot {
  const template = demoSnapshot().byUnderlying;
  const positions = snapshot.positions.map((one) => ({ ...one, underlying: one.symbol }));
  const byUnderlying = positions.map((one, index): UnderlyingView => {
    const name = template[index % template.length];
    if (name === undefined) throw new Error("The demo book has no names");
    return { ...name, underlying: one.symbol, dollarDelta: one.dollarDelta, dailyPnl: one.dailyPnl, vega: one.vega };
  });
  return { ...snapshot, positions, byUnderlying };
}

function moved(one: PositionView, by: number): PositionView {
  const step = (by % 7) - 3.3;
  const add = (value: number | null, change: number): number | null => value === null ? null : value + change;
  return {
    ...one,
    mark: add(one.mark, step * 0.03),
    marketValue: add(one.marketValue, step * 17),
    dailyPnl: add(one.dailyPnl, step * 17),
    unrealizedPnl: add(one.unrealizedPnl, step * 17),
    dollarDelta: add(one.dollarDelta, step * 41),
    gammaDollars1Pct: add(one.gammaDollars1Pct, step * 9),
    vega: add(one.vega, step * 2),
    theta: add(one.theta, step * 3),
    iv: add(one.iv, step * 0.002),
  };
}

/** The flat positions view at the turn with this number. */
export function frameAt(index: number): Frame {
  const snapshot = SNAPSHOTS[index % FRAMES] ?? null;
  return dashboard({ snapshot, view: VIEW, size: SIZE, now: DEMO_NOW + (index % FRAMES) * 250, look: DEMO_LOOK });
}

/** Bytes that each frame after the first costs. */
export function bytesPerFrame(): number[] {
  const own = new DifferentialWriter(THEME);
  own.draw(frameAt(0));
  const encoder = new TextEncoder();
  return Array.from({ length: FRAMES - 1 }, (_, at) => encoder.encode(own.draw(frameAt(at + 1))).length);
}
