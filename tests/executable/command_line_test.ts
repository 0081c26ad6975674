/** What the executable says and how it ends, without a gateway. */
import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { apex, smoke } from "./executable.ts";

smoke("version prints the project's version", async (folder) => {
  assert.deepEqual(await apex(folder, "version"), { code: 0, stdout: `${project.version}\n`, stderr: "" });
});

smoke("help names the commands and ends with 0", async (folder) => {
  const { code, stdout, stderr } = await apex(folder, "--help");
  assert.deepEqual([code, stderr], [0, ""]);
  for (const command of ["watch", "snapshot", "simulate", "version"]) {
    assert.match(stdout, new RegExp(`^ +${command}`, "m"));
  }
});

smoke("a wrong option ends with 2 and a suggestion", async (folder) => {
  const { code, stdout, stderr } = await apex(folder, "snapshot --tmeout 3s");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /unknown option '--tmeout'\n\(Did you mean --timeout\?\)/);
});

smoke("a wrong command ends with 2 and a suggestion", async (folder) => {
  const { code, stderr } = await apex(folder, "snapshto");
  assert.equal(code, 2);
  assert.match(stderr, /Did you mean snapshot\?/);
});

smoke("a wrong configuration ends with 2 and lists every fault with its place", async (folder) => {
  Deno.writeTextFileSync(`${folder}/config/base.yaml`, "ibkr:\n  prot: 7497\n  client_id: one\n");
  const { code, stdout, stderr } = await apex(folder, "snapshot");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /config\/base\.yaml:2:3 .*prot.*did you mean .*port/);
  assert.match(stderr, /config\/base\.yaml:3:\d+ .*client_id/);
  assert.doesNotMatch(stderr, /\n\s+at /, "no stack");
});

smoke("a configuration outside the allowed folders is refused in a sentence that names them", async (folder) => {
  Deno.writeTextFileSync(`${folder}/elsewhere.yaml`, "ibkr: { port: 7497 }\n");
  const { code, stderr } = await apex(folder, "snapshot --config elsewhere.yaml");
  assert.equal(code, 2);
  assert.match(stderr, /elsewhere\.yaml .*config\/.*data\/.*\/etc\/apex/);
});
