/**
 * Reads YAML into a small tree in which every value knows its line.
 *
 * Scalars stay text (YAML's failsafe schema): whoever knows the key decides whether `5_000_000`, `NO` or `00700` is a
 * number, a flag or a symbol. So the ticker `ON` never becomes `true` and a Hong Kong code keeps its zeros.
 *
 * Bounds: bytes, depth and values are limited, aliases counted by what they expand to, so that no text can take more
 * than a moment or more than a few megabytes.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, Scalar } from "yaml";
import type { Fault, Place } from "./fault.ts";

export interface ScalarNode {
  readonly kind: "scalar";
  readonly text: string;
  /** Not in quotes, so it may be a number, a flag or nothing. */
  readonly plain: boolean;
  readonly place: Place;
}
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly TreeNode[];
  readonly place: Place;
}
export interface MapEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: TreeNode;
}
export interface MapNode {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly place: Place;
}
export type TreeNode = ScalarNode | ListNode | MapNode;

export interface YamlBounds {
  readonly bytes: number;
  readonly depth: number;
  /** Scalars, lists and maps together, aliases expanded. */
  readonly values: number;
}

/** Forty times what the shipped files hold; whatever a file of this size holds is read or refused in about a second. */
export const CONFIG_BOUNDS: YamlBounds = { bytes: 256 << 10, depth: 16, values: 20_000 };

/** Syntax faults beyond this many repeat themselves. */
const MOST_SYNTAX_FAULTS = 10;

/**
 * The tree of a file's bytes (an empty file is an empty map), or every fault that kept it from being read. Keys that stand
 * twice go to `repeated` where it is given, and the rest of the file is read all the same; the first one counts.
 */
export function readYaml(
  bytes: Uint8Array,
  source: string,
  bounds: YamlBounds = CONFIG_BOUNDS,
  repeated?: Fault[],
): TreeNode | Fault[] {
  const start: Place = { source, line: null, column: null };
  if (bytes.length > bounds.bytes) {
    return [syntaxFault(start, `the file is larger than ${bounds.bytes.toLocaleString("en-US")} bytes`)];
  }
  const text = decodeUtf8(bytes, source);
  return typeof text === "string" ? parseYaml(text, source, bounds, repeated) : [text];
}

/** As `readYaml`, from text. */
export function parseYaml(
  text: string,
  source: string,
  bounds: YamlBounds = CONFIG_BOUNDS,
  repeated?: Fault[],
): TreeNode | Fault[] {
  const control = controlCharacter(text, source);
  if (control !== null) return [control];
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "failsafe",
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
    lineCounter: lines,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { source, line, column: col };
  };
  if (document.errors.length > 0) {
    return document.errors.slice(0, MOST_SYNTAX_FAULTS)
      .map((error) => syntaxFault(placeAt(error.pos[0]), SYNTAX[error.code] ?? "this is not valid YAML"));
  }
  const walk = new Walk(placeAt, bounds, repeated);
  const tree = document.contents === null
    ? { kind: "map" as const, entries: new Map<string, MapEntry>(), place: { source, line: 1, column: 1 } }
    : walk.node(document.contents, 0);
  return walk.faults.length > 0 ? walk.faults : tree;
}

/** True for what YAML writes as nothing: an empty value, `~`, `null`. */
export function isNothing(node: TreeNode): boolean {
  return node.kind === "scalar" && node.plain && /^(~|null|Null|NULL)?$/.test(node.text);
}

/** The tree with one place for all its values, for text that no person numbered the lines of. */
export function withoutLines(node: TreeNode, place: Place): TreeNode {
  if (node.kind === "scalar") return { ...node, place };
  if (node.kind === "list") return { ...node, items: node.items.map((item) => withoutLines(item, place)), place };
  const entries = [...node.entries].map(([key, entry]) =>
    [key, { key, keyPlace: place, value: withoutLines(entry.value, place) }] as const
  );
  return { kind: "map", entries: new Map(entries), place };
}

class Walk {
  readonly faults: Fault[] = [];
  readonly #anchors = new Map<string, ParsedNode>();
  /** Nodes being expanded, to notice one that holds itself. */
  readonly #open = new Set<ParsedNode>();
  #values = 0;
  #full = false;

  constructor(
    readonly placeAt: (offset: number) => Place,
    readonly bounds: YamlBounds,
    readonly repeated: Fault[] = this.faults,
  ) {}

  node(node: ParsedNode, depth: number): TreeNode {
    const place = this.placeAt(node.range[0]);
    const empty: TreeNode = { kind: "scalar", text: "", plain: true, place };
    if (this.#full) return empty;
    if (++this.#values > this.bounds.values) {
      this.#full = true;
      this.#fault(place, `the file holds more than ${this.bounds.values.toLocaleString("en-US")} values`);
      return empty;
    }
    if (depth > this.bounds.depth) {
      this.#fault(place, `values are nested deeper than ${this.bounds.depth} levels`);
      return empty;
    }
    if (isAlias(node)) return this.#alias(node.source, place, depth) ?? empty;
    if (node.tag !== undefined) this.#fault(place, "type tags (!name) are not used here: write the value alone");
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return scalarNode(node, place);
    this.#open.add(node);
    const read = isMap(node) ? this.#map(node.items, place, depth) : isSeq(node)
      ? {
        kind: "list" as const,
        items: node.items.map((item) => this.node(item as ParsedNode, depth + 1)),
        place,
      }
      : empty;
    this.#open.delete(node);
    return read;
  }

  #alias(name: string, place: Place, depth: number): TreeNode | null {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.#fault(place, `the alias *${name} names no anchor above it`);
      return null;
    }
    if (this.#open.has(target)) {
      this.#fault(place, `the alias *${name} stands inside the value it names: the file is cyclic`);
      return null;
    }
    return this.node(target, depth);
  }

  #map(pairs: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[], place: Place, depth: number) {
    const entries = new Map<string, MapEntry>();
    for (const { key, value } of pairs) {
      const keyPlace = this.placeAt(key.range[0]);
      const name = isScalar(key) && typeof key.value === "string" ? key.value : null;
      if (name === null || name === "") {
        this.#fault(keyPlace, "a key must be a single word");
        continue;
      }
      const first = entries.get(name);
      if (first !== undefined) {
        this.#fault(
          keyPlace,
          `the key ${quoted(name)} stands here a second time; first in line ${first.keyPlace.line}`,
          this.repeated,
        );
        continue;
      }
      const read = value === null
        ? { kind: "scalar" as const, text: "", plain: true, place: keyPlace }
        : this.node(value, depth + 1);
      entries.set(name, { key: name, keyPlace, value: read });
    }
    return { kind: "map" as const, entries, place };
  }

  #fault(place: Place, problem: string, faults = this.faults): void {
    if (faults.length < MOST_SYNTAX_FAULTS) faults.push(syntaxFault(place, problem));
  }
}

function scalarNode(node: Scalar.Parsed, place: Place): ScalarNode {
  const plain = node.type === Scalar.PLAIN || node.type === undefined;
  return { kind: "scalar", text: typeof node.value === "string" ? node.value : "", plain, place };
}

function decodeUtf8(bytes: Uint8Array, source: string): string | Fault {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The lenient reading has the replacement character where the strict one gave up.
    const text = new TextDecoder().decode(bytes);
    return syntaxFault(placeIn(text, text.indexOf("\uFFFD"), source), "the file is not UTF-8: save it as UTF-8");
  }
}

function controlCharacter(text: string, source: string): Fault | null {
  const at = firstControl(text);
  if (at < 0) return null;
  const code = text.charCodeAt(at).toString(16).padStart(4, "0");
  return syntaxFault(placeIn(text, at, source), `the control character U+${code} does not belong in a text file`);
}

/** Offset of the first control character but tab, line feed and carriage return; -1 when there is none. */
function firstControl(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127) return at;
  }
  return -1;
}

function placeIn(text: string, offset: number, source: string): Place {
  const before = text.slice(0, Math.max(0, offset)).split("\n");
  return { source, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function syntaxFault(place: Place, problem: string): Fault {
  return { place, key: "", problem, found: null, allowed: null, nearest: null };
}

/** A word from a file, safe to show: one line, bounded, printable. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** The library's words quote the text, which may be a password; these do not. */
const SYNTAX: Readonly<Record<string, string>> = {
  ALIAS_PROPS: "an alias cannot carry an anchor or a tag",
  BAD_ALIAS: "this is not a usable anchor or alias name",
  BAD_COLLECTION_TYPE: "list and map do not go together here",
  BAD_DIRECTIVE: "lines that begin with % are not used here",
  BAD_DQ_ESCAPE: "unknown escape after \\ inside double quotes: double the backslash or use single quotes",
  BAD_INDENT: "the indentation does not fit the lines above, or a closing bracket is missing",
  BAD_PROP_ORDER: "anchor and tag stand in the wrong place",
  BAD_SCALAR_START: "a text cannot begin with this character: put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a key inside a key: is a colon too many, or a quote missing?",
  BLOCK_IN_FLOW: "indented lists and maps cannot stand inside brackets",
  DUPLICATE_KEY: "this key stands here a second time",
  IMPOSSIBLE: "this is not valid YAML",
  KEY_OVER_1024_CHARS: "a key is longer than 1,024 characters",
  MISSING_CHAR: "a closing bracket, quote, comma or space is missing",
  MULTILINE_IMPLICIT_KEY: "a key must stand on one line: is a colon or a quote missing?",
  MULTIPLE_ANCHORS: "a value can have one anchor",
  MULTIPLE_DOCS: "the file holds several documents: keep one, without --- lines",
  MULTIPLE_TAGS: "a value can have one tag",
  NON_STRING_KEY: "a key must be a single word",
  RESOURCE_EXHAUSTION: "values are nested too deep",
  TAB_AS_INDENT: "a tab is used as indentation: use spaces",
  TAG_RESOLVE_FAILED: "type tags (!name) are not used here: write the value alone",
  UNEXPECTED_TOKEN: "something does not belong here: is a quote, bracket or comma too many?",
};
