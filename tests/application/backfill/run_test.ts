import assert from "node:assert/strict";
import { failuresIn } from "../../../src/application/backfill/report.ts";
import { brokerDay, dayStart } from "../../../src/application/backfill/coverage.ts";
import { BATCH_ROWS } from "../../../src/application/backfill/window_reading.ts";
import { StoreFault } from "../../../src/application/ports/store.ts";
import { dayNumber, isoDate } from "../../../src/domain/calendar/date.ts";
import { backfilled, dailyFills, FakeStatements, MemoryStore } from "../../support/backfill_desk.ts";
import { execution } from "../../support/stored_history.ts";

// 2026-11-30 is a Monday: thirty days back from it begin on 2026-10-31, and today's statement is not made yet.
const date = (mark: number | null) => mark === null ? null : isoDate(brokerDay(mark));

function desk() {
  const source = new FakeStatements();
  source.fills = [...dailyFills("DU1", "2026-10-01", "2026-11-29"), ...dailyFills("DU2", "2026-11-01", "2026-11-29")];
  return { source, store: new MemoryStore() };
}

Deno.test("a first run reads the last days, and each account is complete up to the day before", async () => {
  const { source, store } = desk();
  const { report } = await backfilled([source], store);
  assert.deepEqual(source.asked, ["2026-10-31 to 2026-11-29"]);
  assert.equal(store.executions.size, 30 + 29);
  assert.equal(store.commissions.size, 30 + 29);
  assert.deepEqual(["ALL", "DU1", "DU2"].map((account) => date(store.watermark(account))), Array(3).fill("2026-11-30"));
  const [first] = report.sources;
  assert.deepEqual([first?.planned, first?.done, first?.skipped, failuresIn(report)], [1, 1, 0, 0]);
  assert.deepEqual(first?.accounts.map(({ account, executions }) => [account, executions]), [["DU1", 30], ["DU2", 29]]);
});

Deno.test("again on the same day nothing is asked for; the next day only what is new, with the weekend before", async () => {
  const { source, store } = desk();
  await backfilled([source], store);
  const { report } = await backfilled([source], store);
  assert.equal(report.sources[0]?.skipped, 1);
  await backfilled([source], store, { now: Date.UTC(2026, 11, 1, 15) });
  assert.deepEqual(source.asked, ["2026-10-31 to 2026-11-29", "2026-11-28 to 2026-11-30"]);
});

Deno.test("the rows, the DONE row and the moved watermark of a window are one batch", async () => {
  const { source, store } = desk();
  await backfilled([source], store);
  assert.equal(store.batches.length, 1);
  const [batch] = store.batches;
  assert.equal(batch?.executions?.length, 59);
  assert.ok(batch?.syncWindows?.every(({ status }) => status === "DONE"));
  assert.equal(batch?.syncStates?.length, 3);
});

Deno.test("a long window is written in bounded batches, and only the last of them calls it done", async () => {
  const { source, store } = desk();
  source.pieceRows = BATCH_ROWS - 100;
  source.fills = Array.from({ length: 2 * BATCH_ROWS + 10 }, (_, at) => ({
    execution: execution(`x.${at}.01`, { executedAt: dayStart(dayNumber("2026-11-02")) + at }),
    commission: null,
  }));
  await backfilled([source], store);
  assert.deepEqual(store.batches.map(({ executions }) => executions?.length), [BATCH_ROWS, BATCH_ROWS, 10]);
  assert.deepEqual(store.batches.map(({ syncWindows }) => syncWindows?.length ?? 0), [0, 0, 3]);
});

Deno.test("a window that fails stays FAILED with its reason, the others go on, and the watermark stays before it", async () => {
  const { source, store } = desk();
  source.beforePiece = ({ title }) => {
    if (title.startsWith("2026-07-01")) throw new Error("the service is closed");
  };
  const { report } = await backfilled([source], store, { days: 240 });
  assert.equal(failuresIn(report), 1);
  const failed = store.window("ALL", "2026-07-01");
  assert.deepEqual([failed?.status, failed?.error, failed?.attempts], ["FAILED", "the service is closed", 1]);
  assert.equal(store.window("ALL", "2026-10-01")?.status, "DONE");
  assert.equal(date(store.watermark("ALL")), "2026-07-01");
  assert.equal(store.states.get("IB ALL flex-web ALL")?.status, "FAILED");

  await backfilled([source], store, { days: 240 });
  assert.equal(store.window("ALL", "2026-07-01")?.attempts, 2);

  source.beforePiece = () => {};
  source.asked.length = 0;
  await backfilled([source], store);
  assert.deepEqual(source.asked, ["2026-07-01 to 2026-09-30"], "what failed is tried again wherever it lies");
  assert.deepEqual([store.window("ALL", "2026-07-01")?.status, date(store.watermark("ALL"))], ["DONE", "2026-11-30"]);
  assert.equal(store.states.get("IB ALL flex-web ALL")?.status, "OK");
});

Deno.test("rows that came before a window broke off are kept, and it is not done", async () => {
  const { source, store } = desk();
  source.beforePiece = (_, piece) => {
    if (piece === 2) throw new Error("connection reset");
  };
  await backfilled([source], store);
  assert.equal(store.executions.size, 14);
  assert.deepEqual([store.window("ALL", "2026-10-31")?.status, store.watermark("DU1")], ["FAILED", null]);
});

Deno.test("a row that cannot be read makes its window fail: it is never called complete", async () => {
  const { source, store } = desk();
  source.extra = [{ kind: "lost", reason: "Row 3 (Trade, line 9): price is missing" }];
  const { report } = await backfilled([source], store);
  assert.match(report.sources[0]?.failures[0]?.reason ?? "", /^1 row could not be read.*Row 3/);
  assert.equal(store.executions.size, 59);
  assert.deepEqual([store.window("ALL", "2026-10-31")?.status, store.watermark("DU1")], ["FAILED", null]);
});

Deno.test("the watermark is the end of what the statement covers, not of what was asked for", async () => {
  const { source, store } = desk();
  source.covered = ({ from }) => ({ from, to: dayStart(dayNumber("2026-11-25")) });
  await backfilled([source], store);
  assert.deepEqual(["ALL", "DU1"].map((account) => date(store.watermark(account))), ["2026-11-25", "2026-11-25"]);
  source.covered = ({ from, to }) => ({ from, to });
  await backfilled([source], store);
  assert.equal(source.asked.at(-1), "2026-11-24 to 2026-11-29");
});

Deno.test("with an account, rows of others are neither written nor counted, and their windows stay unread", async () => {
  const { source, store } = desk();
  const { report } = await backfilled([source], store, { account: "DU2" });
  assert.deepEqual(report.sources[0]?.accounts.map(({ account, executions }) => [account, executions]), [["DU2", 29]]);
  assert.equal(store.executions.size, 29);
  assert.deepEqual([...store.states.values()].map(({ account }) => account), ["DU2"]);
  await backfilled([source], store);
  assert.equal(store.executions.size, 59, "the run for every account reads the days again");
});

Deno.test("an account that no statement speaks of is a failure, not a success without rows", async () => {
  const { source, store } = desk();
  const { report } = await backfilled([source], store, { account: "DU9" });
  assert.match(report.sources[0]?.failures[0]?.reason ?? "", /says nothing of the account/);
  assert.equal(store.batches.length, 0, "nothing is recorded of an account that may not exist");
});

Deno.test("a range beyond a hole is read and does not move the watermark; the next run closes the hole", async () => {
  const { source, store } = desk();
  await backfilled([source], store, { from: "2026-10-01", to: "2026-10-09" });
  assert.equal(date(store.watermark("DU1")), "2026-10-10");
  await backfilled([source], store, { from: "2026-11-09", to: "2026-11-13" });
  assert.equal(date(store.watermark("DU1")), "2026-10-10");
  source.asked.length = 0;
  await backfilled([source], store, { days: 5 });
  assert.deepEqual(source.asked, ["2026-10-09 to 2026-11-08", "2026-11-14 to 2026-11-29"]);
  assert.equal(date(store.watermark("DU1")), "2026-11-30");
});

Deno.test("forced, what was read is read again and doubles nothing", async () => {
  const { source, store } = desk();
  await backfilled([source], store);
  await backfilled([source], store, { force: true });
  assert.deepEqual(source.asked, ["2026-10-31 to 2026-11-29", "2026-10-31 to 2026-11-29"]);
  assert.equal(store.executions.size, 59);
});

Deno.test("a forced part of a window takes nothing away from what was read", async () => {
  const { source, store } = desk();
  await backfilled([source], store);
  await backfilled([source], store, { force: true, from: "2026-10-31", to: "2026-11-03" });
  source.asked.length = 0;
  await backfilled([source], store);
  assert.deepEqual(source.asked, []);
});

Deno.test("a dry run reads, counts and writes nothing", async () => {
  const { source, store } = desk();
  const { report } = await backfilled([source], store, { dryRun: true });
  assert.equal(report.sources[0]?.accounts[0]?.executions, 30);
  assert.deepEqual([store.batches.length, store.book], [0, null]);
});

Deno.test("a simulated book is not mixed into a real store, and nothing of it is recorded there", async () => {
  const { source, store } = desk();
  store.book = "real";
  source.book = "simulated";
  for (const dryRun of [false, true]) {
    const { report } = await backfilled([source], store, { dryRun });
    assert.equal(failuresIn(report), 1);
    assert.deepEqual(report.sources[0]?.accounts, [], "nothing is counted as stored");
  }
  assert.equal(store.batches.length, 0);
});

Deno.test("a store that is locked for a moment is tried again; one that is not this program's ends the run", async () => {
  const { source, store } = desk();
  let tries = 0;
  store.beforeWrite = () => {
    if (tries++ < 2) throw new StoreFault("locked", "busy");
  };
  await backfilled([source], store);
  assert.equal(store.executions.size, 59);
  store.beforeWrite = () => {
    throw new StoreFault("damaged", "the file is damaged");
  };
  await assert.rejects(backfilled([source], store, { force: true }), /the file is damaged/);
});

Deno.test("told to stop, it stores what it has, calls nothing done, and goes on the next time", async () => {
  const { source, store } = desk();
  const stop = new AbortController();
  source.beforePiece = (_, piece) => {
    if (piece === 3) stop.abort("SIGINT");
  };
  const { report } = await backfilled([source], store, { signal: stop.signal });
  assert.equal(report.interrupted, true);
  assert.deepEqual([store.windows.size, store.states.size], [0, 0]);
  source.beforePiece = () => {};
  await backfilled([source], store);
  assert.equal(store.executions.size, 59);
});

/** A source that goes back to this morning only, as the API does. */
class Today extends FakeStatements {
  override readonly title = "the API";
  override readonly dataType: string = "executions";
  override readonly continues = ["flex-web"];
  override plan({ now }: Parameters<FakeStatements["plan"]>[0]) {
    const window = { title: "today", dataType: this.dataType, from: dayStart(brokerDay(now)), to: now };
    return Promise.resolve({ windows: [window], skipped: 0, remarks: [] });
  }
}

Deno.test("after days without a run, the API's watermark waits for a statement to fill the hole, and the report says so", async () => {
  const { source, store } = desk();
  const [monday, thursday] = [23, 26].map((day) => Date.UTC(2026, 10, day, 15, 30));
  const today = new Today();
  await backfilled([today], store, { now: monday! });
  assert.equal(store.watermark("DU1", "executions"), monday);
  const { report } = await backfilled([today], store, { now: thursday! });
  assert.equal(store.watermark("DU1", "executions"), monday);
  assert.match(
    report.sources[0]?.remarks.join() ?? "",
    /Complete only until 2026-11-23: .* to 2026-11-26 is not stored/,
  );
  // The statements of Monday to Wednesday come first, and today goes on where they end.
  const filled = await backfilled([source, today], store, { now: thursday! });
  assert.equal(store.watermark("DU1", "executions"), thursday);
  assert.deepEqual(filled.report.sources[1]?.remarks, []);
});
