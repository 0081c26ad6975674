/** Reads a whole tree by the schema, adding every fault it meets. */
import type { Fault } from "./fault.ts";
import { nearestWord } from "../../application/nearest_word.ts";
import { foundText, isSetting, type Section, type SettingValue, type Values } from "./setting.ts";
import { isNothing, type TreeNode } from "./yaml_tree.ts";

/** Values of the keys that the tree holds, defaults for the others; faulty ones are in `faults` and hold the default. */
export function readTree<S extends Section>(schema: S, tree: TreeNode, faults: Fault[]): Values<S> {
  return readSection(schema, schema, tree, "", faults) as Values<S>;
}

interface Read {
  readonly [key: string]: SettingValue | Read;
}

function readSection(section: Section, schema: Section, node: TreeNode | null, path: string, faults: Fault[]): Read {
  const entries = node?.kind === "map" ? node.entries : null;
  if (node !== null && entries === null && !isNothing(node)) faults.push(notASection(section, node, path));
  for (const { key, keyPlace } of entries?.values() ?? []) {
    if (Object.hasOwn(section, key)) continue;
    const nearest = nearestKey(key, section, path, schema);
    const allowed = nearest === null ? Object.keys(section).join(", ") : null;
    faults.push({ place: keyPlace, key: join(path, key), problem: "unknown key", found: null, allowed, nearest });
  }
  const read: Record<string, SettingValue | Read> = {};
  for (const [key, member] of Object.entries(section)) {
    const value = entries?.get(key)?.value ?? null;
    const inside = join(path, key);
    if (!isSetting(member)) read[key] = readSection(member, schema, value, inside, faults);
    else if (value === null) read[key] = member.fallback;
    else {
      const own = member.read(value, { key: inside, faults, secret: member.secret });
      // Null is a value of its own: off, whatever the default is.
      read[key] = own === undefined ? member.fallback : own;
    }
  }
  return read;
}

function notASection(section: Section, node: TreeNode, path: string): Fault {
  const allowed = `a map with the keys ${Object.keys(section).join(", ")}`;
  const problem = path === "" ? "the file must be a map of sections" : "a section must be a map";
  return { place: node.place, key: path, problem, found: foundText(node), allowed, nearest: null };
}

/** The nearest key of the same section, else the full path of a key with that name somewhere else. */
function nearestKey(key: string, section: Section, path: string, schema: Section): string | null {
  const sibling = nearestWord(key, Object.keys(section));
  if (sibling !== null) return join(path, sibling);
  const elsewhere = keyPaths(schema).filter((known) => known.split(".").at(-1) === key);
  return elsewhere[0] ?? null;
}

/** Paths of all settings below a section, `ibkr.reconnect.max_delay_ms`. */
export function keyPaths(section: Section, path = ""): readonly string[] {
  return Object.entries(section).flatMap(([key, member]) =>
    isSetting(member) ? [join(path, key)] : keyPaths(member, join(path, key))
  );
}

export function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
