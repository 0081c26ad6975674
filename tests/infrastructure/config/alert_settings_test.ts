import assert from "node:assert/strict";
import { describeSettings } from "../../../src/infrastructure/config/describe.ts";
import { ConfigurationError } from "../../../src/infrastructure/config/fault.ts";
import { configuredHosts } from "../../../src/infrastructure/config/hosts.ts";
import { loadSettings } from "../../../src/infrastructure/config/load.ts";
import { memoryFiles } from "./memory_files.ts";

function load(environment: Readonly<Record<string, string>>) {
  return loadSettings({ env: "demo", configDir: null, configFile: null, environment, read: memoryFiles({}) });
}

function refusal(environment: Readonly<Record<string, string>>): string {
  let text = "";
  assert.throws(() => load(environment), (fault) => {
    text = fault instanceof ConfigurationError ? fault.message : "";
    return fault instanceof ConfigurationError;
  });
  return text;
}

Deno.test("the webhook's host and port may be reached, as they are dialled", () => {
  const hosts = (url: string) => configuredHosts(load({ APEX_ALERTS__WEBHOOK_URL: url }).settings);
  assert.deepEqual(hosts("http://127.0.0.1:9000/alerts"), ["127.0.0.1:9000"]);
  assert.deepEqual(hosts("https://Hooks.Example.com/services/T000"), ["hooks.example.com:443"]);
  assert.deepEqual(hosts("http://[::1]/x"), ["[::1]:80"]);
  assert.deepEqual(configuredHosts(load({}).settings), []);
});

Deno.test("a webhook's address must be one that can be posted to, and is not repeated when it is not", () => {
  for (const url of ["hooks.example.com", "ftp://h/x", "http://user:pa55word@h/x", "http://", "http://h/x#y"]) {
    const said = refusal({ APEX_ALERTS__WEBHOOK_URL: url });
    assert.match(said, /alerts\.webhook_url/, url);
    assert.doesNotMatch(said, /pa55word/);
  }
  assert.match(refusal({ APEX_ALERTS__WEBHOOK_TOKEN: "two words" }), /alerts\.webhook_token/);
});

Deno.test("the token and the webhook's path are shown nowhere", () => {
  const loaded = load({
    APEX_ALERTS__WEBHOOK_URL: "https://hooks.example.com/services/T000?key=abc",
    APEX_ALERTS__WEBHOOK_TOKEN: "s3cret",
  });
  const shown = new Map(describeSettings(loaded).map(({ key, value }) => [key, value]));
  assert.equal(shown.get("alerts.webhook_url"), "https://hooks.example.com/***");
  assert.equal(shown.get("alerts.webhook_token"), "***");
  assert.deepEqual(loaded.settings.alerts.webhook, {
    url: "https://hooks.example.com/services/T000?key=abc",
    token: "s3cret",
  });
});

Deno.test("the restart's times are read by day and by night", () => {
  const { restartWindows } =
    load({ APEX_IBKR__RESTART_WINDOW: '["23:45-00:45", "Sun 00:45-06:00"]' }).settings.alerts.health;
  assert.deepEqual(restartWindows, [{ weekday: null, from: 1425, to: 45 }, { weekday: 0, from: 45, to: 360 }]);
  assert.deepEqual(load({ APEX_IBKR__RESTART_WINDOW: "[]" }).settings.alerts.health.restartWindows, []);
  for (const wrong of ["23:45", "24:00-25:00", "Sunday 01:00-02:00", "Abc 01:00-02:00", "1:00-2:00"]) {
    assert.match(refusal({ APEX_IBKR__RESTART_WINDOW: `["${wrong}"]` }), /ibkr\.restart_window/, wrong);
  }
});

Deno.test("a first wait longer than the longest is refused", () => {
  assert.match(refusal({ APEX_ALERTS__RETRY__FIRST_DELAY_MS: "90_000" }), /alerts\.retry\.first_delay_ms/);
});
