/**
 * A batch as one line of JSON, and back, digit for digit. What JSON cannot say is written as an object with one key:
 * `{"$number":"NaN"}`, `{"$map":[[key, value], …]}`, `{"$object":[[key, value], …]}` for an object whose own keys look so.
 */
import type { StoreBatch } from "../../../application/ports/store.ts";

const DOLLAR = 36;

export function batchText(batch: StoreBatch): string {
  // Hardly ever is there anything to encode, and looking costs a fraction of copying.
  return JSON.stringify(saysItAll(batch) ? batch : encoded(batch));
}

/** @throws {SyntaxError} when the text is not what `batchText` gives */
export function batchFrom(text: string): StoreBatch {
  const value = decoded(JSON.parse(text));
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Map) {
    throw new SyntaxError("The text is JSON, and no batch");
  }
  return value;
}

/** Whether JSON says it as it is. */
function saysItAll(value: unknown): boolean {
  if (typeof value === "number") return isPlain(value);
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(saysItAll);
  if (value instanceof Map) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    if (needsCare(key) || !saysItAll(fields[key])) return false;
  }
  return true;
}

function encoded(value: unknown): unknown {
  if (typeof value === "number") return isPlain(value) ? value : { $number: Object.is(value, -0) ? "-0" : `${value}` };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(encoded);
  if (value instanceof Map) return { $map: Array.from(value, ([key, entry]) => [encoded(key), encoded(entry)]) };
  const entries = Object.entries(value);
  if (entries.some(([key]) => needsCare(key))) {
    return { $object: entries.map(([key, entry]) => [key, encoded(entry)]) };
  }
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of entries) copy[key] = encoded(entry);
  return copy;
}

function decoded(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decoded);
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && only[0].startsWith("$")) return decodedSpecial(...only);
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of entries) copy[key] = decoded(entry);
  return copy;
}

function decodedSpecial(key: string, value: unknown): unknown {
  if (key === "$number") return Number(value);
  const pairs = Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2) ? value : null;
  if (pairs === null) throw new SyntaxError(`The text has a ${key} that is none`);
  if (key === "$map") return new Map(pairs.map(([name, entry]) => [decoded(name), decoded(entry)]));
  if (key === "$object") return Object.fromEntries(pairs.map(([name, entry]) => [String(name), decoded(entry)]));
  throw new SyntaxError(`The text has an unknown ${key}`);
}

/** -0 and what is no finite number are not. */
function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** A key that would be taken for one of ours, or that makes no property of its own when it is assigned. */
function needsCare(key: string): boolean {
  return key.charCodeAt(0) === DOLLAR || key === "__proto__";
}
