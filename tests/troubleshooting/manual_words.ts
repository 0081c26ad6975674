/** The troubleshooting tables of the user manual, and the tests that provoke what they tell. */
import assert from "node:assert/strict";

/** A row of such a table. */
export interface Trouble {
  readonly symptom: string;
  /** Each thing that is seen word for word; `…` stands for what varies. */
  readonly seen: readonly string[];
  /** Of this folder, whose test of the row's name provokes it. */
  readonly file: string;
}

/** Takes what can be seen somewhere. */
export type See = (text: string) => void;

const MANUAL = new URL("../../docs/USER_MANUAL.md", import.meta.url);
const HEADING = "| Symptom | What you see | Cause | Remedy |";

/** Every row of a table that names the file of its tests, in order. */
export function troubles(): readonly Trouble[] {
  const rows: Trouble[] = [];
  let inside = false;
  let file = "";
  for (const line of Deno.readTextFileSync(MANUAL).split("\n")) {
    if (line.startsWith("### ")) file = "";
    file = /^<!-- tests\/troubleshooting\/(\w+_test\.ts) -->$/.exec(line)?.[1] ?? file;
    if (line === HEADING) inside = file !== "";
    else if (!line.startsWith("|")) inside = false;
    else if (inside && !line.startsWith("| ---")) rows.push({ ...troubleIn(line), file });
  }
  return rows;
}

/** A test that provokes the symptom and hands over all that can be seen of it: the manual's words must be among it. */
export function troubleshoot(symptom: string, provoke: (see: See) => void | Promise<void>): void {
  Deno.test(`troubleshooting: ${symptom}`, async () => {
    const seen: string[] = [];
    await provoke((text) => seen.push(text.replace(/\s+/g, " ")));
    const row = troubles().find((one) => one.symptom === symptom);
    assert(row !== undefined, `the manual has no row for "${symptom}"; seen:\n${seen.join("\n")}`);
    for (const words of row.seen) {
      assert(seen.some((text) => pattern(words).test(text)), `the manual says "${words}"; seen:\n${seen.join("\n")}`);
    }
  });
}

function troubleIn(line: string): Omit<Trouble, "file"> {
  const [symptom = "", seen = ""] = line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim());
  return { symptom, seen: [...seen.matchAll(/`([^`]+)`/g)].map(([, words]) => words!.replaceAll("\\|", "|")) };
}

function pattern(words: string): RegExp {
  return new RegExp(words.split("…").map((part) => RegExp.escape(part)).join(".*"));
}
