/** Reading a scenario's YAML node by node, so that every fault is found and each knows its line. */
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";

export interface ScenarioFault {
  readonly line: number;
  readonly column: number;
  /** Where in the file: `positions[3].account`. */
  readonly path: string;
  readonly problem: string;
}

export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  constructor(readonly fileName: string, readonly faults: readonly ScenarioFault[]) {
    const lines = faults.map(({ line, column, path, problem }) =>
      `  ${fileName}:${line}:${column}: ${path === "" ? "" : `${path}: `}${problem}`
    );
    super(
      `Cannot play scenario ${fileName}: ${faults.length} fault${faults.length === 1 ? "" : "s"}\n${lines.join("\n")}`,
    );
  }
}

export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/** A scenario's text, parsed, with the faults found so far. */
export class ScenarioText {
  readonly faults: ScenarioFault[] = [];
  readonly #lines = new LineCounter();
  readonly #root: Node | null;

  constructor(text: string, readonly fileName: string) {
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos, message } of document.errors) {
      this.faults.push({ ...this.#place(pos[0]), path: "", problem: message });
    }
    this.#root = document.contents as Node | null;
  }

  root(): MapReader {
    return new MapReader(this, isMap(this.#root) ? this.#root : null, this.#root, "");
  }

  fault(node: Node | null | undefined, path: string, problem: string): void {
    this.faults.push({ ...this.#place(node?.range?.[0] ?? 0), path, problem });
  }

  #place(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** One mapping: each key is asked for by name and kind; `done()` reports those nobody asked for. */
export class MapReader {
  readonly #known = new Set<string>();

  constructor(
    readonly text: ScenarioText,
    readonly map: YAMLMap | null,
    readonly node: Node | null,
    readonly path: string,
  ) {
    if (map === null && node !== null) {
      text.fault(node, path, `must be a mapping of keys to values, found ${shown(node)}`);
    }
  }

  has(key: string): boolean {
    this.#known.add(key);
    return this.#value(key) !== null;
  }

  string(key: string, otherwise?: string): string {
    const node = this.#ask(key, otherwise === undefined);
    if (node === null) return otherwise ?? "";
    if (isScalar(node) && ["string", "number", "boolean"].includes(typeof node.value)) return source(node);
    this.fault(key, `must be text, found ${shown(node)}`);
    return otherwise ?? "";
  }

  number(key: string, bounds: NumberBounds, otherwise?: number): number {
    const node = this.#ask(key, otherwise === undefined);
    if (node === null) return otherwise ?? 0;
    const value = isScalar(node) ? numberIn(source(node)) : null;
    const { min = -Infinity, max = Infinity, integer = false } = bounds;
    if (value === null || value < min || value > max || (integer && !Number.isInteger(value))) {
      this.fault(key, `must be ${described(bounds)}, found ${shown(node)}`);
      return otherwise ?? 0;
    }
    return value;
  }

  /** Null when the key is absent. */
  optionalNumber(key: string, bounds: NumberBounds): number | null {
    return this.has(key) ? this.number(key, bounds) : null;
  }

  optionalString(key: string): string | null {
    return this.has(key) ? this.string(key) : null;
  }

  flag(key: string, otherwise: boolean): boolean {
    const node = this.#ask(key, false);
    if (node === null) return otherwise;
    if (isScalar(node) && typeof node.value === "boolean") return node.value;
    this.fault(key, `must be true or false, found ${shown(node)}`);
    return otherwise;
  }

  oneOf<Name extends string>(key: string, names: readonly Name[], otherwise?: Name): Name {
    const value = this.string(key, otherwise);
    const found = names.find((name) => name === value);
    if (found !== undefined) return found;
    // A missing key has been reported already.
    if (this.has(key)) {
      this.fault(key, `must be one of ${names.join(", ")}, found ${JSON.stringify(value)}${nearest(value, names)}`);
    }
    return otherwise ?? names[0]!;
  }

  /** Names that exist elsewhere in the file. */
  reference(key: string, names: ReadonlySet<string>, what: string): string {
    const value = this.string(key);
    if (value !== "" && !names.has(value)) {
      this.fault(key, `${JSON.stringify(value)} is no ${what} of this scenario${nearest(value, [...names])}`);
    }
    return value;
  }

  /** A span such as `500ms`, `12s`, `45m`, `2h`, or a bare number of seconds; in milliseconds. */
  duration(key: string, otherwise?: number): number {
    const node = this.#ask(key, otherwise === undefined);
    if (node === null) return otherwise ?? 0;
    const match = isScalar(node) ? /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(source(node)) : null;
    if (match === null) {
      this.fault(key, `must be a span such as 500ms, 12s, 45m or 2h, found ${shown(node)}`);
      return otherwise ?? 0;
    }
    return Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(match[2] ?? "s") as "ms" | "s" | "m" | "h"];
  }

  strings(key: string, otherwise: readonly string[]): readonly string[] {
    const node = this.#ask(key, false);
    if (node === null) return otherwise;
    if (isSeq(node) && node.items.every((item) => isScalar(item))) {
      return node.items.map((item) => isScalar(item) ? source(item) : "");
    }
    this.fault(key, `must be a list of names, found ${shown(node)}`);
    return otherwise;
  }

  /** A nested mapping; an absent one reads as empty. */
  child(key: string): MapReader {
    const node = this.#ask(key, false);
    return new MapReader(this.text, isMap(node) ? node : null, node, this.#at(key));
  }

  /** The entries of a nested mapping of mappings, by name, in the file's order. */
  children(key: string): readonly (readonly [name: string, reader: MapReader])[] {
    const child = this.child(key);
    return (child.map?.items ?? []).map((pair) => {
      const name = keyOf(pair);
      const node = pair.value as Node | null;
      return [name, new MapReader(this.text, isMap(node) ? node : null, node, `${child.path}.${name}`)] as const;
    });
  }

  /** The numbers of a nested mapping, by name. */
  numbers(key: string): ReadonlyMap<string, number> {
    const child = this.child(key);
    const names = (child.map?.items ?? []).map(keyOf);
    return new Map(names.map((name) => [name, child.number(name, {})]));
  }

  /** The mappings of a list. */
  list(key: string): readonly MapReader[] {
    const node = this.#ask(key, false);
    if (node === null) return [];
    if (!isSeq(node)) {
      this.fault(key, `must be a list, found ${shown(node)}`);
      return [];
    }
    return node.items.map((item, at) =>
      new MapReader(this.text, isMap(item) ? item : null, item as Node, `${this.#at(key)}[${at}]`)
    );
  }

  fault(key: string, problem: string): void {
    this.text.fault(this.#value(key) ?? this.node, this.#at(key), problem);
  }

  /** Reports keys that nothing asked for. */
  done(): void {
    for (const pair of this.map?.items ?? []) {
      const key = keyOf(pair);
      if (!this.#known.has(key)) {
        this.text.fault(pair.key as Node, this.#at(key), `is no known key${nearest(key, [...this.#known])}`);
      }
    }
  }

  #ask(key: string, required: boolean): Node | null {
    this.#known.add(key);
    const node = this.#value(key);
    if (node === null && required && this.map !== null) this.text.fault(this.node, this.#at(key), "is missing");
    return node;
  }

  #value(key: string): Node | null {
    const node = this.map?.get(key, true) as Node | undefined | null;
    return node === undefined || node === null || (isScalar(node) && node.value === null) ? null : node;
  }

  #at(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }
}

/** As written: `00700` and a number of 18 digits are names like any other. */
function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? source(pair.key) : String(pair.key);
}

/** The text as written, so that `1e3`, `007` and dates are not changed by what YAML makes of them. */
function source(node: { readonly value: unknown; readonly source?: string | undefined }): string {
  return node.source ?? String(node.value);
}

/** A decimal, with `_` between digits allowed. */
function numberIn(text: string): number | null {
  return /^[-+]?(\d[\d_]*)(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? Number(text.replaceAll("_", "")) : null;
}

function described({ min, max, integer = false }: NumberBounds): string {
  const kind = integer ? "a whole number" : "a number";
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  if (min !== undefined) return `${kind} of at least ${min}`;
  return max === undefined ? kind : `${kind} of at most ${max}`;
}

function shown(node: Node): string {
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  return isScalar(node) ? JSON.stringify(node.value) : "a reference";
}

function nearest(word: string, names: readonly string[]): string {
  const ranked = names.map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(2, word.length / 3) ? `; did you mean ${best.name}?` : "";
}

/** Edits from one word to another (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[to.length]!;
}
