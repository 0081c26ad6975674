/** `apex config` over files of its own. */
import assert from "node:assert/strict";
import type { ConfigRequest, ConfigurationChoice } from "../../src/application/command.ts";
import { lookAtConfiguration } from "../../src/compose/config.ts";

const TABLE: ConfigRequest = { command: "config", action: "show", output: "table", width: null };

async function look(
  files: Readonly<Record<string, string>>,
  request: Partial<ConfigRequest>,
  env: ConfigurationChoice["env"] = "dev",
) {
  const directory = Deno.makeTempDirSync({ prefix: "apex-config-" });
  try {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${directory}/${name}`, text);
    const choice = { directory, file: null, env, logLevel: null };
    const { text, remarks, code } = await lookAtConfiguration({ ...TABLE, ...request }, choice);
    const local = (words: string) => words.replaceAll(`${directory}/`, "");
    return { text: local(text), remarks: local(remarks), code };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("config show has a line for each setting, with its value, unit and where it was set", async () => {
  const { text, code } = await look({
    "base.yaml": "ibkr:\n  port: 4002\n",
    "dev.yaml": "monitor: { cadence_ms: 500 }\n",
  }, {});
  assert.equal(code, 0);
  assert.match(text, /^ibkr\.port +4002 .* base\.yaml:2:3$/m);
  assert.match(text, /^monitor\.cadence_ms +500 +ms +dev\.yaml:1:12$/m);
  assert.match(text, /^ibkr\.client_id +1 +built-in default$/m);
});

Deno.test("config show says what the environment itself changes", async () => {
  const { text } = await look({ "base.yaml": "" }, {}, "prod");
  assert.match(text, /^ibkr\.port +7496 +built-in prod default$/m);
});

Deno.test("config show never shows a password or a token", async () => {
  const files = {
    "base.yaml": 'database: { dsn: "postgresql://desk:hunter2@db.corp:5432/apex" }\nflex: { token: "123456789" }\n' +
      'alerts: { webhook_url: "https://hooks.example.com/services/T0/secretpath", webhook_token: "bearer-me" }\n',
  };
  for (const output of ["table", "csv", "json"] as const) {
    const { text } = await look(files, { output });
    assert.doesNotMatch(text, /hunter2|123456789|secretpath|bearer-me/, output);
    assert.match(text, /postgresql:\/\/\*\*\*@db\.corp/);
  }
});

Deno.test("config show fits the terminal and is whole in JSON", async () => {
  const { text } = await look({ "base.yaml": "" }, { width: 80 });
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
  const json = JSON.parse((await look({ "base.yaml": "" }, { output: "json" })).text);
  assert.deepEqual(json.find((row: { key: string }) => row.key === "mdqc.stale_seconds"), {
    key: "mdqc.stale_seconds",
    value: "10",
    unit: "s",
    origin: "built-in default",
  });
});

const FAULTY = { "base.yaml": "ibkr:\n  prot: 7497\n  client_id: one\n", "dev.yaml": "monitor: { cadence_ms: -1 }\n" };

Deno.test("config check lists every fault with its place and ends with 2", async () => {
  const { text, remarks, code } = await look(FAULTY, { action: "check" });
  assert.deepEqual([text, code], ["", 2]);
  assert.match(remarks, /^apex: Cannot use the configuration: 3 faults$/m);
  assert.match(remarks, /base\.yaml:2:3 .*prot.*did you mean .*port/);
  assert.match(remarks, /base\.yaml:3:\d+ .*client_id.*found "?one/);
  assert.match(remarks, /dev\.yaml:1:\d+ .*cadence_ms/);
});

Deno.test("config check gives its faults to programs as JSON", async () => {
  const { text, remarks, code } = await look(FAULTY, { action: "check", output: "json" });
  assert.deepEqual([remarks, code], ["", 2]);
  const [first, ...rest] = JSON.parse(text);
  assert.equal(rest.length, 2);
  assert.deepEqual([first.source, first.line, first.column, first.nearest], ["base.yaml", 2, 3, "ibkr.port"]);
  const sound = await look({ "base.yaml": "ibkr: { port: 4002 }\n" }, { action: "check", output: "json" });
  assert.deepEqual([JSON.parse(sound.text), sound.code], [[], 0]);
});

Deno.test("config check names the files that it read", async () => {
  const { text, code } = await look({ "base.yaml": "", "dev.yaml": "" }, { action: "check" });
  assert.deepEqual([text, code], ["No fault in base.yaml, dev.yaml.\n", 0]);
});
