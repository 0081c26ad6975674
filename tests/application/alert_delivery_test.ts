import assert from "node:assert/strict";
import fc from "../support/property.ts";
import { AlertDelivery, type DeliverySettings } from "../../src/application/alert_delivery.ts";
import type { Alert, AlertSeverity } from "../../src/application/ports/notifier.ts";
import { FakeNotifier } from "../support/fake_notifier.ts";
import { seededRandom, VirtualClock } from "../support/virtual_clock.ts";
import { MemoryLog } from "../support/world.ts";

const SETTINGS: DeliverySettings = {
  groupMs: 2_000,
  maxMessages: 20,
  rateWindowMs: 600_000,
  queueAlerts: 500,
  timeoutMs: 5_000,
  retry: { firstDelayMs: 1_000, maxDelayMs: 60_000 },
};

function delivery(changes: Partial<DeliverySettings> = {}) {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const notifier = new FakeNotifier(clock);
  return { clock, log, notifier, delivery: new AlertDelivery({ ...SETTINGS, ...changes }, { notifier, clock, log }) };
}

function alert(id: string, severity: AlertSeverity = "warning"): Alert {
  const kind = severity === "info" ? "cleared" : "opened";
  return { id, subject: id, kind, severity, message: id, at: 0, env: "dev", simulated: false, values: {} };
}

Deno.test("alerts that come within the grouping time go out as one message", async () => {
  const { clock, notifier, delivery: channel } = delivery();
  channel.add(alert("a"));
  await clock.advance(1_900);
  channel.add(alert("b"));
  assert.equal(notifier.sent.length, 0);
  await clock.advance(100);
  channel.add(alert("c"));
  await clock.advance(10_000);
  assert.deepEqual(notifier.sent.map(({ at, batch }) => [at, batch.alerts.map(({ id }) => id)]), [
    [2_000, ["a", "b"]],
    [4_000, ["c"]],
  ]);
});

Deno.test("a storm is rationed: half the messages at once, then one at a time with all that happened meanwhile", async () => {
  const { clock, notifier, delivery: channel } = delivery();
  for (let second = 0; second < 120; second++) {
    channel.add(alert(`${second}`));
    await clock.advance(1_000);
  }
  await clock.advance(120_000);
  // The bucket of 10 empties by about 30 s; then one message a minute.
  const burst = notifier.sent.filter(({ at }) => at <= 35_000).length;
  assert.ok(burst === 10 || burst === 11, `${burst} messages in the burst`);
  const later = notifier.sent.filter(({ at }) => at > 35_000).map(({ at }) => at);
  for (const [index, at] of later.slice(1).entries()) assert.ok(at - later[index]! >= 59_000, `${later}`);
  assert.deepEqual(notifier.alerts.map(({ id }) => id), Array.from({ length: 120 }, (_, index) => `${index}`));
});

Deno.test("no window of time ever sees more messages than the rate allows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 7 }),
      fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 60 }),
      async (maxMessages, gaps) => {
        const { clock, notifier, delivery: channel } = delivery({ maxMessages, rateWindowMs: 60_000, groupMs: 100 });
        for (const gap of gaps) {
          channel.add(alert("x"));
          await clock.advance(gap);
        }
        await clock.advance(600_000);
        assert.equal(notifier.alerts.length, gaps.length, "every alert arrives once");
        const times = notifier.sent.map(({ at }) => at);
        for (const start of times) {
          const within = times.filter((at) => at >= start && at < start + 60_000).length;
          assert.ok(within <= maxMessages, `${within} messages in a window`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a channel that fails is tried again after 1, 2, 4 … 60 s, and is logged once each way", async () => {
  const { clock, log, notifier, delivery: channel } = delivery();
  notifier.failing = "hooks.example answered 503";
  channel.add(alert("a", "critical"));
  await clock.advance(200_000);
  assert.deepEqual(notifier.attempts, [2_000, 3_000, 5_000, 9_000, 17_000, 33_000, 65_000, 125_000, 185_000]);
  assert.deepEqual(log.lines.map(({ level, message }) => [level, message]), [
    ["ERROR", "Cannot bring alerts to the fake, trying again: hooks.example answered 503"],
  ]);
  assert.deepEqual(
    [channel.status.trouble, channel.status.failures, channel.status.waiting],
    ["hooks.example answered 503", 9, 1],
  );
  notifier.failing = null;
  channel.add(alert("b"));
  await clock.advance(60_000);
  assert.deepEqual(notifier.alerts.map(({ id }) => id), ["a", "b"]);
  assert.equal(log.lines[1]?.message, "Alerts reach the fake again");
  assert.deepEqual(log.lines[1]?.data, { failures: 9, lost: 0 });
  assert.equal(channel.status.trouble, null);
});

Deno.test("a channel that never answers is given up at the time-out and tried again", async () => {
  const { clock, notifier, delivery: channel } = delivery();
  notifier.hanging = true;
  channel.add(alert("a"));
  await clock.advance(7_500);
  assert.equal(channel.status.trouble, "no answer in time");
  notifier.hanging = false;
  await clock.advance(5_000);
  assert.deepEqual(notifier.alerts.map(({ id }) => id), ["a"]);
});

Deno.test("a channel that does not even heed the signal cannot hold the next attempt up", async () => {
  const { clock, notifier, delivery: channel } = delivery();
  const send = notifier.send.bind(notifier);
  notifier.send = () => new Promise(() => {});
  channel.add(alert("a"));
  await clock.advance(7_500);
  notifier.send = send;
  await clock.advance(5_000);
  assert.deepEqual(notifier.alerts.map(({ id }) => id), ["a"]);
});

Deno.test("a channel that throws at once is one that failed", async () => {
  const { clock, notifier, delivery: channel } = delivery();
  notifier.send = () => {
    throw new Error("broken");
  };
  channel.add(alert("a"));
  await clock.advance(2_000);
  assert.equal(channel.status.trouble, "broken");
});

Deno.test("at the bound clearings are lost before openings, the oldest first, and the next message counts them", async () => {
  const { clock, notifier, delivery: channel } = delivery({ queueAlerts: 4 });
  notifier.failing = "down";
  for (const id of ["cleared 1", "opened 1", "cleared 2", "opened 2"]) {
    channel.add(alert(id, id.startsWith("cleared") ? "info" : "warning"));
  }
  channel.add(alert("hard 1", "critical"));
  channel.add(alert("opened 3"));
  channel.add(alert("hard 2", "critical"));
  await clock.advance(2_500);
  assert.equal(channel.status.lost, 3);
  notifier.failing = null;
  await clock.advance(60_000);
  assert.deepEqual(notifier.alerts.map(({ id }) => id), ["opened 2", "hard 1", "opened 3", "hard 2"]);
  assert.deepEqual(notifier.sent.map(({ batch }) => batch.omitted), [3]);
  channel.add(alert("later"));
  await clock.advance(60_000);
  assert.equal(notifier.sent.at(-1)?.batch.omitted, 0, "what was lost is said once");
});

Deno.test("whatever is queued, no opening is lost while a clearing is kept", async () => {
  const severities = ["critical", "warning", "info"] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...severities), { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 1, max: 20 }),
      async (queued, bound) => {
        const { clock, notifier, delivery: channel } = delivery({ queueAlerts: bound });
        for (const [index, severity] of queued.entries()) channel.add(alert(`${index}`, severity));
        await clock.advance(5_000);
        const kept = notifier.alerts.map(({ severity }) => severity);
        // The most severe that fit, whatever their order was.
        const expected = severities.flatMap((severity) => queued.filter((other) => other === severity)).slice(0, bound);
        assert.deepEqual([...kept].sort(), [...expected].sort());
        assert.equal(channel.status.lost, Math.max(0, queued.length - bound));
      },
    ),
  );
});

Deno.test("a message holds 100 alerts at most; the rest follows in the next", async () => {
  const { clock, notifier, delivery: channel } = delivery();
  for (let index = 0; index < 250; index++) channel.add(alert(`${index}`));
  await clock.advance(10_000);
  assert.deepEqual(notifier.sent.map(({ batch }) => batch.alerts.length), [100, 100, 50]);
});

Deno.test("the end makes one last attempt with what waits, and says what did not arrive", async () => {
  const delivered = delivery();
  delivered.delivery.add(alert("a"));
  await delivered.delivery.stop();
  assert.deepEqual(delivered.notifier.alerts.map(({ id }) => id), ["a"]);
  assert.equal(delivered.clock.pendingTimers, 0);

  const lost = delivery();
  lost.notifier.hanging = true;
  lost.delivery.add(alert("b"));
  let stopped = false;
  const stopping = lost.delivery.stop().then(() => stopped = true);
  await lost.clock.advance(2_100);
  assert.ok(stopped, "a channel that hangs holds the end up by 2 s at most");
  await stopping;
  assert.equal(lost.log.lines.at(-1)?.message, "1 alert did not reach the fake before the end");
  assert.equal(lost.clock.pendingTimers, 0);
});

Deno.test("with failures at random, every alert arrives, in order", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = seededRandom(seed);
    const { clock, notifier, delivery: channel } = delivery({ maxMessages: 1_000 });
    const ids = Array.from({ length: 100 }, (_, index) => `${index}`);
    for (const id of ids) {
      notifier.failing = random() < 0.5 ? "flaky" : null;
      channel.add(alert(id));
      await clock.advance(random() * 3_000);
    }
    notifier.failing = null;
    await clock.advance(200_000);
    assert.deepEqual(notifier.alerts.map(({ id }) => id), ids, `seed ${seed}`);
  }
});
