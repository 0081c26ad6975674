/**
 * The moves that a screen can be asked to show: sets of spot moves, with volatility flat, in points or relative to each
 * option's own, and the same for all names or scaled by their beta. By delta, gamma, vega and theta alone, as
 * `scenario_grid.ts` has it: a large move's number is rough.
 */
import { type GridCell, gridCells, type VolMove } from "../domain/risk/scenario_grid.ts";
import type { RiskSnapshot, ScenarioView } from "../domain/risk/snapshot.ts";
import { LastAnswer } from "./last_answer.ts";

/** `flat`: as configured. */
export type VolRows = "flat" | "points" | "relative";

/** Moves to look at beside the configured shocks. */
export interface ShockSet {
  readonly name: string;
  /** Fractions: −0.05 is a fall of 5 %. */
  readonly spots: readonly number[];
}

export interface ShockChoice {
  /** Null: the moves of the configured shocks. */
  readonly set: ShockSet | null;
  readonly vol: VolRows;
  /** Each name moves by the spot's move times its beta. */
  readonly byBeta: boolean;
}

export const CONFIGURED_SHOCKS: ShockChoice = { set: null, vol: "flat", byBeta: false };

const FLAT: VolMove = { kind: "points", value: 0 };
const VOLS: Readonly<Record<VolRows, readonly VolMove[]>> = {
  flat: [FLAT],
  points: [-0.05, 0, 0.05, 0.1].map((value) => ({ kind: "points", value })),
  relative: [-0.2, 0, 0.2, 0.5].map((value) => ({ kind: "relative", value })),
};
/** One row of what time alone does stands under those in points. */
const DAYS_FORWARD = 5;

/** The set `step` places after the chosen one; the configured shocks stand before the first. */
export function neighbourOf(set: ShockSet | null, sets: readonly ShockSet[], step: number): ShockSet | null {
  const all = [null, ...sets];
  const at = all.findIndex((one) => one?.name === set?.name);
  return all[(Math.max(0, at) + step + all.length) % all.length] ?? null;
}

/**
 * What the chosen moves would do to the book of the snapshot, in any order; empty when no move is set. Computed once for a
 * snapshot and a choice; what is configured is in the snapshot already.
 */
export function shockedBook(snapshot: RiskSnapshot, choice: ShockChoice): readonly GridCell[] {
  return last.to([snapshot, choice.set, choice.vol, choice.byBeta], () => {
    return isConfigured(choice) ? snapshot.scenarios.map(cellOf) : computed(snapshot, choice);
  });
}

const last = new LastAnswer<readonly GridCell[]>();

export function isConfigured({ set, vol, byBeta }: ShockChoice): boolean {
  return set === null && vol === "flat" && !byBeta;
}

function cellOf({ spotShock, volShock, days, pnl, excluded }: ScenarioView): GridCell {
  return { spot: spotShock, vol: { kind: "points", value: volShock }, days, pnl, excluded };
}

function computed(snapshot: RiskSnapshot, { set, vol, byBeta }: ShockChoice): readonly GridCell[] {
  const spots = set?.spots ?? [...new Set(snapshot.scenarios.map(({ spotShock }) => spotShock))];
  if (spots.length === 0) return [];
  const { scenarios } = snapshot;
  // Where the whole book is not known, no configured shock is either.
  const bookKnown = scenarios.length === 0 || scenarios.some(({ pnl }) => pnl !== null);
  const grid = (vols: readonly VolMove[], days: number, moves: readonly number[]): readonly GridCell[] =>
    gridCells(snapshot, { spots: moves, vols, days: [days], byBeta, account: null, includes: null, bookKnown });
  if (vol === "flat") return grid(VOLS.flat, 0, spots);
  const withNone = [...new Set([...spots, 0])];
  const rows = grid(VOLS[vol], 0, withNone);
  return vol === "points" ? [...rows, ...grid([FLAT], DAYS_FORWARD, withNone)] : rows;
}
