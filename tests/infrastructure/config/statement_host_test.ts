import assert from "node:assert/strict";
import { configuredHosts, flexHost } from "../../../src/infrastructure/config/hosts.ts";
import { demoSettings } from "../../support/world.ts";

Deno.test("the statement service is a host only with a token, and none of those that other commands may reach", () => {
  const settings = demoSettings();
  const flex = { ...settings.flex, token: "token1" };
  assert.equal(flexHost(settings.flex), null);
  assert.equal(flexHost(flex), "ndcdyn.interactivebrokers.com:443");
  assert.ok(!configuredHosts({ ...settings, flex }).includes("ndcdyn.interactivebrokers.com:443"));
});
