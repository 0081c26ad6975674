/**
 * One setting: its default, unit, what may stand there, and how it is read from the tree.
 *
 * This is the only definition of a key. The reader, the fault messages, `describeSettings` and the test that holds
 * `config/base.yaml` to the code all come from it.
 */
import type { Range, Shock } from "../../domain/settings.ts";
import type { Fault } from "./fault.ts";
import { isNothing, type MapNode, quoted, type ScalarNode, type TreeNode } from "./yaml_tree.ts";
import { nearestWord } from "../../application/nearest_word.ts";

/** Everything a setting can hold. */
export type SettingValue =
  | string
  | number
  | boolean
  | null
  | Range
  | readonly string[]
  | readonly Shock[]
  | ReadonlyMap<string, number | null>
  | ReadonlyMap<string, string | readonly string[] | null>
  | readonly number[]
  | ReadonlyMap<string, readonly number[]>;

/** Where faults of one value go; `key` is its path. */
export interface Reading {
  readonly key: string;
  readonly faults: Fault[];
  readonly secret: boolean;
}

export interface Setting<T extends SettingValue = SettingValue> {
  readonly kind: "setting";
  readonly fallback: T;
  /** `ms`, `fraction`, `base currency`; empty for words and flags. */
  readonly unit: string;
  readonly allowed: string;
  /** Never shown, not even in a fault. */
  readonly secret: boolean;
  /** `names`: a map that merges by name; everything else replaces what a lower layer said. */
  readonly shape: "scalar" | "list" | "names";
  /** Null instead of a value turns the setting off. */
  readonly nullable: boolean;
  /** The value, or undefined after adding a fault. */
  readonly read: (node: TreeNode, reading: Reading) => T | undefined;
}

/** Settings and sections by key. */
export interface Section {
  readonly [key: string]: Setting | Section;
}

/** What a section holds once read. */
export type Values<S> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : Values<S[K]>;
};

export function isSetting(member: Setting | Section): member is Setting {
  return member.kind === "setting";
}

interface Traits<T extends SettingValue> {
  readonly fallback: T;
  readonly allowed: string;
  readonly unit?: string;
  readonly shape?: Setting["shape"];
  readonly secret?: boolean;
}

/** A setting from its traits and a reader. */
export function setting<T extends SettingValue>(
  traits: Traits<T>,
  read: (node: TreeNode, reading: Reading) => T | undefined,
): Setting<T> {
  return { kind: "setting", unit: "", shape: "scalar", secret: false, nullable: false, ...traits, read };
}

/** The same setting, which may also be `null`: off, and off by default. */
export function optional<T extends SettingValue>(inner: Setting<T>): Setting<T | null> {
  const allowed = `${inner.allowed}, or null for off`;
  const read = (node: TreeNode, reading: Reading) => isNothing(node) ? null : inner.read(node, reading);
  return { ...inner, fallback: null, nullable: true, allowed, read };
}

/** The same setting, which may also be `null`: off. Its default stays. */
export function orOff<T extends SettingValue>(inner: Setting<T>): Setting<T | null> {
  return { ...optional(inner), fallback: inner.fallback };
}

/** Adds a fault about a value and gives undefined, so that readers can return it. */
export function refuse(node: TreeNode, reading: Reading, allowed: string, problem = "wrong value"): undefined {
  const found = reading.secret ? "a value that is kept secret" : foundText(node);
  reading.faults.push({ place: node.place, key: reading.key, problem, found, allowed, nearest: null });
}

/** A value as a fault shows it. */
export function foundText(node: TreeNode): string {
  if (node.kind === "list") return listText(node.items);
  if (node.kind === "map") return `a map of ${node.entries.size} keys`;
  if (isNothing(node)) return "nothing";
  return node.plain ? shortened(node.text) : quoted(node.text);
}

const SHOWN_ITEMS = 4;

function listText(items: readonly TreeNode[]): string {
  const short = items.length <= SHOWN_ITEMS && items.every((item) => item.kind === "scalar");
  return short ? `[${items.map(foundText).join(", ")}]` : `a list of ${items.length}`;
}

function shortened(text: string): string {
  return /^[!-~ ]{1,60}$/.test(text) ? text : quoted(text);
}

/** A scalar's text: what is in quotes, or the plain word as it stands; undefined for nothing, lists and maps. */
export function scalarText(node: TreeNode): string | undefined {
  return node.kind === "scalar" && !isNothing(node) ? node.text : undefined;
}

const NUMBER = /^[-+]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+)?$/;
const OCTAL_LOOK = /^[-+]?0\d/;

/**
 * The number that a plain scalar writes, `5_000_000` and `1e6` included; undefined when it is none, is not finite, is
 * in quotes, or begins with a 0 that other readers take for octal.
 */
export function numberIn(node: TreeNode): number | undefined {
  if (node.kind !== "scalar" || !node.plain || !NUMBER.test(node.text) || OCTAL_LOOK.test(node.text)) return undefined;
  const value = Number(node.text.replaceAll("_", ""));
  return Number.isFinite(value) ? value : undefined;
}

/** Members of a map that are not among `known` become faults with the nearest known key. */
export function refuseUnknownKeys(map: MapNode, known: readonly string[], reading: Reading): void {
  for (const { key, keyPlace } of map.entries.values()) {
    if (known.includes(key)) continue;
    reading.faults.push({
      place: keyPlace,
      key: `${reading.key}.${key}`,
      problem: "unknown key",
      found: null,
      allowed: known.join(", "),
      nearest: nearestWord(key, known),
    });
  }
}

/** Items of a list as scalars; a fault and undefined when the node is no list. */
export function listItems(node: TreeNode, reading: Reading, allowed: string): readonly TreeNode[] | undefined {
  return node.kind === "list" ? node.items : refuse(node, reading, allowed);
}

export type { ScalarNode };
