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

Deno.test("the demo's day comes from its own gateway into its own store, and Futu is told to come later", async () => {
  await inFolder(async (folder) => {
    const { code, stdout } = await ended(
      start(folder, ["--env", "demo", "--broker", "all"], { APEX_IBKR__ENABLED: "true" }),
    );
    assert.equal(code, 0);
    assert.match(stdout, /IB API\s+1 of 1 read/);
    assert.match(stdout, /Futu support, in a later version/);
    assert.ok(count(folder, "demo.db") > 0);
    const futu = await ended(start(folder, ["--broker", "futu"]));
    assert.deepEqual([futu.code, /later version/.test(futu.stderr)], [2, true]);
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

async function ended(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
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

function count(folder: string, name = "apex.db"): number {
  const file = `${folder}/data/${name}`;
  try {
    Deno.statSync(file);
    const connection = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    try {
      return Number(connection.prepare("SELECT count(*) AS n FROM ib_raw_executions").get()?.n);
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
