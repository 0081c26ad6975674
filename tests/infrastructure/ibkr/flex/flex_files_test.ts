import assert from "node:assert/strict";
import { brokerDay } from "../../../../src/application/backfill/coverage.ts";
import { failuresIn } from "../../../../src/application/backfill/report.ts";
import { isoDate } from "../../../../src/domain/calendar/date.ts";
import { FlexFiles } from "../../../../src/infrastructure/ibkr/flex/flex_files.ts";
import { commission, execution } from "../../../support/stored_history.ts";
import { type Desk, onDesk } from "./backfill_desk.ts";
import { response, statement, trade } from "./flex_xml.ts";

const FIRST = "0000e0d5.6557b1a2.01.01";
const SECOND = "0000e0d5.6557b1a3.01.01";
const files = ({ folder }: Desk) => new FlexFiles(`${folder}/flex`, new AbortController().signal);

async function put({ folder }: Desk, name: string, text: string): Promise<void> {
  await Deno.mkdir(`${folder}/flex`, { recursive: true });
  await Deno.writeTextFile(`${folder}/flex/${name}`, text);
}

async function watermark({ store }: Desk, account = "DU1234567"): Promise<string | null> {
  const state = (await store.syncStates()).find((row) => row.account === account && row.dataType === "flex-files");
  return state?.watermark == null ? null : isoDate(brokerDay(state.watermark));
}

Deno.test("each file is read once, whatever it is called, and a changed one again", async () => {
  await onDesk(async (desk) => {
    await put(desk, "b.xml", response([statement([trade()])]));
    await put(desk, "notes.txt", "not a statement");
    const first = await desk.run([files(desk)]);
    assert.deepEqual([first.sources[0]?.planned, first.sources[0]?.done], [1, 1]);
    assert.deepEqual([await desk.execIds(), await watermark(desk)], [[FIRST], "2026-11-21"]);
    await Deno.rename(`${desk.folder}/flex/b.xml`, `${desk.folder}/flex/renamed.xml`);
    const again = await desk.run([files(desk)]);
    assert.deepEqual([again.sources[0]?.planned, again.sources[0]?.skipped], [0, 1]);
    await put(desk, "renamed.xml", response([statement([trade(), trade({ ibExecID: SECOND, tradeID: 3000000002 })])]));
    await desk.run([files(desk)]);
    assert.deepEqual(await desk.execIds(), [FIRST, SECOND]);
    const forced = await desk.run([files(desk)], { force: true });
    assert.deepEqual([forced.sources[0]?.done, (await desk.execIds()).length], [1, 2]);
  });
});

Deno.test("a damaged file fails with its reason, the others are stored, and it is tried again until it is whole", async () => {
  await onDesk(async (desk) => {
    const whole = response([statement([trade()])]);
    await put(desk, "a.xml", whole.slice(0, 900));
    await put(desk, "b.xml", response([statement([trade({ ibExecID: SECOND })], "DU2")]));
    for (let run = 1; run <= 2; run++) {
      const report = await desk.run([files(desk)]);
      assert.match(report.sources[0]?.failures[0]?.reason ?? "", /a\.xml: .*cut off/);
      assert.deepEqual(await desk.execIds(), [SECOND]);
      const [state] = (await desk.store.syncStates()).filter(({ account }) => account === "ALL");
      assert.deepEqual([state?.status, state?.watermark], ["FAILED", null]);
    }
    await put(desk, "a.xml", whole);
    assert.equal(failuresIn(await desk.run([files(desk)])), 0);
    assert.deepEqual(await desk.execIds(), [FIRST, SECOND]);
  });
});

Deno.test("no folder, an empty statement file and something else altogether are told apart", async () => {
  await onDesk(async (desk) => {
    const none = await desk.run([files(desk)]);
    assert.match(none.sources[0]?.remarks[0] ?? "", /no statement files/);
    await put(desk, "empty.xml", response([]));
    await put(desk, "page.xml", "<html><body>Log in</body></html>");
    const report = await desk.run([files(desk)]);
    const reasons = report.sources[0]?.failures.map(({ reason }) => reason) ?? [];
    assert.match(reasons[0] ?? "", /no statement in empty\.xml/);
    assert.match(reasons[1] ?? "", /first element is html/);
  });
});

Deno.test("with an account, rows of others are left out, and the file is read again for them", async () => {
  await onDesk(async (desk) => {
    await put(
      desk,
      "both.xml",
      response([statement([trade()]), statement([trade({ ibExecID: SECOND, accountId: "DU2" })], "DU2")]),
    );
    await desk.run([files(desk)], { account: "DU2" });
    assert.deepEqual([await desk.execIds(), await watermark(desk), await watermark(desk, "DU2")], [
      [SECOND],
      null,
      "2026-11-21",
    ]);
    await desk.run([files(desk)]);
    assert.deepEqual(await desk.execIds(), [FIRST, SECOND]);
  });
});

Deno.test("a range leaves out what lies beyond it, and the file is not called read", async () => {
  await onDesk(async (desk) => {
    const later = trade({ ibExecID: SECOND, dateTime: "20261103;103045" });
    await put(desk, "a.xml", response([statement([trade(), later])]));
    await desk.run([files(desk)], { from: "2026-11-02", to: "2026-11-06" });
    assert.deepEqual([await desk.execIds(), await watermark(desk)], [[SECOND], "2026-11-07"]);
    await desk.run([files(desk)]);
    assert.deepEqual([await desk.execIds(), await watermark(desk)], [[FIRST, SECOND], "2026-11-21"]);
  });
});

Deno.test("the same execution from the API and from a statement is stored once, with what each of them knows", async () => {
  await onDesk(async (desk) => {
    const { store } = desk;
    const own = { account: "DU1234567" };
    await store.write({
      executions: [execution(FIRST, { ...own, orderRef: "wheel", executedAt: Date.UTC(2026, 10, 20, 15, 30, 45) })],
      commissions: [commission(FIRST, { ...own, amount: 1.3666, realizedPnl: 12 })],
    });
    await put(desk, "a.xml", response([statement([trade()])]));
    await desk.run([files(desk)]);
    assert.deepEqual(await desk.execIds(), [FIRST]);
    for await (const [fill] of store.fills({ account: null, from: 0, to: Date.UTC(2027, 0, 1) })) {
      assert.deepEqual([fill?.execution.orderRef, fill?.execution.exchange], ["wheel", "CBOE2"]);
      assert.deepEqual(fill?.commission, { amount: 1.3666, currency: "USD", realizedPnl: 12 });
    }
  });
});
