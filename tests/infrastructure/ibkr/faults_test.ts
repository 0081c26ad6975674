import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { QuoteField } from "../../../src/domain/event.ts";
import { type Desk, onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };

async function up(desk: Desk): Promise<void> {
  desk.gateway.hold(AAPL, 100, 150);
  desk.feed.start();
  await desk.clock.until(() => desk.feed.readiness().complete, 10_000, "a complete view");
  await desk.clock.advance(5_000);
}

function length(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

const BROKEN: Readonly<Record<string, Uint8Array>> = {
  "a negative length": length(0xfffffffc),
  "a length of 2 GiB": length(0x7fffffff),
  "a length just above 16 MiB": length(16 * 1024 * 1024 + 1),
  "a length of 0": length(0),
  "a frame without its final NUL": Uint8Array.from([0, 0, 0, 2, 0x34, 0x35]),
};

for (const [what, bytes] of Object.entries(BROKEN)) {
  Deno.test(`${what} ends the connection with a reason, and the next one shows right numbers again`, async () => {
    await onDesk({}, async (desk) => {
      await up(desk);
      desk.gateway.raw(bytes);
      await desk.clock.advance(10);
      assert.equal(desk.sink.last("link").status, "down");
      assert.match(desk.sink.last("link").detail, /Cannot read the stream from IBKR/);
      await desk.clock.until(() => desk.feed.readiness().complete, 5_000, "a complete view again");
      assert.equal(desk.gateway.connections, 2);
      desk.gateway.price(desk.gateway.lineOf(AAPL.conId), 1, 151.25);
      await desk.clock.advance(10);
      assert.equal(desk.sink.quote(desk.sink.indexOf(AAPL.conId), QuoteField.bid), 151.25);
    });
  });
}

Deno.test("a frame cut off by the end of the connection does no harm", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    desk.gateway.raw(Uint8Array.from([0, 0, 0, 100, 0x36, 0x31, 0]));
    desk.gateway.drop();
    await desk.clock.advance(10);
    await desk.clock.until(() => desk.feed.readiness().complete, 5_000, "a complete view again");
  });
});

Deno.test("an unknown message number is left out, logged once, and the session goes on", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    for (let i = 0; i < 20; i++) desk.gateway.send(999, 1, 2, "three");
    desk.gateway.send("not a number", 1);
    desk.gateway.price(desk.gateway.lineOf(AAPL.conId), 2, 152);
    await desk.clock.advance(10);
    assert.equal(desk.gateway.connections, 1);
    assert.equal(desk.sink.quote(desk.sink.indexOf(AAPL.conId), QuoteField.ask), 152);
    assert.equal(desk.log.filter((each) => each.message.includes("could not be read")).length, 2);
  });
});

Deno.test("text where a price belongs makes the price missing and is counted, not passed on as NaN from a digit or two", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    const id = desk.gateway.lineOf(AAPL.conId);
    desk.gateway.price(id, 1, "12abc");
    desk.gateway.price(id, 2, "soon");
    await desk.clock.advance(10);
    const index = desk.sink.indexOf(AAPL.conId);
    assert.ok(Number.isNaN(desk.sink.quote(index, QuoteField.bid)));
    assert.ok(Number.isNaN(desk.sink.quote(index, QuoteField.ask)));
    const [line] = desk.log.filter((each) => each.message.includes("text where a number belongs"));
    assert.deepEqual(line?.data, { message: 1, text: "12abc", count: 1 });
  });
});

Deno.test("text in an account value makes the value missing", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    const id = desk.gateway.asked(OUT.accountSummary).at(-1)!.fields[2]!;
    desk.gateway.send(63, 1, id, "DU1", "NetLiquidation", "lots", "USD");
    await desk.clock.advance(10);
    assert.equal(desk.sink.last("account").values.netLiquidation, null);
  });
});

Deno.test("a message that is too long or has too many fields is left out before the library chokes on it", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    const started = performance.now();
    desk.gateway.send(4, 2, -1, 2104, "\\u0041".repeat(200_000), "");
    desk.gateway.send(61, 3, ...Array<number>(100_000).fill(0));
    desk.gateway.send(62, 1, "x".repeat(2_000_000));
    await desk.clock.advance(100);
    assert.ok(performance.now() - started < 2_000);
    assert.equal(desk.gateway.connections, 1);
    desk.gateway.price(desk.gateway.lineOf(AAPL.conId), 1, 149);
    await desk.clock.advance(10);
    assert.equal(desk.sink.quote(desk.sink.indexOf(AAPL.conId), QuoteField.bid), 149);
  });
});

Deno.test("a gateway that sends hardly anything readable is given up", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    for (let i = 0; i < 250; i++) desk.gateway.send(1, "x", "y");
    await desk.clock.advance(10);
    assert.equal(desk.sink.last("link").status, "down");
    assert.match(desk.sink.last("link").detail, /could not be read/);
  });
});

Deno.test("ticks for a number that nobody asked with are ignored", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    const { ticks } = desk.sink;
    desk.gateway.price(424242, 1, 1);
    desk.gateway.send(21, 424242, 13, 0, 0.2, 0.5, 1, 0, 0.1, 0.1, -0.1, 100);
    await desk.clock.advance(10);
    assert.equal(desk.sink.ticks, ticks);
  });
});

/** Every number anywhere in an event, however deep. */
function* numbersIn(value: unknown): Generator<number> {
  if (typeof value === "number") yield value;
  else if (typeof value === "object" && value !== null) {
    for (const each of Object.values(value)) yield* numbersIn(each);
  }
}

Deno.test("messages of any known kind with any fields never stop the adapter, and no NaN or infinity gets into an event", async () => {
  const number = fc.constantFrom(
    1,
    2,
    3,
    4,
    5,
    7,
    9,
    10,
    11,
    15,
    21,
    45,
    46,
    49,
    52,
    53,
    54,
    55,
    58,
    59,
    61,
    62,
    63,
    64,
    94,
    95,
  );
  const field = fc.oneof(
    fc.constantFrom(
      "",
      "0",
      "-1",
      "-2",
      "1",
      "6",
      "DU1",
      "?",
      "1.7976931348623157E308",
      "NaN",
      "Infinity",
      "1e999",
      "12abc",
    ),
    fc.constantFrom("265598", "1001", "1002", "1003", "1004", "1005", "1006", "1007", "AAPL", "OPT", "USD", "20261218"),
    fc.double().map(String),
    fc.string({ maxLength: 8 }).map((text) => text.replaceAll("\0", "")),
  );
  const message = fc.tuple(number, fc.array(field, { maxLength: 45 }));
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 30 }), async (messages) => {
      await onDesk({}, async (desk) => {
        await up(desk);
        for (const [kind, fields] of messages) desk.gateway.send(kind, ...fields);
        await desk.clock.advance(50);
        desk.gateway.drop();
        await desk.clock.advance(50);
        await desk.clock.until(() => desk.sink.last("link").status === "up", 90_000, "the link");
        for (const event of desk.sink.events) {
          for (const each of numbersIn(event)) assert.ok(Number.isFinite(each), JSON.stringify(event));
        }
        for (const value of desk.sink.quotes.values()) assert.ok(Number.isNaN(value) || Number.isFinite(value));
      });
    }),
    { numRuns: 150 },
  );
});
