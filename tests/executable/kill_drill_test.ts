/**
 * kill -9 of a monitor at any moment, twenty times, while fills come in and a limit is broken and mended: what was stored
 * stays, and nothing is stored twice. The simulated gateway is a program of its own, so that it goes on meanwhile.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { apex, ended, eventually, freePort, smoke, start } from "./executable.ts";

const KILLS = 20;
const RESTARTS = 6;
/** One fill every `FILL_EVERY_SEC`, bought and sold in turn. */
const FILLS = 400;
const FILL_EVERY_SEC = 0.4;
/** 100 shares are 19,012 and inside the limit, 200 are 38,024 and beyond it. */
const LIMIT = 25_000;
const PRICE = 190.12;

smoke("a monitor that is killed twenty times loses nothing that it stored and stores nothing twice", async (folder) => {
  const port = freePort();
  Deno.writeTextFileSync(`${folder}/data/fills.yaml`, scenario());
  Deno.writeTextFileSync(
    `${folder}/config/base.yaml`,
    `ibkr: { host: 127.0.0.1, port: ${port} }
manual: { enabled: false }
risk_limits: { max_per_underlying_notional: { AAPL: ${LIMIT} } }
snapshots: { position_interval_sec: 1, account_interval_sec: 1, risk_interval_sec: 1 }
`,
  );
  const gateway = start(folder, `simulate --port ${port} --scenario data/fills.yaml`);
  // It lives as long as the drill, which is longer than `ended` waits.
  const gatewayEnd = gateway.output();
  try {
    let stored = NOTHING;
    for (let kill = 0; kill < KILLS; kill++) {
      const monitor = start(folder, "watch --format jsonl");
      const monitorEnd = ended(monitor);
      const earlier = stored;
      await eventually("rows of this run", () => newRows(folder, earlier));
      // At another moment of the second between two snapshots each time.
      await new Promise((resolve) => setTimeout(resolve, (kill * 137) % 1_000));
      stored = contents(folder);
      monitor.kill("SIGKILL");
      const end = await monitorEnd;
      assert.equal(end.stderr, "");
      const after = contents(folder);
      assert.ok(after.books >= stored.books);
      for (const table of DURABLE) {
        const rows = stored.durable[table];
        const kept = new Set(after.durable[table]);
        assert.deepEqual(rows.filter((row) => !kept.has(row)), [], `kill ${kill} lost rows of ${table}`);
      }
    }
    // The last run ends in order; what the gateway still knows of the day is in the store by then.
    const last = start(folder, "watch --format jsonl");
    const lastEnd = ended(last);
    const killed = contents(folder);
    await eventually("rows of the last run", () => contents(folder).books > killed.books + 2 ? true : null);
    last.kill("SIGTERM");
    assert.equal((await lastEnd).code, 0);
    holdsTogether(folder);
    const check = await apex(folder, "db check");
    assert.equal(check.code, 0, check.stderr);
    assert.match(check.stdout, /is whole/);
    for (const { name } of Deno.readDirSync(`${folder}/data`)) {
      if (name.startsWith("apex.db")) assert.equal(Deno.statSync(`${folder}/data/${name}`).mode! & 0o777, 0o600, name);
    }
  } finally {
    gateway.kill("SIGTERM");
    await gatewayEnd;
  }
});

smoke("a monitor that is killed goes on with the breaches that it had, acknowledged or not", async (folder) => {
  Deno.writeTextFileSync(`${folder}/data/fills.yaml`, scenario());
  Deno.writeTextFileSync(
    `${folder}/config/base.yaml`,
    `simulator: { scenario: data/fills.yaml }
manual: { enabled: false }
risk_limits: { max_per_underlying_notional: { AAPL: ${LIMIT} } }
snapshots: { position_interval_sec: 1, account_interval_sec: 1, risk_interval_sec: 1 }
`,
  );
  for (let kill = 0; kill < RESTARTS; kill++) {
    // While the markets are open, and each run after the one before.
    const now = new Date(Date.parse("2026-11-20T15:30:00Z") + kill * 60_000).toISOString();
    const monitor = start(folder, `watch --env demo --format jsonl --now ${now}`);
    const monitorEnd = ended(monitor);
    const before = kill === 0 ? NOTHING : contents(folder, "demo.db");
    await eventually("a breach of this run", () => newSteps(folder, before));
    await new Promise((resolve) => setTimeout(resolve, (kill * 271) % 1_000));
    monitor.kill("SIGKILL");
    await monitorEnd;
  }
  opensOnce(folder);
});

/** Every execution once with what it cost. */
function holdsTogether(folder: string): void {
  const database = open(folder, "apex.db");
  try {
    const numbers = database.prepare("SELECT exec_id, quantity FROM ib_raw_executions ORDER BY executed_at, exec_id")
      .all();
    assert.ok(numbers.length > KILLS, `${numbers.length} executions`);
    // Bought and sold in turn without a gap: one that was lost or doubled breaks the pattern.
    assert.deepEqual(
      numbers.map(({ quantity }) => Number(quantity)),
      numbers.map((_, at) => at % 2 === 0 ? 100 : -100),
    );
    const costs = database.prepare("SELECT count(*) AS count FROM ib_raw_commissions").get();
    assert.equal(costs?.count, numbers.length);
  } finally {
    database.close();
  }
}

/** A breach that a killed run left open is open in the next one: none opens twice without clearing. */
function opensOnce(folder: string): void {
  const database = open(folder, "demo.db");
  try {
    const steps = database.prepare(
      "SELECT transition FROM risk_signals WHERE breach_id = 'max_per_underlying_notional:AAPL' ORDER BY signal_time, recorded",
    ).all().map(({ transition }) => String(transition));
    assert.ok(steps.filter((step) => step === "opened").length > 1, steps.join(" "));
    let open = false;
    for (const step of steps) {
      if (step === "opened") assert.ok(!open, `opened twice: ${steps.join(" ")}`);
      if (step === "cleared") assert.ok(open, `cleared twice: ${steps.join(" ")}`);
      if (step === "opened" || step === "cleared") open = step === "opened";
    }
  } finally {
    database.close();
  }
}

const DURABLE = ["ib_raw_executions", "ib_raw_commissions", "risk_signals", "position_changes"] as const;

interface Contents {
  readonly books: number;
  readonly durable: Readonly<Record<typeof DURABLE[number], readonly string[]>>;
}

const NOTHING: Contents = {
  books: 0,
  durable: { ib_raw_executions: [], ib_raw_commissions: [], risk_signals: [], position_changes: [] },
};

/** Null until the run has stored a book and a fill of its own. */
function newRows(folder: string, { books, durable }: Contents): Contents | null {
  try {
    const found = contents(folder);
    const fills = found.durable.ib_raw_executions.length - durable.ib_raw_executions.length;
    return found.books > books && fills > 0 ? found : null;
  } catch {
    // The file or its tables are not there yet.
    return null;
  }
}

/** Null until the run has stored a step of a breach. */
function newSteps(folder: string, { durable }: Contents): Contents | null {
  try {
    const found = contents(folder, "demo.db");
    return found.durable.risk_signals.length > durable.risk_signals.length + 1 ? found : null;
  } catch {
    // The file or its tables are not there yet.
    return null;
  }
}

function contents(folder: string, file = "apex.db"): Contents {
  const database = open(folder, file);
  try {
    const rows = (table: string) => database.prepare(`SELECT * FROM ${table}`).all().map((row) => JSON.stringify(row));
    return {
      books: Number(database.prepare("SELECT count(*) AS count FROM position_books").get()?.count),
      durable: {
        ib_raw_executions: rows("ib_raw_executions"),
        ib_raw_commissions: rows("ib_raw_commissions"),
        risk_signals: rows("risk_signals"),
        position_changes: rows("position_changes"),
      },
    };
  } finally {
    database.close();
  }
}

function open(folder: string, file: string): DatabaseSync {
  const database = new DatabaseSync(`${folder}/data/${file}`, { readOnly: true });
  database.exec("PRAGMA busy_timeout = 5000");
  return database;
}

function scenario(): string {
  const fills = Array.from({ length: FILLS }, (_, at) => {
    const quantity = at % 2 === 0 ? 100 : -100;
    const when = (2 + at * FILL_EVERY_SEC).toFixed(1);
    return `  - { at: ${when}s, kind: fill, account: DU1, contract: AAPL, quantity: ${quantity}, price: ${PRICE}, commission: 1 }`;
  });
  return `name: Fills
market: { rate: 0.04 }
gateway: { login_time_zone: America/New_York, market_data_lines: 100 }
accounts:
  DU1: { currency: USD, cash: { USD: 400_000 }, margin: { maintenance: 0.20, initial: 0.25 } }
contracts:
  AAPL: { last: ${PRICE}, close: 188.00, volatility: 0 }
  SPY: { last: 659.00, close: 658.00, volatility: 0 }
positions:
  - { account: DU1, contract: AAPL, quantity: 100, avg_price: 150.25 }
executions: []
orders: []
events:
${fills.join("\n")}
`;
}
