/** The user manual says what the code says, and its troubleshooting tables what tests provoke. */
import assert from "node:assert/strict";
import { filledManual, manualSources } from "../../build/manual_text.ts";
import { keyPaths } from "../../src/infrastructure/config/read_section.ts";
import { SCHEMA } from "../../src/infrastructure/config/schema.ts";
import { apexProgram } from "../../src/presentation/cli/arguments.ts";
import { troubles } from "../troubleshooting/manual_words.ts";

const manual = await Deno.readTextFile(new URL("../../docs/USER_MANUAL.md", import.meta.url));

Deno.test("docs/USER_MANUAL.md is what the code generates (deno task manual)", () => {
  assert.equal(manual, filledManual(manual, manualSources()), "deno task manual writes it anew");
});

Deno.test("filling the manual twice changes nothing, and a mark of nothing is refused", () => {
  const sources = manualSources();
  assert.equal(filledManual(filledManual(manual, sources), sources), filledManual(manual, sources));
  assert.throws(() => filledManual("<!-- manual: weather -->\n<!-- end -->\n", sources), RangeError);
});

Deno.test("a remark above a key does not begin with the key's name, which would be read as the key itself, put out", async () => {
  for (const name of ["base", "risk_config", "dev", "prod", "demo"]) {
    const text = await Deno.readTextFile(new URL(`../../config/${name}.yaml`, import.meta.url));
    assert.doesNotMatch(text, /^( *)# (\w+):.*\n(?:\1#.*\n)*\1\2:/m, name);
  }
});

Deno.test("the manual has a picture of each view, every command and every key of the configuration", () => {
  for (const view of ["1 Summary", "2 Positions", "3 Risk", "4 Limits", "5 Signals", "6 Quality", "7 Health"]) {
    const chapter = manual.slice(manual.indexOf(`### ${view}\n`));
    assert.match(chapter.slice(0, chapter.indexOf("\n### ", 5)), new RegExp(`\\[${view}\\b`), view);
  }
  for (const command of apexProgram().commands.map((one) => one.name()).filter((name) => name !== "self-test")) {
    assert.match(manual, new RegExp(`^### \`apex ${command}\\b`, "m"));
  }
  for (const path of keyPaths(SCHEMA)) {
    const [section, ...key] = path.split(".");
    const chapter = manual.slice(manual.indexOf(`### \`${section}\`\n`)).slice(4);
    const row = new RegExp(`^\\| \`${key.join("\\.")}\` \\| \`.*\` \\| .*\\| .+ \\| (.*) \\|$`, "m").exec(chapter);
    assert.ok(row, path);
    assert.notEqual(row[1], "", `${path} has no meaning: say it beside the key in config/base.yaml`);
  }
});

Deno.test("each trouble in the manual has a test of its name, and each such test a row", async () => {
  const rows = troubles();
  assert.ok(rows.length >= 40, `${rows.length} rows`);
  const tested: string[] = [];
  for (const file of new Set(rows.map((row) => row.file))) {
    const text = await Deno.readTextFile(new URL(`../troubleshooting/${file}`, import.meta.url));
    for (const [, symptom] of text.matchAll(/^troubleshoot\(\s*"(.+?)",/gm)) tested.push(`${file}: ${symptom}`);
  }
  assert.deepEqual(rows.map(({ file, symptom }) => `${file}: ${symptom}`).sort(), tested.sort());
  assert.deepEqual(rows.filter(({ seen }) => seen.length === 0).map(({ symptom }) => symptom), []);
});

Deno.test("every other test that the manual names is in its file", async () => {
  const named = [...manual.matchAll(/^<!-- tests\/(\S+_test\.ts): (.+) -->$/gm)];
  assert.ok(named.length > 0);
  for (const [, file, name] of named) {
    assert.ok((await Deno.readTextFile(new URL(`../${file}`, import.meta.url))).includes(name!), `${file}: ${name}`);
  }
});
