import assert from "node:assert/strict";
import { loadSettings } from "../../../src/infrastructure/config/load.ts";

Deno.test("the operator is any name that can be printed, and the control channel is on unless switched off", () => {
  const standard = load({});
  assert.deepEqual([standard.dashboard.operator, standard.control.enabled], ["operator", true]);
  const own = load({ APEX_DASHBOARD__OPERATOR: "Zoë 李", APEX_CONTROL__ENABLED: "false" });
  assert.deepEqual([own.dashboard.operator, own.control.enabled], ["Zoë 李", false]);
});

Deno.test("an operator whose name would move the cursor, or is none, is refused", () => {
  for (const name of ["\u001b[2J", "x".repeat(65)]) {
    assert.throws(() => load({ APEX_DASHBOARD__OPERATOR: name }), { name: "ConfigurationError" }, name);
  }
});

function load(environment: Record<string, string>) {
  const read = () => {
    throw new Deno.errors.NotFound();
  };
  return loadSettings({ env: "dev", configDir: null, configFile: null, environment, read }).settings;
}
