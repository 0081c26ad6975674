/** The day's P&L and exposure so far, sampled for the sparklines within a fixed number of points. */
import type { DayPoint } from "../../application/day_record.ts";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import type { EpochMs } from "../../domain/time.ts";

const MOST_POINTS = 480;
const FIRST_STEP_MS = 1_000;
/** For how long a sample speaks at least; without a newer one there is a gap after it. */
const LEAST_HELD_MS = 60_000;
/** So many steps may be missing before it counts as a gap. */
const STEPS_HELD = 2.5;

export interface TrailPoint extends DayPoint {
  /** For how long it speaks. */
  readonly heldMs: number;
}

export interface DayTrail {
  /** Oldest first; a null figure is not known at that time. */
  readonly points: readonly TrailPoint[];
  /** Distance of the samples of this run; doubles, with every other one dropped, when there are too many. */
  readonly stepMs: number;
  /** When this run sampled last. */
  readonly lastAt: EpochMs;
  /** State of the first market when last looked at. */
  readonly session: string | null;
}

export type TrailFigure = "dailyPnl" | "grossExposure";

export const initialTrail: DayTrail = { points: [], stepMs: FIRST_STEP_MS, lastAt: -Infinity, session: null };

/** The trail with this snapshot's figures. It begins anew when the first market opens, so that it shows the session. */
export function extended(trail: DayTrail, snapshot: RiskSnapshot, now: EpochMs): DayTrail {
  const session = snapshot.session[0]?.state ?? null;
  const opened = session === "open" && trail.session !== null && trail.session !== "open";
  const from = opened ? { ...initialTrail, session } : { ...trail, session };
  if (snapshot.status === "starting" || snapshot.status === "stale" || now - from.lastAt < from.stepMs) return from;
  const { dailyPnl, grossExposure } = snapshot.portfolio;
  const point = { at: now, dailyPnl: known(dailyPnl), grossExposure: known(grossExposure), heldMs: LEAST_HELD_MS };
  return thinned({ ...from, points: [...from.points, point], lastAt: now });
}

/**
 * The trail with points from before it, of an earlier run.
 *
 * @param everyMs how far apart they were taken
 */
export function withEarlier(trail: DayTrail, earlier: readonly DayPoint[], everyMs: number): DayTrail {
  const first = trail.points[0]?.at ?? Infinity;
  const heldMs = Math.max(LEAST_HELD_MS, STEPS_HELD * everyMs);
  const added = earlier.filter(({ at }) => at < first).map((point) => ({ ...point, heldMs }));
  return thinned({ ...trail, points: [...added, ...trail.points] });
}

/** What a sparkline draws: a cell for each stretch of time, as many as points at most; null where there is a gap. */
export function trailCells({ points }: DayTrail, figure: TrailFigure, most: number): readonly (number | null)[] {
  const shown = points.filter((point) => point[figure] !== null);
  const [first] = shown;
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return [];
  const count = Math.min(most, shown.length);
  const width = (last.at - first.at) / count;
  const cells: (number | null)[] = [];
  let next = 0;
  for (let cell = 0; cell < count; cell++) {
    const begin = first.at + cell * width;
    const end = cell === count - 1 ? Infinity : begin + width;
    // The last sample of each stretch, so that the line ends at the number beside it.
    while (next < shown.length && shown[next]!.at < end) next++;
    const point = shown[next - 1];
    cells.push(point === undefined || point.at + point.heldMs < begin ? null : point[figure]);
  }
  return cells;
}

/** When the points begin; null without one. */
export function trailSince({ points }: DayTrail): EpochMs | null {
  return points[0]?.at ?? null;
}

function known(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function thinned(trail: DayTrail): DayTrail {
  if (trail.points.length <= MOST_POINTS) return trail;
  const stepMs = trail.stepMs * 2;
  // The newest stays, whatever their number.
  const odd = (trail.points.length - 1) % 2;
  const points = trail.points.filter((_, index) => index % 2 === odd).map((point) => ({
    ...point,
    heldMs: Math.max(point.heldMs, STEPS_HELD * stepMs),
  }));
  return thinned({ ...trail, points, stepMs });
}
