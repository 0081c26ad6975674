/** Where each value of the merged configuration was written. */
import type { Place } from "./fault.ts";
import { join } from "./read_section.ts";
import { isSetting, type Section } from "./setting.ts";
import type { TreeNode } from "./yaml_tree.ts";

/** By key path; entries of a map of names stand under `path.NAME` too. What is not in it is a built-in default. */
export type Origins = ReadonlyMap<string, Place>;

export function originsOf(schema: Section, merged: TreeNode): Origins {
  const origins = new Map<string, Place>();
  collect(schema, merged, "", origins);
  return origins;
}

function collect(section: Section, node: TreeNode, path: string, origins: Map<string, Place>): void {
  if (node.kind !== "map") return;
  for (const { key, keyPlace, value } of node.entries.values()) {
    const member = section[key];
    if (member === undefined) continue;
    const inside = join(path, key);
    if (!isSetting(member)) {
      collect(member, value, inside, origins);
      continue;
    }
    origins.set(inside, keyPlace);
    if (member.shape !== "names" || value.kind !== "map") continue;
    for (const entry of value.entries.values()) origins.set(join(inside, entry.key), entry.keyPlace);
  }
}
