/** Shocks as people type them: `-5%`, `-0.05`, `5pt`, `+10%`, several with commas between. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { VolMove } from "../../domain/risk/scenario_grid.ts";

const MOST = 25;
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)`;
const PERCENT = new RegExp(`^(${NUMBER})\\s*%$`);
const POINTS = new RegExp(`^(${NUMBER})\\s*(?:pt|pts|vol)$`, "i");
const PLAIN = new RegExp(`^${NUMBER}$`);

/** Fractions of spot: `-5%` and `-0.05` are both a fall of 5 %. */
export function spotShocks(text: string): readonly number[] {
  return listed(text, (word) => {
    const shock = percent(word) ?? plain(word);
    // 5 could be 5 % or five times; what is meant must be written.
    if (shock === null || (percent(word) === null && Math.abs(shock) >= 1)) {
      throw new InvalidArgumentError(`Write "${word}" as -5% or -0.05, several with commas between.`);
    }
    if (shock < -0.99 || shock > 10) throw new InvalidArgumentError("A spot can fall by 99% and rise by 1000%.");
    return shock;
  });
}

/** `5pt`: five points of volatility; `10%`: a tenth of each option's own; `0`: none. */
export function volMoves(text: string): readonly VolMove[] {
  return listed(text, (word) => {
    const points = POINTS.exec(word)?.[1];
    const relative = percent(word);
    const move: VolMove | null = points !== undefined
      ? { kind: "points", value: Number(points) / 100 }
      : relative !== null
      ? { kind: "relative", value: relative }
      : plain(word) === 0
      ? { kind: "points", value: 0 }
      : null;
    if (move === null) {
      throw new InvalidArgumentError(`Write "${word}" as 5pt (points) or +10% (of each option's own volatility).`);
    }
    if (Math.abs(move.value) > 5) throw new InvalidArgumentError("Volatility can move by 500 points or 500% at most.");
    return move;
  });
}

/** Whole calendar days forward: `5`, or `0,5`. */
export function dayShocks(text: string): readonly number[] {
  return listed(text, (word) => {
    const days = Number(word);
    if (!/^\d+$/.test(word) || days > 3650) throw new InvalidArgumentError("Write whole days from 0 to 3650.");
    return days;
  });
}

function listed<T>(text: string, read: (word: string) => T): T[] {
  const words = text.split(",").map((word) => word.trim()).filter((word) => word !== "");
  if (words.length === 0) throw new InvalidArgumentError("Nothing is written after it.");
  if (words.length > MOST) throw new InvalidArgumentError(`At most ${MOST} in one list.`);
  return words.map(read);
}

function percent(word: string): number | null {
  const number = PERCENT.exec(word)?.[1];
  return number === undefined ? null : Number(number) / 100;
}

function plain(word: string): number | null {
  return PLAIN.test(word) ? Number(word) : null;
}
