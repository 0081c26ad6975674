/** Whatever is killed, refused, cut or limited on the way, Futu's history is in the store once and whole in the end. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { failuresIn } from "../../../../src/application/backfill/report.ts";
import { migrate } from "../../../../src/application/migrations.ts";
import { StoreFault } from "../../../../src/application/ports/store.ts";
import type { StoreBatch } from "../../../../src/application/ports/store.ts";
import type { SyncWindowRecord } from "../../../../src/application/ports/store_records.ts";
import type { FutuFault } from "../../../../src/infrastructure/simulator/futu/scenario.ts";
import { migrationsOf } from "../../../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../../src/infrastructure/store/sqlite/store.ts";
import {
  GET_HISTORY_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
  GET_STATIC_INFO,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { Killed, MemoryStore } from "../../../support/backfill_desk.ts";
import { seededRandom } from "../../../support/virtual_clock.ts";
import { projectText } from "../../../support/source_tree.ts";
import { type HistoryDesk, type HistoryStore, onHistoryDesk } from "./history_desk.ts";

const DAYS = 200;
const SEEDS = [1, 2, 3, 4, 5, 6];
/** Runs that are sabotaged before one is left alone. */
const SABOTAGED = 5;
const PROTOS = [GET_HISTORY_ORDER_LIST, GET_HISTORY_ORDER_FILL_LIST, GET_ORDER_FEE, GET_STATIC_INFO];

/** A store between the run and the real one: refuses, or kills the process, at some write. */
function sabotaged(store: HistoryStore, chance: () => number): HistoryStore {
  let writes = 0;
  const at = Math.floor(chance() * 25);
  const how = chance();
  return {
    storedBook: () => store.storedBook(),
    claim: (book) => store.claim(book),
    syncStates: () => store.syncStates(),
    syncWindows: (key) => store.syncWindows(key),
    futuOrdersWithoutFees: (account) => store.futuOrdersWithoutFees(account),
    async write(batch: StoreBatch) {
      if (writes++ !== at) return await store.write(batch);
      if (how < 0.3) throw new Killed();
      // Written, and killed before anybody knew.
      if (how < 0.6) {
        await store.write(batch);
        throw new Killed();
      }
      if (how < 0.8) throw new StoreFault("rejected", "a row is refused");
      throw new StoreFault("locked", "another process holds it");
    },
  };
}

function faultOf(chance: () => number): FutuFault {
  const { protoId } = PROTOS[Math.floor(chance() * PROTOS.length)]!;
  const faults: FutuFault[] = [
    { kind: "drop" },
    { kind: "refuse", seconds: 1 + chance() * 90 },
    { kind: "rate-limit", seconds: 1 + chance() * 120 },
    { kind: "drop-before-reply", protoId, times: 1 + Math.floor(chance() * 3) },
    { kind: "freeze", seconds: 1 + chance() * 40 },
    { kind: "garbage", form: "truncated" },
    { kind: "garbage", form: "bad-sha" },
    { kind: "logout", seconds: 5 + chance() * 60 },
  ];
  return faults[Math.floor(chance() * faults.length)]!;
}

async function sabotagedRun(desk: HistoryDesk, store: HistoryStore, chance: () => number): Promise<void> {
  const stop = new AbortController();
  const cancels = [desk.clock.after(chance() * 3_000, () => desk.openD.fault(faultOf(chance)))];
  if (chance() < 0.5) cancels.push(desk.clock.after(chance() * 4_000, () => stop.abort(new Error("Ctrl+C"))));
  await desk.run(sabotaged(store, chance), { days: DAYS, signal: stop.signal }).catch((fault: unknown) => {
    if (!(fault instanceof Killed) && !(fault instanceof StoreFault)) throw fault;
  });
  for (const cancel of cancels) cancel();
}

/** Rows of a kind as the store has them, doubles included. */
interface Look {
  orders(): readonly { account: string; market: string; id: string; at: number }[];
  deals(): readonly { account: string; market: string; id: string; at: number }[];
  fees(): readonly { account: string; id: string; amount: number }[];
  windows(): readonly SyncWindowRecord[];
}

async function holds(desk: HistoryDesk, store: HistoryStore, look: Look, seed: number): Promise<void> {
  const chance = seededRandom(seed);
  for (let runs = 0; runs < SABOTAGED; runs++) {
    await sabotagedRun(desk, store, chance);
    checkPromises(desk, look, `seed ${seed}, run ${runs}`);
  }
  // What goes on for a while is over.
  await desk.clock.advance(120_000);
  for (let again = 0; again < 2; again++) {
    const { report } = await desk.run(store, { days: DAYS });
    assert.equal(failuresIn(report), 0, `seed ${seed}: ${JSON.stringify(report.sources[0]?.failures)}`);
    checkWhole(desk, look, `seed ${seed}`);
  }
  assert.deepEqual(look.windows().filter(({ status }) => status !== "DONE"), [], `seed ${seed}`);
  assert.ok((await store.syncStates()).every(({ status }) => status === "OK"), `seed ${seed}`);
}

/** What a DONE window claims is stored. */
function checkPromises({ openD }: HistoryDesk, look: Look, when: string): void {
  const orders = new Set(look.orders().map(({ account, id }) => `${account} ${id}`));
  const deals = new Set(look.deals().map(({ account, id }) => `${account} ${id}`));
  for (const { account, dataType, market, from, to } of look.windows().filter(({ status }) => status === "DONE")) {
    const truth = openD.truth().find((each) => each.account === account)!;
    const promised = dataType === "orders"
      ? truth.orders.map((row) => ({ ...row, id: row.orderIDEx, at: row.createdAt }))
      : truth.deals.map((row) => ({ ...row, id: row.fillIDEx }));
    for (const row of promised.filter((row) => row.market === market && row.at >= from && row.at < to)) {
      const known = dataType === "orders" ? orders : deals;
      assert.ok(known.has(`${account} ${row.id}`), `${when}: ${dataType} ${row.id} is promised and missing`);
    }
  }
}

function checkWhole({ openD }: HistoryDesk, look: Look, when: string): void {
  const truth = openD.truth();
  const ids = (rows: readonly { account: string; id: string }[]) =>
    rows.map((row) => `${row.account} ${row.id}`).sort();
  const orders = truth.flatMap(({ account, orders }) => orders.map((row) => ({ account, id: row.orderIDEx })));
  const deals = truth.flatMap(({ account, deals }) => deals.map((row) => ({ account, id: row.fillIDEx })));
  const fees = truth.flatMap(({ account, orders }) =>
    orders.filter(({ fee }) => fee > 0).map((row) => `${account} ${row.orderIDEx} ${row.fee}`)
  );
  assert.ok(orders.length >= 250 && deals.length >= 300, "the demo's history");
  assert.deepEqual(ids(look.orders()), ids(orders), when);
  assert.deepEqual(ids(look.deals()), ids(deals), when);
  assert.deepEqual(
    look.fees().map(({ account, id, amount }) => `${account} ${id} ${amount}`).sort(),
    fees.sort(),
    when,
  );
}

for (const seed of SEEDS) {
  Deno.test(`orders, deals and fees load once through kills, drops and limits, into a store in memory (seed ${seed})`, async () => {
    await onHistoryDesk(async (desk) => {
      const store = new MemoryStore();
      await holds(desk, store, lookAt(store), seed);
    });
  });
}

for (const seed of SEEDS.slice(0, 3)) {
  Deno.test(`orders, deals and fees load once through kills, drops and limits, into SQLite (seed ${seed})`, async () => {
    const folder = await Deno.makeTempDir();
    const migrations = migrationsOf("sqlite", projectText);
    await migrate(migrations, new SqliteMigrations(`${folder}/apex.db`));
    const store = await openSqliteStore(`${folder}/apex.db`, migrations);
    try {
      await onHistoryDesk((desk) => holds(desk, store, lookInto(`${folder}/apex.db`), seed));
    } finally {
      await store.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function lookAt(store: MemoryStore): Look {
  return {
    orders: () => [...store.futuOrders.values()].map((row) => ({ ...row, id: row.orderId, at: row.createdAt })),
    deals: () => [...store.futuDeals.values()].map((row) => ({ ...row, id: row.dealId, at: row.executedAt })),
    fees: () => [...store.futuFees.values()].map((row) => ({ ...row, id: row.orderId })),
    windows: () => [...store.windows.values()],
  };
}

/** Past the store, so that a row that is there twice would show. */
function lookInto(file: string): Look {
  const rows = (query: string) => {
    const connection = new DatabaseSync(file, { readOnly: true });
    try {
      return connection.prepare(query).all() as Record<string, never>[];
    } finally {
      connection.close();
    }
  };
  return {
    orders: () =>
      rows("SELECT account_id AS account, market, order_id AS id, created_at AS at FROM futu_raw_orders") as never,
    deals: () =>
      rows("SELECT account_id AS account, market, deal_id AS id, executed_at AS at FROM futu_raw_deals") as never,
    fees: () =>
      rows("SELECT account_id AS account, order_id AS id, CAST(amount AS REAL) AS amount FROM futu_raw_fees") as never,
    windows: () =>
      rows(
        'SELECT account_id AS account, data_type AS dataType, market, window_from AS "from", window_to AS "to", status ' +
          "FROM sync_windows",
      ) as never,
  };
}
