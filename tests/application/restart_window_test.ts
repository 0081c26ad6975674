import assert from "node:assert/strict";
import { parseRestartWindow, restartWindowEnd } from "../../src/application/restart_window.ts";

const ZONE = "America/New_York";
const WINDOWS = ["23:45-00:45", "Fri 23:00-03:00", "Sun 00:45-06:00"].map((text) => parseRestartWindow(text)!);

function instant(local: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).epochMilliseconds;
}

/** The end in New York's time of the window that holds the instant; null outside of all. */
function end(local: string): string | null {
  const ends = restartWindowEnd(WINDOWS, ZONE, instant(local));
  return ends === null
    ? null
    : Temporal.Instant.fromEpochMilliseconds(ends).toZonedDateTimeISO(ZONE).toPlainDateTime().toString();
}

Deno.test("a window over midnight holds on both sides of it, its start included and its end not", () => {
  assert.equal(end("2026-11-18T23:44:59"), null);
  assert.equal(end("2026-11-18T23:45:00"), "2026-11-19T00:45:00");
  assert.equal(end("2026-11-19T00:44:59"), "2026-11-19T00:45:00");
  assert.equal(end("2026-11-19T00:45:00"), null);
});

Deno.test("a window of one day begins on that day alone, and the later end counts where two overlap", () => {
  assert.equal(end("2026-11-20T23:10:00"), "2026-11-21T03:00:00");
  assert.equal(end("2026-11-21T00:10:00"), "2026-11-21T03:00:00");
  assert.equal(end("2026-11-19T23:10:00"), null);
  assert.equal(end("2026-11-22T05:59:00"), "2026-11-22T06:00:00");
  assert.equal(end("2026-11-23T05:59:00"), null);
});

Deno.test("on the night that clocks change the window keeps to the clock on the wall", () => {
  // On 1 November 2026 New York's clocks go back at 02:00: 00:45 to 06:00 lasts 6 h 15 min.
  const ends = restartWindowEnd(WINDOWS, ZONE, instant("2026-11-01T00:50:00"));
  assert.equal(ends! - instant("2026-11-01T00:45:00"), 375 * 60_000);
});
