/** The document that explains the numbers keeps up with the snapshot. */
import assert from "node:assert/strict";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const document = await Deno.readTextFile(new URL("../../docs/NUMBERS.md", import.meta.url));
const schemaText = await Deno.readTextFile(new URL("../../docs/snapshot.schema.json", import.meta.url));

/** Every field with its path, `positions.leaves.quantity`. */
function* fieldsOf(schema: Schema, path: string): Generator<readonly [name: string, path: string]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const at = path === "" ? name : `${path}.${name}`;
    yield [name, at];
    yield* fieldsOf(field, at);
  }
  for (const part of [schema.items, ...(schema.anyOf ?? [])]) if (part !== undefined) yield* fieldsOf(part, path);
}

/** Formulas, and what stands between backticks; the examples are no explanation. */
function explainedWords(markdown: string): Set<string> {
  const text = markdown.replaceAll(/^```ts\n[\s\S]*?^```$/gm, "");
  const code = [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
  const formulas = text.split("\n").filter((line) => line.startsWith("    "));
  return new Set([...code, ...formulas].flatMap((words) => words.split(/[^A-Za-z0-9_]+/)));
}

Deno.test("NUMBERS.md explains every field of the snapshot", () => {
  const words = explainedWords(document);
  const schema: Schema = JSON.parse(schemaText);
  const missing = [...fieldsOf(schema, "")].filter(([name]) => !words.has(name)).map(([, path]) => path);
  assert.deepEqual(missing, []);
});

Deno.test("NUMBERS.md has an example and a word on TWS in every section on numbers", () => {
  const sections = document.split(/^## /m).slice(1);
  const silent = (holds: (section: string) => boolean): string[] =>
    sections.filter((section) => !holds(section)).map((section) => section.split("\n", 1)[0]!);
  // What an option is measured on is no number; breaches, quality and reconciliation have nothing in TWS to differ from.
  assert.deepEqual(silent((section) => section.includes("```ts\n")), [
    "What an option is measured on",
    "Names, counts and states",
  ]);
  assert.deepEqual(silent((section) => section.includes("TWS")), [
    "What an option is measured on",
    "Breaches",
    "Quality",
    "Reconciliation",
    "Names, counts and states",
  ]);
});
