/** The kinds of settings there are: numbers, words, flags, lists, ranges and maps of names. */
import type { Range, Shock } from "../../domain/settings.ts";
import { nearestWord } from "../../application/nearest_word.ts";
import {
  listItems,
  numberIn,
  type Reading,
  refuse,
  refuseUnknownKeys,
  scalarText,
  type Setting,
  setting,
} from "./setting.ts";
import { isNothing, type TreeNode } from "./yaml_tree.ts";

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly unit?: string;
}

/** A whole number within bounds. */
export function integer(fallback: number, bounds: Bounds = {}): Setting<number> {
  const allowed = `a whole number${boundsText(bounds)}`;
  return setting({ fallback, allowed, unit: bounds.unit ?? "" }, (node, reading) => {
    const value = numberIn(node);
    const fits = value !== undefined && Number.isSafeInteger(value) && within(value, bounds);
    return fits ? value : refuse(node, reading, allowed);
  });
}

/** A finite number within bounds; a fraction says so: 0.60, not 60. */
export function number(fallback: number, bounds: Bounds = {}): Setting<number> {
  const hint = bounds.unit === "fraction" ? " (0.60 is 60 %)" : "";
  const allowed = `a finite number${boundsText(bounds)}${hint}`;
  return setting({ fallback, allowed, unit: bounds.unit ?? "" }, (node, reading) => {
    const value = numberIn(node);
    return value !== undefined && within(value, bounds) ? value : refuse(node, reading, allowed);
  });
}

export function flag(fallback: boolean): Setting<boolean> {
  const allowed = "true or false";
  return setting({ fallback, allowed }, (node, reading) => {
    const text = node.kind === "scalar" && node.plain ? node.text : "";
    if (/^(true|True|TRUE)$/.test(text)) return true;
    return /^(false|False|FALSE)$/.test(text) ? false : refuse(node, reading, allowed);
  });
}

interface TextRule {
  readonly allowed: string;
  readonly accepts: (text: string) => boolean;
  readonly secret?: boolean;
  readonly unit?: string;
}

/** A text that its rule accepts; numbers and flags are taken as they are written. */
export function text(fallback: string, rule: TextRule): Setting<string> {
  const { allowed, accepts, secret = false, unit = "" } = rule;
  return setting({ fallback, allowed, secret, unit }, (node, reading) => {
    const value = scalarText(node);
    return value !== undefined && accepts(value) ? value : refuse(node, { ...reading, secret }, allowed);
  });
}

/** One of a few words; a near miss is named. */
export function choice<const T extends string>(fallback: NoInfer<T>, words: readonly T[]): Setting<T> {
  const allowed = words.join(", ");
  return setting({ fallback, allowed }, (node, reading) => {
    const value = scalarText(node);
    const chosen = words.find((word) => word === value);
    if (chosen !== undefined) return chosen;
    refuse(node, reading, allowed);
    const fault = reading.faults.pop();
    if (fault) reading.faults.push({ ...fault, nearest: value === undefined ? null : nearestWord(value, words) });
    return undefined;
  });
}

/** A list without repetition of some of a few words; a near miss is named. Empty unless set. */
export function choices<const T extends string>(words: readonly T[]): Setting<readonly T[]> {
  const allowed = `a list in brackets of ${words.join(", ")}`;
  const one = choice<T>(words[0] as NoInfer<T>, words);
  return setting<readonly T[]>({ fallback: [], allowed, shape: "list" }, (node, reading) => {
    const items = listItems(node, reading, allowed)?.map((item) => one.read(item, reading));
    const chosen = items?.filter((word) => word !== undefined);
    if (items === undefined || chosen === undefined || chosen.length < items.length) return undefined;
    const twice = chosen.find((word, index) => chosen.indexOf(word) !== index);
    return twice === undefined ? chosen : refuse(node, reading, allowed, `${twice} stands in it twice`);
  });
}

/** One of a few whole numbers. */
export function numberChoice<const T extends number>(
  fallback: NoInfer<T>,
  numbers: readonly T[],
  meaning: string,
): Setting<T> {
  return setting({ fallback, allowed: meaning }, (node, reading) => {
    const value = numberIn(node);
    return numbers.find((known) => known === value) ?? refuse(node, reading, meaning);
  });
}

/** A list of texts without repetition, each accepted by the rule. */
export function texts(rule: TextRule): Setting<readonly string[]> {
  const allowed = `a list in brackets: ${rule.allowed}`;
  return setting<readonly string[]>({ fallback: [], allowed, shape: "list" }, (node, reading) => {
    const items = listItems(node, reading, allowed)?.map((item) => {
      const value = scalarText(item);
      return value !== undefined && rule.accepts(value) ? value : refuse(item, reading, rule.allowed);
    });
    const values = items?.filter((value) => value !== undefined);
    if (items === undefined || values === undefined || values.length < items.length) return undefined;
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    return twice === undefined ? values : refuse(node, reading, allowed, `${JSON.stringify(twice)} stands in it twice`);
  });
}

/** `[low, high]` with low < high. Off unless set. */
export function range(unit: string): Setting<Range | null> {
  const allowed = "[low, high], two finite numbers with low < high, or null for off";
  return {
    ...setting<Range | null>({ fallback: null, allowed, unit, shape: "list" }, (node, reading) => {
      if (isNothing(node)) return null;
      const ends = node.kind === "list" ? node.items.map(numberIn) : [];
      const [low, high] = ends;
      if (ends.length !== 2 || low === undefined || high === undefined) return refuse(node, reading, allowed);
      if (low < high) return { low, high };
      return refuse(node, reading, allowed, `low ${low} is not below high ${high}`);
    }),
    nullable: true,
  };
}

/**
 * A number for each name. Merges by name over the layers; `NAME: null` takes back what a lower layer said. Names are
 * symbols as the broker writes them.
 */
export function names(bounds: Bounds): Setting<ReadonlyMap<string, number | null>> {
  const value = `a finite number${boundsText(bounds)}, or null to take it back`;
  const allowed = `a map {NAME: value, ...}, each ${value}`;
  const empty: ReadonlyMap<string, number | null> = new Map();
  return {
    ...setting({ fallback: empty, allowed, unit: bounds.unit ?? "", shape: "names" }, (node, reading) => {
      if (isNothing(node)) return empty;
      if (node.kind !== "map") return refuse(node, reading, allowed);
      const read = new Map<string, number | null>();
      for (const entry of node.entries.values()) {
        const inside = { ...reading, key: `${reading.key}.${entry.key}` };
        checkName(entry.key, entry.keyPlace, inside);
        const number = numberIn(entry.value);
        if (isNothing(entry.value)) read.set(entry.key, null);
        else if (number !== undefined && within(number, bounds)) read.set(entry.key, number);
        else refuse(entry.value, inside, value);
      }
      return read;
    }),
    nullable: true,
  };
}

/** `tsla` would silently never match the broker's `TSLA`. */
export function checkName(name: string, place: TreeNode["place"], reading: Reading): void {
  const upper = name.toUpperCase();
  if (name === "default" || name !== name.toLowerCase() || upper === name) return;
  const nearest = nearestWord(name, ["default"]) ?? upper;
  reading.faults.push({
    place,
    key: reading.key,
    problem: "a symbol in small letters matches no contract",
    found: null,
    allowed: "symbols as the broker writes them",
    nearest,
  });
}

const SHOCK_KEYS = ["name", "spot", "vol", "days"];
const MOST_SHOCKS = 100;

/** A list of shocks: a number is a spot shock, a map gives `spot`, `vol`, `days` and `name`. */
export function shocks(fallback: readonly Shock[]): Setting<readonly Shock[]> {
  const allowed = `a list of at most ${MOST_SHOCKS}: spot fractions (-0.05 is -5 %) or {spot, vol, days, name}`;
  return setting({ fallback, allowed, unit: "fraction", shape: "list" }, (node, reading) => {
    const items = listItems(node, reading, allowed);
    if (items === undefined) return undefined;
    if (items.length > MOST_SHOCKS) return refuse(node, reading, allowed);
    const read = items.map((item, index) => readShock(item, { ...reading, key: `${reading.key}[${index}]` }));
    const shocks = read.filter((shock) => shock !== undefined);
    if (shocks.length < read.length) return undefined;
    const twice = shocks.find((shock, index) => shocks.findIndex((other) => other.name === shock.name) !== index);
    return twice === undefined ? shocks : refuse(node, reading, allowed, `two shocks are named "${twice.name}"`);
  });
}

function readShock(node: TreeNode, reading: Reading): Shock | undefined {
  if (node.kind !== "map") {
    const spotShock = boundedIn(node, SPOT, reading);
    return spotShock === undefined ? undefined : namedShock({ spotShock, volShock: 0, days: 0 }, null);
  }
  const before = reading.faults.length;
  refuseUnknownKeys(node, SHOCK_KEYS, reading);
  const member = (key: string, bounds: Bounds): number => {
    const value = node.entries.get(key)?.value;
    return value === undefined ? 0 : boundedIn(value, bounds, { ...reading, key: `${reading.key}.${key}` }) ?? 0;
  };
  const parts = { spotShock: member("spot", SPOT), volShock: member("vol", VOL), days: member("days", DAYS) };
  const nameNode = node.entries.get("name")?.value;
  const name = nameNode === undefined ? null : scalarText(nameNode) ?? refuse(nameNode, reading, "a short text");
  return reading.faults.length > before ? undefined : namedShock(parts, name ?? null);
}

/** A spot cannot fall by all of itself; the other ends are beyond anything that is traded. */
const SPOT: Bounds = { min: -0.99, max: 10 };
const VOL: Bounds = { min: -5, max: 5 };
const DAYS: Bounds = { min: 0, max: 3650 };

function boundedIn(node: TreeNode, bounds: Bounds, reading: Reading): number | undefined {
  const value = numberIn(node);
  if (value !== undefined && within(value, bounds)) return value;
  return refuse(node, reading, `a finite number${boundsText(bounds)}`);
}

/** The shock with its name, made from its parts when it has none: `spot -5 %`, `spot -5 %, vol +10 pt, 5 d`. */
export function namedShock(parts: Omit<Shock, "name">, name: string | null): Shock {
  const said = [`spot ${signed(parts.spotShock * 100)} %`];
  if (parts.volShock !== 0) said.push(`vol ${signed(parts.volShock * 100)} pt`);
  if (parts.days !== 0) said.push(`${parts.days} d`);
  return { name: name ?? said.join(", "), ...parts };
}

function signed(value: number): string {
  const rounded = Number(value.toFixed(4));
  return rounded > 0 ? `+${rounded}` : `${rounded}`;
}

function within(value: number, { min, max }: Bounds): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function boundsText({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}
