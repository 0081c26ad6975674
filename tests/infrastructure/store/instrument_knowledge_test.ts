import assert from "node:assert/strict";
import { migrate } from "../../../src/application/migrations.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { rowsByKey } from "../../../src/infrastructure/store/postgres/rows_by_key.ts";
import { SqliteMigrations } from "../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { INSTRUMENTS } from "../../../src/infrastructure/store/execution_tables.ts";
import { upsertStep } from "../../../src/infrastructure/store/table.ts";
import { projectText } from "../../support/source_tree.ts";
import { AAPL, execution, NOW, position } from "../../support/stored_history.ts";

/** As contract details make it known, and as a statement's row names it. */
const KNOWN = { ...AAPL, symbol: "VOD", underlying: "VOD", currency: "GBP", exchange: "LSE", priceMagnifier: 100 };
const NAMED = {
  ...KNOWN,
  exchange: "",
  tradingClass: "",
  localSymbol: "",
  priceMagnifier: 1,
  minTick: null,
  conId: null,
};

Deno.test("a contract that a statement names in fewer words stays as well known as it was", async () => {
  const folder = await Deno.makeTempDir();
  const migrations = migrationsOf("sqlite", projectText);
  await migrate(migrations, new SqliteMigrations(`${folder}/apex.db`));
  const store = await openSqliteStore(`${folder}/apex.db`, migrations);
  try {
    await store.write({
      positions: [{ account: "DU1", source: "IB", takenAt: NOW, positions: [position({ instrument: KNOWN })] }],
    });
    await store.write({ executions: [execution("1.01", { instrument: NAMED })] });
    const [book] = await store.lastPositions(0);
    assert.deepEqual(book?.positions[0]?.instrument, KNOWN);
    await store.write({ executions: [execution("2.01", { instrument: { ...KNOWN, exchange: "CHIX" } })] });
    assert.equal((await store.lastPositions(0))[0]?.positions[0]?.instrument.exchange, "CHIX");
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("rows of one contract in one statement are laid over each other by the same rule", () => {
  const step = upsertStep(INSTRUMENTS, [{ key: "k", instrument: KNOWN }, { key: "k", instrument: NAMED }]);
  if (step.kind !== "upsert") throw new Error("an upsert is expected");
  assert.deepEqual(rowsByKey(step.table, step.rows), [step.rows[0]]);
});
