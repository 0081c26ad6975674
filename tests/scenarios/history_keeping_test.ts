/** History beside a store that answers nothing: neither the start nor the end waits for it. */
import assert from "node:assert/strict";
import { keepHistory } from "../../src/compose/history_keeping.ts";
import type { CommandHost, WorkerConnection } from "../../src/application/ports/host.ts";
import { MonitorBuilder, settingsWith } from "../support/monitor_builder.ts";

/** Whoever ends a program ends it by force after that. */
const STOP_LIMIT_MS = 10_000;

Deno.test("a store that answers nothing delays the start by three seconds and the end by eight", async () => {
  const { history, clock, workers, health } = deafStore();
  const restored = timed(history.restore(), clock);
  await clock.advance(STOP_LIMIT_MS);
  assert.equal(restored.tookMs, 3_000);
  assert.deepEqual(health(), {
    status: "degraded",
    detail: "waits for the book; at the start: PostgreSQL 127.0.0.1:1/risk took too long to read",
  });
  const closed = timed(history.close(), clock);
  await clock.advance(STOP_LIMIT_MS);
  assert.equal(closed.tookMs, 8_000);
  assert.deepEqual(workers.map(({ terminated }) => terminated), [true]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("a program that is to end waits no longer for what an earlier run stored", async () => {
  const { history, clock, end, logged } = deafStore();
  const restored = timed(history.restore(), clock);
  await clock.advance(1_000);
  end.abort();
  await clock.advance(0);
  assert.equal(restored.tookMs, 1_000);
  assert.deepEqual(logged.map(({ message }) => message), []);
});

function deafStore() {
  const { monitor, clock, logged } = new MonitorBuilder();
  const defaults = settingsWith();
  const workers: { terminated: boolean }[] = [];
  const end = new AbortController();
  const host: Pick<CommandHost, "signal" | "startStoreWorker"> = {
    signal: end.signal,
    startStoreWorker(): WorkerConnection {
      const worker = { terminated: false };
      workers.push(worker);
      return { post() {}, onMessage() {}, onFailure() {}, terminate: () => void (worker.terminated = true) };
    },
  };
  const history = keepHistory({
    monitor,
    settings: { ...defaults, database: { ...defaults.database, dsn: "postgresql://apex@127.0.0.1:1/risk" } },
    autoMigrate: false,
    host: host as CommandHost,
    clock,
    log: { write: (level, _category, message) => void logged.push({ level, message }) },
  });
  return { history, clock, workers, end, logged, health: () => monitor.databaseHealth() };
}

/** `tookMs` is null until it has come to its end. */
function timed(work: Promise<void>, clock: { monotonic(): number }): { tookMs: number | null } {
  const since = clock.monotonic();
  const result: { tookMs: number | null } = { tookMs: null };
  void work.then(() => result.tookMs = clock.monotonic() - since);
  return result;
}
