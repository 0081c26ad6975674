/** A running `watch` and the commands that ask it, each a process of its own. */
import assert from "node:assert/strict";
import type { MonitorStatus } from "../../src/application/control/monitor_status.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const BREACH = "max_total_gross_notional";
const FILE = "data/run/control-demo.json";

Deno.test("a monitor is asked, and a breach acknowledged, from other processes; its file goes with it", async () => {
  await inFolder(async (folder) => {
    const monitor = await watching(folder);
    try {
      const status = JSON.parse((await apex(folder, "status --format json")).stdout) as MonitorStatus;
      assert.deepEqual([status.env, status.simulated, status.pid], ["demo", true, monitor.pid]);
      assert.ok(status.snapshotAgeMs !== null && status.snapshotAgeMs < 5_000);
      assert.equal((await apex(folder, "status --fail-on hard")).code, 3);

      const positions = await apex(folder, "positions --symbol TSLA --account DU1 --format json");
      const rows = JSON.parse(positions.stdout) as { live: boolean; underlying: string; account: string }[];
      assert.ok(rows.length > 0);
      assert.ok(rows.every((row) => row.live && row.underlying === "TSLA" && row.account === "DU1"));

      assert.match((await apex(folder, "breaches")).stdout, new RegExp(`hard (open|escalated)  ${BREACH}`));
      const seen = await apex(folder, `breaches ack ${BREACH} --note seen`);
      assert.deepEqual([seen.code, seen.stderr], [0, ""]);
      assert.match(seen.stdout, /^Acknowledged by Jo, with the note: seen\.\n/);
      assert.match((await apex(folder, "breaches")).stdout, new RegExp(`hard ack .*${BREACH}`));
      const takenBack = await apex(folder, `breaches take-back ${BREACH}`);
      assert.match(takenBack.stdout, /^Taken back: .* is open again\.\n$/);

      const wrong = await apex(folder, "breaches ack max_total_gross_notinal");
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, new RegExp(`did you mean ${BREACH}\\?`));

      const other = await apex(folder, "status", "dev");
      assert.equal(other.code, 1);
      assert.match(other.stderr, /No monitor for dev can be asked here, but for demo: add --env demo/);

      const second = await apex(folder, "watch --format text --for 1s");
      assert.equal(second.code, 0);
      assert.match(logOf(folder), new RegExp(`another monitor for demo \\(process ${monitor.pid}\\)`));
      assert.equal((await apex(folder, "status")).code, 0);
    } finally {
      monitor.kill("SIGTERM");
    }
    assert.equal((await monitor.ended).code, 0);
    assert.equal(isThere(`${folder}/${FILE}`), false);
    const { code, stderr } = await apex(folder, "status");
    assert.deepEqual([code, /start one in this folder with apex watch --env demo/.test(stderr)], [1, true]);

    const stored = await apex(folder, "positions --symbol TSLA");
    assert.equal(stored.code, 0);
    assert.match(stored.stdout, /^NOT LIVE, from the store: No monitor for demo can be asked here/);
    assert.match(stored.stdout, /TSLA 18Dec26 400 C/);
    const csv = await apex(folder, "breaches --format csv");
    assert.match(csv.stdout, new RegExp(`\r\nfalse,.*${BREACH}`));
    assert.match(csv.stderr, /^apex: Not live, from the store/);
    for (const question of [`breaches ack ${BREACH}`, "positions --watch 1"]) {
      assert.equal((await apex(folder, question)).code, 1, question);
    }
    const log = logOf(folder);
    assert.doesNotMatch(log, /[0-9a-f]{64}/);
  });
});

Deno.test("the file that a killed monitor left says so to who asks, and the next monitor replaces it", async () => {
  await inFolder(async (folder) => {
    const killed = await watching(folder);
    killed.kill("SIGKILL");
    await killed.ended;
    assert.equal(isThere(`${folder}/${FILE}`), true);
    const { code, stderr } = await apex(folder, "status");
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`the one that process ${killed.pid} started at .* ended without tidying up`));

    const next = await watching(folder, killed.pid);
    const status = await apex(folder, "status --format json");
    assert.equal((JSON.parse(status.stdout) as MonitorStatus).pid, next.pid);

    const stopped = await shown(folder, "status --watch 0.2");
    stopped.kill("SIGINT");
    assert.deepEqual(await stopped.ended, { code: 0, stderr: "" });
    const left = await shown(folder, "breaches --watch 0.2");
    next.kill("SIGTERM");
    await next.ended;
    const { code: leftCode, stderr: leftWords } = await left.ended;
    assert.deepEqual([leftCode, leftWords], [1, `apex: The monitor for demo (process ${next.pid}) has ended\n`]);
    assert.equal(isThere(`${folder}/${FILE}`), false);
  });
});

Deno.test("switched off, a monitor listens nowhere and leaves no file", async () => {
  await inFolder(async (folder) => {
    const { code } = await apex(folder, "watch --format text --for 1s", "demo", { APEX_CONTROL__ENABLED: "false" });
    assert.deepEqual([code, isThere(`${folder}/data/run`)], [0, false]);
    const asked = await apex(folder, "status", "demo", { APEX_CONTROL__ENABLED: "false" });
    assert.match(asked.stderr, /control\.enabled is false/);
  });
});

/** A monitor that runs beside the test. */
interface Watching {
  readonly pid: number;
  kill(signal: Deno.Signal): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number }>;
}

/** One that answers and has judged its limits; `before` is the process that left the file there. */
async function watching(folder: string, before: number | null = null): Promise<Watching> {
  const child = start(folder, "watch --format text", "demo", {});
  const ended = child.output();
  for (let looks = 0; looks < 400; looks++) {
    if (isThere(`${folder}/${FILE}`) && JSON.parse(Deno.readTextFileSync(`${folder}/${FILE}`)).pid !== before) {
      if ((await apex(folder, "breaches")).stdout.includes(BREACH)) {
        return { pid: child.pid, kill: (signal) => child.kill(signal), ended };
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  await ended;
  throw new Error("the monitor has not come to judge its limits");
}

/** A command that shows something again and again, and has shown it once. */
async function shown(folder: string, line: string) {
  const child = start(folder, line, "demo", {});
  const reader = child.stdout.getReader();
  assert.equal((await reader.read()).done, false);
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const ended = (async () => {
    const words = await new Response(child.stderr).text();
    await drained;
    return { code: (await child.status).code, stderr: words };
  })();
  return { kill: (signal: Deno.Signal) => child.kill(signal), ended };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  for (const inside of ["config", "data"]) await Deno.mkdir(`${folder}/${inside}`);
  await Deno.writeTextFile(
    `${folder}/config/base.yaml`,
    `risk_limits: { ${BREACH}: 100_000, debounce_seconds: { soft: 0, hard: 0 } }\ndashboard: { operator: Jo }\n`,
  );
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function start(folder: string, line: string, env: string, variables: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", `--config=${CONFIG}`],
      ...[`--allow-read=${folder},${new URL(".", `file://${MAIN}`).pathname}`, `--allow-write=${folder}`],
      ...["--allow-net=127.0.0.0/8", "--allow-env=APEX_*,NO_COLOR,TERM", "--ignore-env", MAIN],
      ...line.split(" "),
      ...["--env", env],
    ],
    cwd: folder,
    env: variables,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function apex(folder: string, line: string, env = "demo", variables: Record<string, string> = {}) {
  const { code, stdout, stderr } = await start(folder, line, env, variables).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return false;
    throw fault;
  }
}

function logOf(folder: string): string {
  return Deno.readTextFileSync(`${folder}/data/logs/live_risk.log`);
}
