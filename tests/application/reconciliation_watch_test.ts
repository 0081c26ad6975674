import assert from "node:assert/strict";
import { Monitor } from "../../src/application/monitor.ts";
import type { Settings } from "../../src/application/settings.ts";
import type { InstrumentIndex, LinkStatus, Source } from "../../src/domain/event.ts";
import type { ReconciliationView } from "../../src/domain/risk/snapshot.ts";
import { stock } from "../support/book_builder.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { demoSettings, MemoryLog } from "../support/world.ts";

type Manual = Settings["risk"]["reconciliation"]["manual"];

/** A monitor fed by hand, a second at a time. */
class Desk {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly monitor: Monitor;
  readonly tsla: InstrumentIndex;
  readonly sap: InstrumentIndex;

  constructor(manual: Manual = "supplement") {
    const { risk, ...settings } = demoSettings();
    const reconciliation = { ...risk.reconciliation, manual };
    this.monitor = new Monitor({ ...settings, risk: { ...risk, baseCurrency: "USD", reconciliation } }, {
      clock: this.clock,
      log: this.log,
      prioritise() {},
      clockShifted: false,
    });
    this.tsla = this.monitor.inbox.instrument(stock("TSLA"));
    this.sap = this.monitor.inbox.instrument(stock("SAP", { currency: "EUR" }));
    this.link("IB", "up").link("MANUAL", "up");
  }

  link(source: Source, status: LinkStatus): this {
    this.monitor.inbox.push({ kind: "link", source, status, detail: "", at: this.clock.now() });
    return this;
  }

  /** A complete download. */
  holds(source: Source, tsla: number, sap = 0): this {
    const held = [[this.tsla, tsla], [this.sap, sap]] as const;
    const rows = held.filter(([, quantity]) => quantity !== 0)
      .map(([instrument, quantity]) => ({ account: "A", instrument, quantity, avgPrice: 100 }));
    this.monitor.inbox.push({ kind: "positions", source, accounts: ["A"], rows, at: this.clock.now() });
    return this;
  }

  fill(quantity: number, execId: string): this {
    const time = this.clock.now();
    this.monitor.inbox.push(
      { kind: "execution", source: "IB", account: "A", instrument: this.tsla, execId, quantity, price: 398.15, time },
    );
    return this;
  }

  executionsComplete(): this {
    const at = this.clock.now();
    this.monitor.inbox.push({ kind: "executions-complete", source: "IB", since: at - 8 * 3_600_000, at });
    return this;
  }

  async later(seconds = 1): Promise<this> {
    this.monitor.turn();
    await this.clock.advance(seconds * 1000);
    this.monitor.turn();
    return this;
  }

  get rows(): readonly ReconciliationView[] {
    return this.monitor.last!.reconciliation;
  }
  get summary() {
    const { checkedAt, ...counts } = this.monitor.last!.reconciliationSummary!;
    return { checked: checkedAt !== null, ...counts };
  }
}

const NONE = { checked: true, compared: 0, agree: 0, drift: 0, missing: 0, explained: 0, stale: 0 };

Deno.test("the snapshot does not say that sources agree before they were compared", async () => {
  const desk = new Desk();
  await desk.holds("IB", 300).later();
  assert.deepEqual(desk.summary, { ...NONE, checked: false });
  await desk.holds("MANUAL", 300).later();
  assert.deepEqual(desk.summary, { ...NONE, compared: 1, agree: 1 });
});

Deno.test("a file that is not there is not waited for, and one broker alone is compared with nothing (mistake 15)", async () => {
  const desk = new Desk();
  await desk.link("MANUAL", "off").holds("IB", 300).later();
  assert.deepEqual(desk.summary, NONE);
  assert.deepEqual(desk.rows, []);
});

Deno.test("drift reaches the reconciliation, the reasons, the health of the file and the log, and leaves the status alone", async () => {
  const desk = new Desk();
  await desk.holds("IB", 300, 600).holds("MANUAL", 0, 500).later(60);
  const { status, statusReasons, health } = desk.monitor.last!;
  assert.deepEqual(desk.rows.map(({ key, status, quantities }) => [key, status, quantities]), [
    ["SAP stock EUR", "DRIFT", { IB: 600, MANUAL: 500 }],
  ]);
  assert(statusReasons.includes("1 position drifts between the sources"), statusReasons.join("; "));
  assert.match(health.find(({ component }) => component === "manual")!.detail, /, 1 drift$/);
  assert.equal(desk.log.lines.filter(({ message }) => message.startsWith("DRIFT SAP stock EUR: IB's 600")).length, 1);
  const before = status;
  await desk.holds("MANUAL", 0, 600).later();
  assert.deepEqual([desk.rows, desk.monitor.last!.status], [[], before]);
});

Deno.test("nothing is compared anew on a turn in which no position changed", async () => {
  const desk = new Desk();
  await desk.holds("IB", 300).holds("MANUAL", 200).later();
  const before = desk.rows;
  await desk.later();
  assert.equal(desk.rows, before);
  await desk.holds("MANUAL", 250).later();
  assert.notEqual(desk.rows, before);
});

Deno.test("a source that goes silent turns stale by time alone, and the view is degraded until it confirms", async () => {
  const desk = new Desk();
  await desk.link("MANUAL", "off").holds("IB", 300).later(300);
  assert.deepEqual(desk.rows, []);
  await desk.later();
  assert.deepEqual(desk.rows.map(({ key, status }) => [key, status]), [["IB", "STALE"]]);
  assert(
    desk.monitor.last!.statusReasons.some((reason) => reason.startsWith("IB has not confirmed its positions since")),
  );
  await desk.holds("IB", 300).later();
  assert.deepEqual(desk.rows, []);
});

Deno.test("the file as expected book waits for every source, then tells what either side lacks", async () => {
  const desk = new Desk("expected");
  await desk.holds("MANUAL", 300).later();
  assert.deepEqual(desk.rows, []);
  await desk.holds("IB", 0, 600).later();
  assert.deepEqual(desk.rows.map(({ key, status }) => [key, status]), [["SAP stock EUR", "MISSING"], [
    "TSLA stock",
    "MISSING",
  ]]);
});

async function connected(): Promise<Desk> {
  const desk = new Desk();
  return await desk.link("MANUAL", "off").holds("IB", 3150).fill(-5, "old.01").executionsComplete().later();
}

Deno.test("after a reconnect, what was bought meanwhile is explained, and stays listed", async () => {
  const desk = await connected();
  await desk.link("IB", "down").later(30);
  desk.link("IB", "up").holds("IB", 3450).fill(-5, "old.01").fill(300, "new.01").executionsComplete();
  await desk.later(3600);
  const [row, ...rest] = desk.rows.filter(({ status }) => status !== "STALE");
  assert.deepEqual(rest, []);
  assert.deepEqual([row?.key, row?.status, row?.quantities], ["TSLA stock", "EXPLAINED", { IB: 3450, CACHED: 3150 }]);
  assert.match(row!.detail, /^bought 300 at 398.15, \d\d:\d\d:\d\d$/);
  assert.equal(desk.summary.explained, 1);
});

Deno.test("after a reconnect, what no execution explains drifts once executions had time to come", async () => {
  const desk = await connected();
  await desk.link("IB", "down").later(30);
  await desk.link("IB", "up").holds("IB", 3450).executionsComplete().later(2);
  assert.deepEqual(desk.rows, [], "an execution may still be on its way");
  await desk.later(2);
  assert.deepEqual(desk.rows.map(({ status }) => status), ["DRIFT"]);
});

Deno.test("after a reconnect, an unchanged book agrees", async () => {
  const desk = await connected();
  await desk.link("IB", "down").later(30);
  await desk.link("IB", "up").holds("IB", 3150).executionsComplete().later(5);
  assert.deepEqual(desk.summary, { ...NONE, compared: 1, agree: 1 });
});

Deno.test("a link lost again before the first loss was made good is compared with the book of before the first", async () => {
  const desk = await connected();
  await desk.link("IB", "down").later(30);
  await desk.link("IB", "up").holds("IB", 3450).later();
  await desk.link("IB", "down").later();
  await desk.link("IB", "up").holds("IB", 3450).fill(300, "new.01").executionsComplete().later(5);
  assert.deepEqual(desk.rows.map(({ status, quantities }) => [status, quantities.CACHED]), [["EXPLAINED", 3150]]);
});

Deno.test("executions that never come are not waited for for ever", async () => {
  const desk = await connected();
  await desk.link("IB", "down").later(30);
  await desk.link("IB", "up").holds("IB", 3450).later(29);
  assert.deepEqual(desk.rows, []);
  await desk.later(2);
  assert.deepEqual(desk.rows.map(({ status }) => status), ["DRIFT"]);
});

Deno.test("a position that changes in plain sight is no difference", async () => {
  const desk = await connected();
  await desk.fill(10, "new.01").holds("IB", 3160).later(10);
  assert.deepEqual(desk.summary, NONE);
});
