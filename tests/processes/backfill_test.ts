/** `apex backfill` as a process of its own: killed, stopped, repeated, and dry. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { statement, trade } from "../infrastructure/ibkr/flex/flex_xml.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const TRADES = 20_000;

Deno.test("killed in the middle of a file and run again, a backfill ends with each trade once", async () => {
  await inFolder(async (folder) => {
    await putTrades(folder);
    const killed = start(folder, ["--broker", "ib"]);
    await storedBetween(folder, 1, TRADES - 1);
    killed.kill("SIGKILL");
    await killed.output();
    const before = count(folder);
    assert.ok(before > 0 && before < TRADES, `killed after ${before} trades`);

    const again = start(folder, ["--broker", "ib"]);
    const { code, stdout } = await ended(again);
    assert.deepEqual([code, count(folder)], [0, TRADES]);
    assert.match(stdout, /1 of 1 read.*20,000/);

    const third = await ended(start(folder, ["--broker", "ib"]));
    assert.deepEqual([third.code, count(folder)], [0, TRADES]);
    assert.match(third.stdout, /1 known/);
  });
});

Deno.test("Ctrl+C stops a backfill in order: it says what it stored, and the next run goes on", async () => {
  await inFolder(async (folder) => {
    await putTrades(folder);
    const child = start(folder, ["--broker", "ib"]);
    await storedBetween(folder, 1, TRADES - 1);
    child.kill("SIGINT");
    const { code, stdout } = await ended(child);
    assert.equal(code, 130);
    assert.match(stdout, /Stopped: [\d,]+ executions read in .* and stored\./);
    assert.ok(count(folder) < TRADES);
  });
});

Deno.test("a dry run changes no byte of the folder, with a store and without one", async () => {
  await inFolder(async (folder) => {
    await putTrades(folder, 300);
    const untouched = await contentOf(folder);
    const first = await ended(start(folder, ["--broker", "ib", "--dry-run"]));
    assert.match(first.stdout, /300 executions read in .*; this was a dry run: nothing was written\./);
    assert.deepEqual([first.code, await contentOf(folder)], [0, untouched]);

    assert.equal((await ended(start(folder, ["--broker", "ib"]))).code, 0);
    const stored = await contentOf(folder);
    const second = await ended(start(folder, ["--broker", "ib", "--dry-run"]));
    assert.match(second.stdout, /1 known/);
    assert.deepEqual([second.code, await contentOf(folder)], [0, stored]);
  });
});

Deno.test("a statement service outside of what the program may reach fails alone, with the remedy, and the token stays secret", async () => {
  await inFolder(async (folder) => {
    await putTrades(folder, 10);
    const flex = {
      APEX_FLEX__TOKEN: "secretToken9",
      APEX_FLEX__QUERY_ID: "777",
      APEX_FLEX__URL: "https://statements.example/flex",
    };
    const { code, stdout, stderr } = await ended(start(folder, ["--broker", "ib"], flex));
    assert.equal(code, 1);
    assert.match(stdout, /IB Flex web service, [^]*APEX_ALLOW_NET=statements\.example:443/);
    assert.equal(count(folder), 10);
    const log = await Deno.readTextFile(`${folder}/data/logs/live_risk.log`);
    assert.doesNotMatch(stdout + stderr + log, /secretToken9/);
  });
});

Deno.test("the demo's day comes from its own gateway into its own store, and Futu is not asked unless it is enabled", async () => {
  await inFolder(async (folder) => {
    const { code, stdout } = await ended(
      start(folder, ["--env", "demo", "--broker", "all"], { APEX_IBKR__ENABLED: "true" }),
    );
    assert.equal(code, 0);
    assert.match(stdout, /IB API\s+1 of 1 read/);
    assert.match(stdout, /Futu is not asked: futu\.enabled is false\./);
    assert.ok(count(folder, "demo.db") > 0);
    const futu = await ended(start(folder, ["--broker", "futu"]));
    assert.equal(futu.code, 2);
    assert.match(futu.stderr, /futu\.enabled is false; set futu\.enabled: true/);
  });
});

/** The demo's OpenD, in the same process. The same moment gives the same history. */
const FUTU = ["--env", "demo", "--now", "2026-11-20T15:30:00Z"];
const FUTU_ENVIRONMENT = { APEX_FUTU__ENABLED: "true", APEX_FUTU__FILTER_TRDMARKET: "NONE" };

Deno.test("the demo's orders, deals and fees come from its own OpenD, beside IB's day, and again nothing is doubled", async () => {
  await inFolder(async (folder) => {
    const args = [...FUTU, "--broker", "all", "--days", "180"];
    const first = await ended(start(folder, args, FUTU_ENVIRONMENT));
    assert.equal(first.code, 0, first.stdout + first.stderr);
    // The history of the demo's two accounts, with what they did today.
    assert.match(first.stdout, /266 orders, 318 deals and 236 fees read in .* and stored\./);
    assert.match(first.stdout, /IB API +1 of 1 read/);
    assert.match(first.stdout, /Futu +20 of 20 read/);
    const rows = ["orders", "deals", "fees"].map((kind) => count(folder, "demo.db", `futu_raw_${kind}`));
    assert.deepEqual(rows, [266, 318, 236]);
    const again = await ended(start(folder, args, FUTU_ENVIRONMENT));
    assert.equal(again.code, 0, again.stdout);
    assert.deepEqual(["orders", "deals", "fees"].map((kind) => count(folder, "demo.db", `futu_raw_${kind}`)), rows);
    const log = await Deno.readTextFile(`${folder}/data/logs/live_risk.log`);
    assert.doesNotMatch(first.stderr + again.stderr + log, /281756479345015383|281756455988247915/);
  });
});

Deno.test("Ctrl+C while it waits for OpenD's limit ends at once, and killed there it goes on the next time", async () => {
  await inFolder(async (folder) => {
    const args = [...FUTU, "--broker", "futu", "--days", "1000"];
    const stopped = start(folder, args, FUTU_ENVIRONMENT);
    const { whole } = await stderrUntil(stopped, /waiting \d+ s for OpenD's limit \(10 in 30 s\)/);
    const waitedFrom = performance.now();
    stopped.kill("SIGINT");
    const { code, stdout } = await ended(stopped, whole);
    assert.equal(code, 130);
    assert.ok(performance.now() - waitedFrom < 15_000, "it did not wait for its turn");
    assert.match(stdout, /Stopped: .*orders.* and stored\./);
    const killed = start(folder, args, FUTU_ENVIRONMENT);
    const { whole: words } = await stderrUntil(killed, /waiting/);
    killed.kill("SIGKILL");
    await ended(killed, words);
    assert.ok(count(folder, "demo.db", "futu_raw_orders") > 0);

    const last = await ended(start(folder, [...FUTU, "--broker", "futu", "--days", "180"], FUTU_ENVIRONMENT));
    assert.equal(last.code, 0, last.stdout);
    const rows = ["orders", "deals", "fees"].map((kind) => count(folder, "demo.db", `futu_raw_${kind}`));
    assert.deepEqual(rows, [266, 318, 236]);
  });
});

Deno.test("an OpenD that does not run is one failure with what to do, and IB's part goes on", async () => {
  await inFolder(async (folder) => {
    await putTrades(folder, 10);
    const { code, stdout } = await ended(start(folder, [], { APEX_FUTU__ENABLED: "true", APEX_FUTU__PORT: "9" }));
    assert.equal(code, 1);
    assert.match(stdout, /Failed:\n- Futu: Cannot reach OpenD at\s+127\.0\.0\.1:9/);
    assert.match(stdout, /IB Flex files +1 of 1 read/);
    assert.equal(count(folder), 10);
  });
});

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/data/flex`, { recursive: true });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function putTrades(folder: string, trades = TRADES): Promise<void> {
  const rows = Array.from({ length: trades }, (_, at) => trade({ ibExecID: `0000e0d5.${at}.01.01`, tradeID: at + 1 }));
  const text = `<FlexQueryResponse><FlexStatements count="1">${statement(rows)}</FlexStatements></FlexQueryResponse>`;
  await Deno.writeTextFile(`${folder}/data/flex/history.xml`, text);
}

function start(folder: string, args: readonly string[], environment: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", `--config=${CONFIG}`],
      ...[`--allow-read=${folder},${new URL(".", `file://${MAIN}`).pathname}`, `--allow-write=${folder}`],
      ...["--allow-net=127.0.0.0/8", "--allow-env=APEX_*,NO_COLOR,TERM", "--ignore-env", MAIN, "backfill", ...args],
    ],
    cwd: folder,
    env: { APEX_IBKR__ENABLED: "false", ...environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** @param read standard error, where somebody reads it already */
async function ended(child: Deno.ChildProcess, read: Promise<string> | null = null) {
  const [status, stdout, stderr] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    read ?? new Response(child.stderr).text(),
  ]);
  return { code: status.code, stdout, stderr };
}

/** Resolves when the process has written such a line; `whole` with all that it goes on to write. */
async function stderrUntil(child: Deno.ChildProcess, line: RegExp): Promise<{ readonly whole: Promise<string> }> {
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!line.test(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`it ended without ${line}: ${text}`);
    text += value;
  }
  const rest = async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    return text;
  };
  return { whole: rest() };
}

/** Resolves when so many executions are stored; fails when the moment was missed. */
async function storedBetween(folder: string, least: number, most: number): Promise<void> {
  for (let looks = 0; looks < 10_000; looks++) {
    const stored = count(folder);
    if (stored >= least && stored <= most) return;
    if (stored > most) throw new Error("it was done before anybody could stop it");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("nothing was stored");
}

function count(folder: string, name = "apex.db", table = "ib_raw_executions"): number {
  const file = `${folder}/data/${name}`;
  try {
    Deno.statSync(file);
    const connection = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    try {
      return Number(connection.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
    } finally {
      connection.close();
    }
  } catch (fault) {
    // Not made, or not migrated yet.
    if (fault instanceof Deno.errors.NotFound || /no such table|unable to open/.test(String(fault))) return 0;
    throw fault;
  }
}

/** Every file with its time and content, and every folder. */
async function contentOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      found.push(path, ...await contentOf(path));
      continue;
    }
    const { mtime } = await Deno.stat(path);
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
    found.push(`${path} ${mtime?.getTime()} ${new Uint8Array(digest).toHex()}`);
  }
  return found.sort();
}
