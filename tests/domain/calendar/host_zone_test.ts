import assert from "node:assert/strict";

const ZONES = ["UTC", "America/New_York", "Asia/Hong_Kong", "Pacific/Auckland"];
const SCRIPT = new URL("./host_zone_answers.ts", import.meta.url);
const SOURCES = new URL("../../../src/domain/calendar/", import.meta.url);

/** Ways to ask JavaScript for the host's zone. */
const HOST_ZONE =
  /\.(get|set)(Hours|Minutes|Day|Date|Month|FullYear|TimezoneOffset)\(|toLocale|Temporal\.Now|new Date\(\)|Date\.now/;

Deno.test("the calendar says the same in UTC, New York, Hong Kong and Auckland", async () => {
  const outputs = await Promise.all(ZONES.map(async (zone) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--quiet", SCRIPT.pathname],
      env: { TZ: zone },
    });
    const { success, stdout } = await command.output();
    assert.ok(success, `the calendar failed under TZ=${zone}`);
    return new TextDecoder().decode(stdout);
  }));
  assert.ok(outputs[0]!.length > 100_000);
  for (const [index, output] of outputs.entries()) assert.ok(output === outputs[0], `differs under ${ZONES[index]}`);
});

Deno.test("the calendar never asks for the host's clock or zone", async () => {
  let files = 0;
  for await (const entry of Deno.readDir(SOURCES)) {
    const text = await Deno.readTextFile(new URL(entry.name, SOURCES));
    assert.doesNotMatch(text, HOST_ZONE, entry.name);
    files++;
  }
  assert.ok(files > 10);
});
