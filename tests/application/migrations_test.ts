import assert from "node:assert/strict";
import {
  type AppliedMigration,
  migrate,
  type Migration,
  migrationPlan,
  migrationStatus,
  type MigrationTarget,
} from "../../src/application/migrations.ts";

const KNOWN = [1, 2, 3].map((number): Migration => ({
  number,
  name: `step${number}`,
  sql: "",
  checksum: `sum${number}`,
}));

Deno.test("runs what is pending, in order, once", async () => {
  const target = store(1);
  assert.deepEqual((await migrate(KNOWN, target)).map(({ number }) => number), [2, 3]);
  assert.deepEqual(await migrate(KNOWN, target), []);
  assert.deepEqual(await migrationStatus(KNOWN, target), { applied: applied(3), pending: [] });
});

Deno.test("--to ends after that number, and the plan says what would run without running it", async () => {
  const target = store(0);
  assert.deepEqual((await migrationPlan(KNOWN, target, 2)).map(({ number }) => number), [1, 2]);
  assert.deepEqual(target.rows, []);
  await migrate(KNOWN, target, 2);
  assert.deepEqual(target.rows, applied(2));
});

Deno.test("does not go back, and not to a number that does not exist", async () => {
  await assert.rejects(migrate(KNOWN, store(3), 2), { name: "RangeError", message: /only go forward/ });
  await assert.rejects(migrate(KNOWN, store(0), 4), { name: "RangeError", message: /1 to 3/ });
  await assert.rejects(migrate(KNOWN, store(0), 0), { name: "RangeError" });
});

Deno.test("refuses a store whose applied migration was changed, naming it and both checksums", async () => {
  await refused([...applied(1), { number: 2, name: "step2", checksum: "other" }], /002_step2 was changed.*sum2.*other/);
});

Deno.test("refuses a store with a gap", async () => {
  await refused([applied(3)[0]!, applied(3)[2]!], /003_step3 is applied, but 2 is not/);
  await refused([applied(3)[1]!], /002_step2 is applied, but 1 is not/);
});

Deno.test("refuses a store that is newer than the program", async () => {
  await refused([...applied(3), { number: 4, name: "step4", checksum: "sum4" }], /newer than the program/);
});

Deno.test("refuses a store whose migration has another name, and tells every disagreement at once", async () => {
  const rows = [{ number: 1, name: "else", checksum: "sum1" }, { number: 2, name: "step2", checksum: "other" }];
  await refused(rows, /001_else is applied[^]*002_step2 was changed/);
});

Deno.test("a store that another program migrated meanwhile is asked anew for each step", async () => {
  const target = store(0);
  const { applyNext } = target;
  let calls = 0;
  target.applyNext = (choose) => {
    // Another program was faster with the second.
    if (++calls === 2) target.rows.push(applied(2)[1]!);
    return applyNext(choose);
  };
  assert.deepEqual((await migrate(KNOWN, target)).map(({ number }) => number), [1, 3]);
});

async function refused(rows: readonly AppliedMigration[], message: RegExp): Promise<void> {
  const expected = { name: "StoreFault", kind: "outdated", message };
  await assert.rejects(migrationStatus(KNOWN, store(0, rows)), expected);
  await assert.rejects(migrationPlan(KNOWN, store(0, rows)), expected);
  const target = store(0, rows);
  await assert.rejects(migrate(KNOWN, target), expected);
  assert.deepEqual(target.rows, rows);
}

function applied(count: number): AppliedMigration[] {
  return KNOWN.slice(0, count).map(({ number, name, checksum }) => ({ number, name, checksum }));
}

function store(count: number, rows: readonly AppliedMigration[] = applied(count)) {
  const target: MigrationTarget & { rows: AppliedMigration[] } = {
    description: "a store",
    rows: [...rows],
    applied: () => Promise.resolve(target.rows),
    applyNext(choose) {
      return new Promise((resolve) => {
        const next = choose(target.rows);
        if (next !== null) target.rows.push({ number: next.number, name: next.name, checksum: next.checksum });
        resolve(next);
      });
    },
    close: () => Promise.resolve(),
  };
  return target;
}
