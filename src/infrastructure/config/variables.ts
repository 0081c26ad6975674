/**
 * Settings from `APEX_*` environment variables.
 *
 * A name is the key path in capitals, its parts joined by two underscores or one: `APEX_IBKR__PORT` and
 * `APEX_IBKR_PORT` both mean `ibkr.port`. Lists, ranges and maps are written as YAML
 * (`APEX_RISK_LIMITS__PORTFOLIO_DELTA_RANGE="[-50_000, 50_000]"`); one name of a map can be set alone
 * (`APEX_BETA__BETAS__TSLA=1.9`). An empty variable counts as not set.
 */
import type { Fault, Place } from "./fault.ts";
import { nearestWord } from "../../application/nearest_word.ts";
import { isSetting, type Section, type Setting } from "./setting.ts";
import { type MapNode, parseYaml, type TreeNode, withoutLines } from "./yaml_tree.ts";

/** `APEX_*` variables that other parts read. */
export const OTHER_VARIABLES: readonly string[] = [
  "APEX_ALLOW_NET",
  "APEX_ALLOW_NET_ONLY",
  "APEX_CONFIG",
  "APEX_CONFIG_DIR",
  "APEX_ENV",
];

export interface VariableLayers {
  /** One tree a variable, in the order of their names. */
  readonly trees: readonly MapNode[];
  readonly faults: readonly Fault[];
  /** `APEX_*` names that are no setting and do not look like one. */
  readonly ignored: readonly string[];
}

interface Target {
  readonly path: readonly string[];
  readonly setting: Setting;
  /** One name of a map of names, rather than the whole setting. */
  readonly oneName: boolean;
}

export function readVariables(schema: Section, environment: Readonly<Record<string, string>>): VariableLayers {
  const targets = new Map(settingsOf(schema).map((target) => [variableName(target.path), target]));
  const trees: MapNode[] = [];
  const faults: Fault[] = [];
  const ignored: string[] = [];
  const usedBy = new Map<string, string>();
  for (const variable of Object.keys(environment).filter((name) => name.startsWith("APEX_")).sort()) {
    const value = environment[variable] ?? "";
    if (value === "" || OTHER_VARIABLES.includes(variable)) continue;
    const place: Place = { source: variable, line: null, column: null };
    const meant = variable.replaceAll(/_{2,}/g, "_");
    const target = targets.get(meant) ?? namedEntry(meant, targets);
    if (target === null) {
      const fault = unknownVariable(variable, meant, place, [...targets.keys()], Object.keys(schema));
      if (fault === null) ignored.push(variable);
      else faults.push(fault);
      continue;
    }
    const first = usedBy.get(meant);
    if (first !== undefined) {
      faults.push({ ...noFault(place, target.path.join(".")), problem: `${first} sets the same key: keep one` });
      continue;
    }
    usedBy.set(meant, variable);
    const node = valueNode(value, target, place);
    if (Array.isArray(node)) faults.push(...node);
    else trees.push(nest(target.path, node, place));
  }
  return { trees, faults, ignored };
}

/** `ibkr.reconnect.max_delay_ms` → `APEX_IBKR_RECONNECT_MAX_DELAY_MS`, the form that both spellings come down to. */
function variableName(path: readonly string[]): string {
  return `APEX_${path.join("_").toUpperCase()}`;
}

function settingsOf(section: Section, path: readonly string[] = []): readonly Target[] {
  return Object.entries(section).flatMap(([key, member]) =>
    isSetting(member) ? [{ path: [...path, key], setting: member, oneName: false }] : settingsOf(member, [...path, key])
  );
}

/** One name of a map of names: what follows the map's own variable name. */
function namedEntry(meant: string, targets: ReadonlyMap<string, Target>): Target | null {
  for (const [prefix, target] of targets) {
    if (target.setting.shape !== "names" || !meant.startsWith(`${prefix}_`)) continue;
    const name = meant.slice(prefix.length + 1);
    return { ...target, path: [...target.path, name === "DEFAULT" ? "default" : name], oneName: true };
  }
  return null;
}

/** Words go in as they are, so that a password needs no quoting; what has parts is YAML. */
function valueNode(value: string, target: Target, place: Place): TreeNode | Fault[] {
  const { setting, oneName } = target;
  if (setting.shape === "scalar" || oneName) return { kind: "scalar", text: value, plain: true, place };
  const tree = parseYaml(value, place.source);
  if (!Array.isArray(tree)) return withoutLines(tree, place);
  return tree.map((fault) => ({ ...fault, place, key: target.path.join("."), allowed: setting.allowed }));
}

function nest(path: readonly string[], value: TreeNode, place: Place): MapNode {
  const [key = "", ...rest] = path;
  const inner = rest.length === 0 ? value : nest(rest, value, place);
  return { kind: "map", entries: new Map([[key, { key, keyPlace: place, value: inner }]]), place };
}

/** A fault when the name looks like a setting: a section's name at its front, two underscores, or nearly a setting. */
function unknownVariable(
  variable: string,
  meant: string,
  place: Place,
  known: readonly string[],
  sections: readonly string[],
): Fault | null {
  const ofSection = sections.some((section) => meant.startsWith(`APEX_${section.toUpperCase()}_`));
  const nearest = nearestWord(meant, known);
  const doubled = variable.slice("APEX_".length).includes("__");
  if (!ofSection && !doubled && nearest === null) return null;
  return { ...noFault(place, ""), problem: "no setting has this name", nearest };
}

function noFault(place: Place, key: string): Fault {
  return { place, key, problem: "", found: null, allowed: null, nearest: null };
}
