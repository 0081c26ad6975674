/** Why a holding changed, and in words which executions say so. */
import type { Source } from "../../domain/event.ts";
import { QUANTITY_TOLERANCE } from "../../domain/position_book.ts";
import type { PositionChangeRecord } from "../ports/store_records.ts";

export interface Traded {
  readonly execId: string;
  /** Signed; of a correction, what it changes. */
  readonly quantity: number;
  /** It is from so shortly before the account's first book that this may hold it already. */
  readonly maybeHeld: boolean;
}

/** A program that trades in hundreds of small fills would fill the row. */
const NAMED = 10;

/**
 * Those that make a change of `quantity`: without the first ones that the book may have held already, when it is the others
 * that add up to it.
 */
export function countedFor(quantity: number, traded: readonly Traded[]): readonly Traded[] {
  for (let held = 0; held <= traded.length; held++) {
    const counted = traded.slice(held);
    if (Math.abs(quantity - sumOf(counted)) < QUANTITY_TOLERANCE) return counted;
    if (traded[held]?.maybeHeld !== true) break;
  }
  return traded;
}

/**
 * @param quantity how much the holding changed, signed
 * @param restarted it is measured from what an earlier run stored
 */
export function changeCause(
  source: Source,
  quantity: number,
  traded: readonly Traded[],
  restarted: boolean,
): Pick<PositionChangeRecord, "cause" | "explanation"> {
  const explained = sumOf(traded);
  const rest = quantity - explained;
  const whole = traded.length > 0 && Math.abs(rest) < QUANTITY_TOLERANCE;
  const words = whole
    ? named(traded)
    : traded.length > 0
    ? `${named(traded)} make ${signed(explained)} of it; no execution explains the other ${signed(rest)}`
    : "no execution explains it";
  if (restarted) return { cause: "restart", explanation: `since the book was stored: ${words}` };
  if (source === "MANUAL") return { cause: "manual", explanation: "the file of manual positions says so" };
  return { cause: whole ? "execution" : "download", explanation: words };
}

export function sumOf(traded: readonly Traded[]): number {
  return traded.reduce((sum, each) => sum + each.quantity, 0);
}

function named(traded: readonly Traded[]): string {
  const ids = [...new Set(traded.map(({ execId }) => execId))];
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
  return `${ids.length === 1 ? "execution" : "executions"} ${ids.slice(0, NAMED).join(", ")}${more}`;
}

function signed(quantity: number): string {
  const rounded = Number(quantity.toPrecision(12));
  return rounded > 0 ? `+${rounded}` : String(rounded);
}
