import assert from "node:assert/strict";
import { describeSettings } from "../../../src/infrastructure/config/describe.ts";
import { ConfigurationError } from "../../../src/infrastructure/config/fault.ts";
import { loadSettings } from "../../../src/infrastructure/config/load.ts";
import { memoryFiles } from "./memory_files.ts";

function load(yaml: string, environment: Record<string, string> = {}) {
  const read = memoryFiles({ "config/base.yaml": yaml });
  return loadSettings({ env: "dev", configDir: null, configFile: null, environment, read });
}

function faultsOf(yaml: string): string[] {
  try {
    load(yaml);
  } catch (error) {
    assert(error instanceof ConfigurationError);
    return error.faults.map(({ key }) => key);
  }
  return [];
}

Deno.test("sets of moves have a name and fractions, in the order they are written", () => {
  const { settings } = load("scenarios: { sets: { crash: [-0.4, -0.2], gap: [0.05] } }\n");
  assert.deepEqual(settings.shockSets, [{ name: "crash", spots: [-0.4, -0.2] }, { name: "gap", spots: [0.05] }]);
});

Deno.test("without a word there are small and large moves; an empty map leaves none", () => {
  assert.deepEqual(load("").settings.shockSets.map(({ name }) => name), ["small", "large"]);
  assert.deepEqual(load("scenarios: { sets: {} }\n").settings.shockSets, []);
});

Deno.test("a later layer replaces the sets, and each is shown with its moves and origin", () => {
  const loaded = load("scenarios: { sets: { crash: [-0.4] } }\n", { APEX_SCENARIOS__SETS: "{gap: [0.05, 0.1]}" });
  assert.deepEqual(loaded.settings.shockSets, [{ name: "gap", spots: [0.05, 0.1] }]);
  const row = describeSettings(loaded).find(({ key }) => key.startsWith("scenarios.sets"));
  assert.deepEqual([row?.key, row?.value, row?.unit], ["scenarios.sets.gap", "[0.05, 0.1]", "fraction"]);
  assert.match(row?.origin ?? "", /APEX_SCENARIOS__SETS/);
});

Deno.test("a set that cannot be is a fault at its name", () => {
  for (const moves of ["[]", "0.1", "[0, 0.1]", "[0.1, 0.1]", "[-1]", "[11]", "[a]", "null"]) {
    assert.deepEqual(faultsOf(`scenarios: { sets: { bad: ${moves}, fine: [0.1] } }\n`), ["scenarios.sets.bad"], moves);
  }
  assert.deepEqual(faultsOf("scenarios: { sets: [0.1] }\n"), ["scenarios.sets"]);
  assert.deepEqual(faultsOf(`scenarios: { sets: { ${"n".repeat(21)}: [0.1] } }\n`), [
    `scenarios.sets.${"n".repeat(21)}`,
  ]);
});
