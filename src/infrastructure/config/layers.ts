/**
 * Lays one tree over another.
 *
 * Sections and maps of names merge by key; everything else (numbers, words, flags, lists, ranges) replaces what the
 * lower layer said. An empty section (`ibkr:` alone) changes nothing; `null` for a setting replaces like any value.
 */
import { isSetting, type Section } from "./setting.ts";
import { isNothing, type MapEntry, type MapNode, type TreeNode } from "./yaml_tree.ts";

/** Both trees have been read without a fault, so what should be a map is one. */
export function overlay(section: Section, lower: MapNode, upper: TreeNode): MapNode {
  if (upper.kind !== "map") return lower;
  const entries = new Map(lower.entries);
  for (const [key, entry] of upper.entries) {
    const member = section[key];
    if (member === undefined) continue;
    const value = isSetting(member)
      ? overlaySetting(member.shape === "names", entries.get(key)?.value, entry.value)
      : overlay(member, mapOrEmpty(entries.get(key)?.value, entry), entry.value);
    entries.set(key, { ...entry, value });
  }
  return { kind: "map", entries, place: upper.place };
}

function overlaySetting(mergesByName: boolean, lower: TreeNode | undefined, upper: TreeNode): TreeNode {
  if (!mergesByName || isNothing(upper) || lower?.kind !== "map" || upper.kind !== "map") return upper;
  return { kind: "map", entries: new Map([...lower.entries, ...upper.entries]), place: upper.place };
}

function mapOrEmpty(node: TreeNode | undefined, entry: MapEntry): MapNode {
  return node?.kind === "map" ? node : { kind: "map", entries: new Map(), place: entry.value.place };
}
