/** The day's P&L so far, sampled for the sparkline within a fixed number of points. */
import type { EpochMs } from "../../domain/time.ts";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";

const MOST_POINTS = 480;

export interface PnlTrail {
  /** When the first sample was taken; null without one. */
  readonly since: EpochMs | null;
  readonly lastAt: EpochMs;
  /** Distance of the samples; doubles, with every other sample dropped, when there are too many. */
  readonly stepMs: number;
  readonly samples: readonly number[];
  /** State of the first market when last looked at. */
  readonly session: string | null;
}

export const initialTrail: PnlTrail = { since: null, lastAt: 0, stepMs: 1_000, samples: [], session: null };

/** The trail with this snapshot's P&L. It begins anew when the first market opens, so that it shows the session. */
export function extended(trail: PnlTrail, snapshot: RiskSnapshot, now: EpochMs): PnlTrail {
  const session = snapshot.session[0]?.state ?? null;
  const opened = session === "open" && trail.session !== null && trail.session !== "open";
  const from = opened ? { ...initialTrail, session } : { ...trail, session };
  const pnl = snapshot.portfolio.dailyPnl;
  const usable = pnl !== null && Number.isFinite(pnl) && snapshot.status !== "starting" && snapshot.status !== "stale";
  if (!usable || (from.since !== null && now - from.lastAt < from.stepMs)) return from;
  const samples = [...from.samples, pnl];
  const full = samples.length > MOST_POINTS;
  return {
    since: from.since ?? now,
    lastAt: now,
    stepMs: full ? from.stepMs * 2 : from.stepMs,
    samples: full ? samples.filter((_, index) => index % 2 === 0) : samples,
    session,
  };
}
