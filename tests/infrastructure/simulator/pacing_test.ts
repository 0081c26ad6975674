import assert from "node:assert/strict";
import { Pacing } from "../../../src/infrastructure/simulator/pacing.ts";

Deno.test("fifty messages in a second are fine, for ever", () => {
  const pacing = new Pacing();
  for (let at = 0; at < 60_000; at += 20) assert.equal(pacing.count(at), "fine");
});

Deno.test("the fifty-first is warned about once, and going on ends the connection", () => {
  const pacing = new Pacing();
  const paces = Array.from({ length: 400 }, () => pacing.count(0));
  assert.equal(paces.indexOf("warn"), 50);
  assert.equal(paces.filter((pace) => pace === "warn").length, 3);
  const closed = paces.indexOf("close");
  assert.ok(closed > 100 && closed < 250, `closed after ${closed} messages`);
});

Deno.test("a client that slows down again is left alone", () => {
  const pacing = new Pacing();
  for (let i = 0; i < 60; i++) pacing.count(0);
  for (let at = 2000; at < 20_000; at += 25) assert.equal(pacing.count(at), "fine");
});
