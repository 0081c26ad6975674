/** `apex init` in a folder of its own. */
import assert from "node:assert/strict";
import { writeFirstConfiguration } from "../../src/compose/init.ts";
import { loadSettings } from "../../src/infrastructure/config/load.ts";
import { readBounded } from "../../src/infrastructure/files/bounded_read.ts";
import { readManualFile } from "../../src/infrastructure/files/manual_entry.ts";

const PROJECT = new URL("../../", import.meta.url);
const CONFIG = ["base.yaml", "demo.yaml", "dev.yaml", "prod.yaml", "risk_config.yaml"];

function embedded(path: string): string {
  return Deno.readTextFileSync(new URL(path, PROJECT));
}

async function inFolder(body: (root: string) => Promise<void>): Promise<void> {
  const root = Deno.makeTempDirSync({ prefix: "apex-init-" });
  try {
    await body(`${root}/`);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

Deno.test("init writes the shipped configuration, the data folders and an example that is read without a fault", async () => {
  await inFolder(async (root) => {
    const { text, remarks, code } = await writeFirstConfiguration(null, embedded, root);
    assert.deepEqual([remarks, code], ["", 0]);
    assert.deepEqual([...Deno.readDirSync(`${root}config`)].map(({ name }) => name).sort(), CONFIG);
    for (const name of CONFIG) {
      assert.equal(Deno.readTextFileSync(`${root}config/${name}`), embedded(`config/${name}`));
      assert.match(text, new RegExp(`^  config/${name} +\\S`, "m"), "explained");
    }
    assert.deepEqual(text.split("\n").filter((line) => line.length > 80), [], "every line fits 80 columns");
    const manual = readManualFile(Deno.readFileSync(`${root}data/positions/manual.yaml`), "manual.yaml");
    assert.deepEqual(manual, { entries: [], faults: [] });
    assert.match(text, /Next:\n {2}apex doctor .*\n {2}apex /);
  });
});

Deno.test("what init says to do next finds a configuration that is not in config/", async () => {
  await inFolder(async (root) => {
    const { text } = await writeFirstConfiguration("config/desk", embedded, root);
    assert.match(text, /^ {2}apex doctor --config-dir config\/desk {2}checks /m);
    assert.match(text, /^ {2}apex --config-dir config\/desk {9}the dashboard /m);
  });
});

Deno.test("what init writes is a configuration without a fault in every environment", async () => {
  await inFolder(async (root) => {
    await writeFirstConfiguration(null, embedded, root);
    for (const env of ["dev", "prod", "demo"] as const) {
      const read = { configDir: `${root}config`, configFile: null, environment: {}, read: readBounded };
      const { settings, files } = loadSettings({ env, ...read });
      assert.equal(settings.env, env);
      assert.equal(files.length, 3);
    }
  });
});

Deno.test("what is held is the owner's alone, the configuration may be read by others", async () => {
  await inFolder(async (root) => {
    await writeFirstConfiguration(null, embedded, root);
    for (const folder of ["data", "data/positions", "data/logs", "data/flex"]) {
      assert.equal(modeOf(root + folder), 0o700, folder);
    }
    assert.equal(modeOf(`${root}data/positions/manual.yaml`), 0o600);
    assert.equal(modeOf(`${root}config/base.yaml`), 0o644);
  });
});

Deno.test("init leaves every file that is there as it is, says so, and writes the rest", async () => {
  await inFolder(async (root) => {
    Deno.mkdirSync(`${root}config`);
    Deno.mkdirSync(`${root}data/positions`, { recursive: true });
    Deno.writeTextFileSync(`${root}config/base.yaml`, "ibkr: { port: 4002 }\n");
    Deno.writeTextFileSync(`${root}data/positions/manual.yaml`, "positions: [] # mine\n");
    const { text, code } = await writeFirstConfiguration(null, embedded, root);
    assert.equal(code, 0);
    assert.equal(Deno.readTextFileSync(`${root}config/base.yaml`), "ibkr: { port: 4002 }\n");
    assert.equal(Deno.readTextFileSync(`${root}data/positions/manual.yaml`), "positions: [] # mine\n");
    assert.match(
      text,
      /Left as they were, for they are there already:\n {2}config\/base\.yaml\n {2}data\/positions\/manual\.yaml\n/,
    );
    assert.match(text, /^ {2}config\/prod\.yaml /m);
    const again = await writeFirstConfiguration(null, embedded, root);
    assert.doesNotMatch(again.text, /Wrote/);
    assert.match(again.text, /Next:/);
  });
});

Deno.test("init says what stands in its way and what it wrote before", async () => {
  await inFolder(async (root) => {
    Deno.writeTextFileSync(`${root}data`, "a file");
    const { text, remarks, code } = await writeFirstConfiguration(null, embedded, root);
    assert.equal(code, 1);
    assert.match(remarks, /^apex: Cannot make \S*data: a file of that name is in the way; move it aside\n$/);
    assert.match(text, /^ {2}config\/base\.yaml /m);
    assert.doesNotMatch(text, /Next:/, "nothing can be next before that is mended");
  });
});

Deno.test("the example of positions kept by hand is the one of this project", () => {
  const example = embedded("config/examples/manual.yaml");
  const commented = (text: string) => text.split("\n").filter((line) => line.startsWith("#")).join("\n");
  assert.equal(commented(example), commented(embedded("data/positions/manual.yaml")));
  const shown = example.split("\n").filter((line) => /^# {3}- \{/.test(line)).map((line) => line.slice(2));
  assert.equal(shown.length > 0, true);
  const read = readManualFile(new TextEncoder().encode(`positions:\n${shown.join("\n")}\n`), "example");
  assert.deepEqual(read.faults, []);
});
