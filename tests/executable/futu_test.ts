/** The executable beside a simulated OpenD in a process of its own: both brokers, one of them going away, and the past. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Finding } from "../../src/application/doctor/finding.ts";
import type { PositionView, RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { apex, freePort, smoke, start, whileRunning, withServer } from "./executable.ts";

/** The demo's general account, its older one, and what the two traded (config/scenarios/futu-demo.yaml). */
const PAST_ORDERS = 250 + 12;
const PAST_DEALS = 300 + 15;

smoke("a snapshot holds the books of both brokers, apart and added up", async (folder) => {
  await withBothBrokers(folder, async () => {
    const { code, stdout, stderr } = await apex(folder, "snapshot --format json");
    assert.deepEqual([code, stderr], [0, ""]);
    const snapshot: RiskSnapshot = JSON.parse(stdout);
    assert.deepEqual([...new Set(snapshot.accounts.map(({ source }) => source))].sort(), ["FUTU", "IB"]);
    const apple = snapshot.positions.find(({ symbol, assetType }) => symbol === "AAPL" && assetType === "STOCK");
    assert(apple !== undefined);
    assert.deepEqual([...new Set(apple.leaves.map(({ source }) => source))].sort(), ["FUTU", "IB"]);
    assert.equal(apple.quantity, apple.leaves.reduce((sum, { quantity }) => sum + quantity, 0));
    const short = snapshot.positions.find(({ leaves }) =>
      leaves.some(({ source, quantity }) => source === "FUTU" && quantity < 0)
    );
    assert.equal(short?.assetType, "OPTION");
    assert.deepEqual(healthOf(snapshot, "futu")?.status, "up");
    assert.ok(!stdout.includes("NaN"));
  });
});

smoke("Futu alone: its own prices mark the book, and what they cannot tell is said", async (folder) => {
  await withOpenD(folder, "ibkr: { enabled: false }", async () => {
    const { code, stdout, stderr } = await apex(folder, "snapshot --format json");
    assert.deepEqual([code, stderr], [0, ""]);
    const snapshot: RiskSnapshot = JSON.parse(stdout);
    assert.deepEqual([...new Set(snapshot.accounts.map(({ source }) => source))], ["FUTU"]);
    assert.notEqual(snapshot.portfolio.netLiquidation, null);
    for (const { markSource, flags, symbol } of snapshot.positions) {
      assert.deepEqual([symbol, markSource, flags.includes("DELAYED")], [symbol, "broker", true]);
    }
    assert.ok(snapshot.portfolio.excluded.some(({ total, reason }) => total === "delta" && reason === "DATA_MISSING"));
  });
});

smoke("an OpenD that is killed leaves its part stale and the rest alive, and is found again", async (folder) => {
  await withTws(folder, async (twsPort) => {
    const port = freePort();
    configure(folder, `ibkr: { port: ${twsPort} }`, port);
    const snapshots: RiskSnapshot[] = [];
    let watch: Deno.ChildProcess | null = null;
    let reading: Promise<void> | null = null;
    await withServer(folder, `simulate --broker futu --port ${port}`, port, async (openD) => {
      watch = start(folder, "watch --format jsonl --for 50s");
      reading = read(watch, snapshots);
      await seen(snapshots, "both books", (last) => last.status === "complete" && held(last, "FUTU").length > 0);
      openD.kill("SIGKILL");
      await openD.status;
    });
    await seen(snapshots, "the loss", (last) => healthOf(last, "futu")?.status === "down");
    const lost = snapshots.at(-1)!;
    assert.equal(lost.status, "degraded");
    assert.ok(held(lost, "FUTU").length > 0, "what it held stays");
    const alone = held(lost, "IB").filter(({ leaves }) => leaves.every(({ source }) => source === "IB"));
    assert.ok(alone.length > 0 && alone.every(({ flags }) => !flags.includes("STALE")), "IB's part lives");
    await withServer(folder, `simulate --broker futu --port ${port}`, port, async () => {
      await seen(snapshots, "its return", (last) => last.status === "complete");
      watch!.kill("SIGTERM");
      await reading;
    });
  });
});

smoke("orders, deals and fees load exactly once through kills", async (folder) => {
  await withOpenD(folder, "ibkr: { enabled: false }", async () => {
    const args = "backfill --broker futu --days 180";
    for (const afterMs of [400, 700, 1_100]) {
      const killed = start(folder, args);
      const timer = setTimeout(() => killed.kill("SIGKILL"), afterMs);
      await killed.output();
      clearTimeout(timer);
    }
    const first = await apex(folder, args);
    assert.equal(first.code, 0, first.stdout + first.stderr);
    assertPast(folder);
    const again = await apex(folder, args);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assertPast(folder);
    const fills = await apex(folder, "history fills --format csv --from 2020-01-01");
    assert.equal(fills.code, 0, fills.stderr);
    const [, ...lines] = fills.stdout.trimEnd().split("\n");
    assert.equal(lines.length, counted(folder, "futu_raw_deals WHERE deal_status <> 'CANCELLED'"));
    const log = Deno.readTextFileSync(`${folder}/data/logs/live_risk.log`);
    assert.ok(log.includes("Futu") && !log.includes("281756479345015383"), "no whole account number");
  }, "NONE");
});

smoke("the doctor tells an OpenD without login from one with accounts that do not fit", async (folder) => {
  await withOpenD(folder, "ibkr: { enabled: false }", async () => {
    const sound = await doctor(folder);
    assert.deepEqual(["Futu OpenD", "Futu account", "Futu data", "Futu clock"].map((check) => sound(check)?.status), [
      "ok",
      "ok",
      "ok",
      "ok",
    ]);
    const other = await doctor(folder, { APEX_FUTU_SECURITY_FIRM: "FUTUSG" });
    assert.deepEqual(other("Futu account")?.fix, "Set futu.security_firm: FUTUSECURITIES");
  });
  await withOpenD(
    folder,
    "ibkr: { enabled: false }",
    async () => {
      const finding = await doctor(folder);
      assert.match(finding("Futu OpenD")?.found ?? "", /answers, but is not ready/);
    },
    "US",
    " --fault logout:60s@0s",
  );
});

async function doctor(folder: string, environment: Record<string, string> = {}) {
  const { stdout } = await apex(folder, "doctor --format json", environment);
  const findings: readonly Finding[] = JSON.parse(stdout);
  return (check: string) => findings.find((finding) => finding.check === check);
}

function assertPast(folder: string): void {
  // Of today there are more, which the simulation itself makes.
  const past = "< (SELECT unixepoch('now', '-20 hours') * 1000000)";
  assert.equal(counted(folder, `futu_raw_orders WHERE created_at ${past}`), PAST_ORDERS);
  assert.equal(counted(folder, `futu_raw_deals WHERE executed_at ${past}`), PAST_DEALS);
  const filled = counted(folder, "futu_raw_orders WHERE CAST(filled_quantity AS REAL) > 0");
  assert.equal(counted(folder, "futu_raw_fees"), filled);
}

function counted(folder: string, rows: string): number {
  const database = new DatabaseSync(`${folder}/data/apex.db`, { readOnly: true });
  try {
    return Number(database.prepare(`SELECT count(*) AS count FROM ${rows}`).get()?.count);
  } finally {
    database.close();
  }
}

function configure(folder: string, ibkr: string, port: number, market = "US"): void {
  Deno.writeTextFileSync(
    `${folder}/config/base.yaml`,
    `portfolio: { base_currency: USD }\n${ibkr}\n` +
      `futu: { enabled: true, port: ${port}, filter_trdmarket: ${market}, refresh_seconds: 5 }\n`,
  );
}

async function withOpenD(
  folder: string,
  ibkr: string,
  use: () => Promise<void>,
  market = "US",
  faults = "",
): Promise<void> {
  const port = freePort();
  configure(folder, ibkr, port, market);
  await withServer(folder, `simulate --broker futu --port ${port}${faults}`, port, use);
}

async function withTws(folder: string, use: (port: number) => Promise<void>): Promise<void> {
  const port = freePort();
  await withServer(folder, `simulate --port ${port}`, port, () => use(port));
}

async function withBothBrokers(folder: string, use: () => Promise<void>): Promise<void> {
  await withTws(folder, (port) => withOpenD(folder, `ibkr: { port: ${port} }`, use));
}

/** Every line that a running `watch` prints, until it ends. */
async function read(watch: Deno.ChildProcess, snapshots: RiskSnapshot[]): Promise<void> {
  const errors = new Response(watch.stderr).text();
  let rest = "";
  for await (const text of watch.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) snapshots.push(JSON.parse(line));
  }
  assert.equal(await errors, "");
  await watch.status;
}

async function seen(snapshots: readonly RiskSnapshot[], what: string, is: (last: RiskSnapshot) => boolean) {
  await whileRunning(new Promise(() => {}), what, () => {
    const last = snapshots.at(-1);
    return last !== undefined && is(last) ? true : null;
  });
}

function held({ positions }: RiskSnapshot, source: string): readonly PositionView[] {
  return positions.filter(({ leaves }) => leaves.some((leaf) => leaf.source === source));
}

function healthOf({ health }: RiskSnapshot, component: string) {
  return health.find((one) => one.component === component);
}
