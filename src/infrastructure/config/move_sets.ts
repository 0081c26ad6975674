/** Named sets of moves of the spot, to choose from on the screen: `{small: [-0.02, 0.02], large: [-0.2, 0.2]}`. */
import { numberIn, type Reading, refuse, type Setting, setting } from "./setting.ts";
import { isNothing, type TreeNode } from "./yaml_tree.ts";

export type MoveSets = ReadonlyMap<string, readonly number[]>;

const MOST_SETS = 10;
const MOST_MOVES = 20;
const LONGEST_NAME = 20;
/** A spot cannot fall by all of itself; the other end is beyond anything that is traded. */
const LEAST = -0.99;
const LARGEST = 10;

const MOVES = `a list of 1 to ${MOST_MOVES} different fractions from ${LEAST} to ${LARGEST}, none of them 0`;

/** The sets replace all that a lower layer said; an empty map leaves only the configured shocks. */
export function moveSets(fallback: MoveSets): Setting<MoveSets> {
  const allowed =
    `a map of at most ${MOST_SETS} sets {name: [moves], ...}, names of at most ${LONGEST_NAME} characters`;
  return setting({ fallback, allowed, unit: "fraction", shape: "list" }, (node, reading) => {
    if (isNothing(node)) return new Map();
    if (node.kind !== "map" || node.entries.size > MOST_SETS) return refuse(node, reading, allowed);
    const sets = new Map<string, readonly number[]>();
    for (const { key, keyPlace, value } of node.entries.values()) {
      const inside = { ...reading, key: `${reading.key}.${key}` };
      const moves = movesIn(value, inside);
      if (key.trim() === "" || key.length > LONGEST_NAME) refuse({ ...value, place: keyPlace }, inside, allowed);
      else if (moves !== undefined) sets.set(key, moves);
    }
    return sets.size === node.entries.size ? sets : undefined;
  });
}

function movesIn(node: TreeNode, reading: Reading): readonly number[] | undefined {
  const items = node.kind === "list" ? node.items.map((item) => numberIn(item)) : [];
  const moves = items.filter((move) => move !== undefined && move >= LEAST && move <= LARGEST && move !== 0);
  const fine = moves.length === items.length && new Set(moves).size === moves.length && moves.length > 0 &&
    moves.length <= MOST_MOVES;
  return fine ? moves.filter((move) => move !== undefined) : refuse(node, reading, MOVES);
}
