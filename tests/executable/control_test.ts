/** The control channel between two processes of the executable, in its sandbox. */
import assert from "node:assert/strict";
import type { MonitorStatus } from "../../src/application/control/monitor_status.ts";
import { apex, ended, exists, smoke, start, whileRunning } from "./executable.ts";

const BREACH = "max_total_gross_notional";
const FILE = "data/run/control-demo.json";

smoke("a running monitor tells its status and takes an acknowledgement from a second process", async (folder) => {
  configure(folder);
  const monitor = await watching(folder);
  assert.deepEqual(modesOf(folder), [0o700, 0o600]);
  const status: MonitorStatus = JSON.parse((await apex(folder, "status --env demo --format json")).stdout);
  assert.deepEqual([status.pid, status.env], [monitor.child.pid, "demo"]);

  const seen = await apex(folder, `breaches ack ${BREACH} --note seen --env demo`);
  assert.deepEqual([seen.code, seen.stderr], [0, ""]);
  assert.match(seen.stdout, /^Acknowledged by operator, with the note: seen\./);
  assert.match((await apex(folder, "breaches --env demo")).stdout, new RegExp(`hard ack +${BREACH}`));
  assert.match((await apex(folder, "positions --env demo")).stdout, /TSLA 18Dec26 400 C/);

  monitor.child.kill("SIGTERM");
  assert.equal((await monitor.ended).code, 0);
  assert.equal(exists(`${folder}/${FILE}`), false);
  assert.equal((await apex(folder, "status --env demo")).code, 1);
});

smoke("kill -9 leaves a file that nobody takes for a monitor, and that the next start replaces", async (folder) => {
  configure(folder);
  const killed = await watching(folder);
  killed.child.kill("SIGKILL");
  await killed.ended;
  const stale = Deno.readTextFileSync(`${folder}/${FILE}`);
  const { code, stderr } = await apex(folder, "status --env demo");
  assert.equal(code, 1);
  assert.match(stderr, /ended without tidying up; start one with apex watch --env demo/);

  const next = await watching(folder, stale);
  assert.match((await apex(folder, "status --env demo")).stdout, new RegExp(`process ${next.child.pid}`));
  next.child.kill("SIGTERM");
  await next.ended;
  assert.equal(exists(`${folder}/${FILE}`), false);
});

function configure(folder: string): void {
  Deno.writeTextFileSync(
    `${folder}/config/base.yaml`,
    `risk_limits: { ${BREACH}: 100_000, debounce_seconds: { soft: 0, hard: 0 } }\n`,
  );
}

/** A monitor that answers and has judged its limits; `stale` is the file that was there before. */
async function watching(folder: string, stale = "") {
  const child = start(folder, "watch --env demo --format text");
  const running = ended(child);
  await whileRunning(running, "a breach at the monitor", async () => {
    if (!exists(`${folder}/${FILE}`) || Deno.readTextFileSync(`${folder}/${FILE}`) === stale) return null;
    return (await apex(folder, "breaches --env demo")).stdout.includes(BREACH) ? true : null;
  });
  return { child, ended: running };
}

function modesOf(folder: string): number[] {
  return [`${folder}/data/run`, `${folder}/${FILE}`].map((path) => Deno.lstatSync(path).mode! & 0o777);
}
