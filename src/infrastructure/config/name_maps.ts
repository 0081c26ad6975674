/** Maps of names that hold words or dates. Like those of numbers they merge by name, and null takes a name back. */
import { dayNumber } from "../../domain/calendar/date.ts";
import type { IsoDate } from "../../domain/time.ts";
import { checkName } from "./kinds.ts";
import { type Reading, refuse, scalarText, type Setting, setting } from "./setting.ts";
import { isNothing, type TreeNode } from "./yaml_tree.ts";

/** A text of at most 60 characters for each symbol: `{AAPL: Technology}`. */
export function namedWords(
  allowed: string,
  accepts: (word: string) => boolean = () => true,
): Setting<ReadonlyMap<string, string | null>> {
  return namedSetting(allowed, (node) => {
    const word = scalarText(node);
    return word !== undefined && word.trim() !== "" && word.length <= 60 && accepts(word) ? word : undefined;
  });
}

/** One date or a list for each symbol: `{AAPL: 2026-11-25, MSFT: [2026-11-18, 2027-02-17]}`. */
export function namedDates(): Setting<ReadonlyMap<string, readonly IsoDate[] | null>> {
  return namedSetting("a date YYYY-MM-DD, or a list of them in brackets", (node) => {
    const dates = (node.kind === "list" ? node.items : [node]).map(dateIn);
    const read = dates.filter((date) => date !== undefined);
    return read.length === dates.length ? read : undefined;
  });
}

function namedSetting<T extends string | readonly string[]>(
  value: string,
  read: (node: TreeNode) => T | undefined,
): Setting<ReadonlyMap<string, T | null>> {
  const allowed = `a map {NAME: value, ...}, each ${value}, or null to take it back`;
  const empty: ReadonlyMap<string, T | null> = new Map();
  const readMap = (node: TreeNode, reading: Reading) => {
    if (isNothing(node)) return empty;
    if (node.kind !== "map") return refuse(node, reading, allowed);
    const named = new Map<string, T | null>();
    for (const entry of node.entries.values()) {
      const inside = { ...reading, key: `${reading.key}.${entry.key}` };
      checkName(entry.key, entry.keyPlace, inside);
      const own = isNothing(entry.value) ? null : read(entry.value);
      if (own === undefined) refuse(entry.value, inside, `${value}, or null to take it back`);
      else named.set(entry.key, own);
    }
    return named;
  };
  return { ...setting({ fallback: empty, allowed, shape: "names" }, readMap), nullable: true };
}

function dateIn(node: TreeNode): IsoDate | undefined {
  const date = scalarText(node);
  if (date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  try {
    dayNumber(date);
    return date;
  } catch {
    // A RangeError: no such day, as in 2026-02-30.
    return undefined;
  }
}
