import assert from "node:assert/strict";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";
import type { Fault } from "../../../src/infrastructure/simulator/scenario.ts";
import { onStage, STILL } from "./virtual_gateway.ts";
import { contractFields, type WireClient } from "./wire_client.ts";

const DEMO = await Deno.readTextFile(new URL("../../../config/scenarios/demo.yaml", import.meta.url));

/** The still book with prices that move. */
const MOVING = STILL.replace("speed: 0", "speed: 1");

function requestQuotes(client: WireClient, ...conIds: number[]): void {
  for (const conId of conIds) {
    const exchange = conId === 3001 ? "CME" : "SMART";
    client.send(1, 11, conId, ...contractFields({ conId, exchange }), 0, "", 0, 0, "");
  }
}

/** Ticks since the last look. */
function newTicks(client: WireClient, id?: number): number {
  const count = client.all(1).filter((row) => id === undefined || row[1] === String(id)).length;
  client.clear();
  return count;
}

Deno.test("the same seed and requests give the same bytes, another seed other ones", async () => {
  const record = async (seed: number) => {
    let bytes = "";
    await onStage(DEMO, async ({ client, clock }) => {
      const ib = await client();
      ib.send(61, 1);
      ib.send(62, 1, 9, "All", "NetLiquidation,MaintMarginReq,$LEDGER:ALL");
      ib.send(92, 10, "DU1", "");
      requestQuotes(ib, 76792991, 756733, 649180695, 700000003);
      await clock.advance(30_000);
      bytes = ib.bytes.map((chunk) => [...chunk].join()).join();
    }, seed);
    return bytes;
  };
  const first = await record(7);
  assert.ok(first.length > 50_000);
  assert.equal(await record(7), first);
  assert.notEqual(await record(8), first);
});

Deno.test("prices walk with about the volatility they were given", async () => {
  const scenario = STILL.replace("speed: 0", "speed: 1000").replace("last: 398.60,", "last: 398.60, volatility: 0.4,");
  let squares = 0;
  const seeds = 60;
  for (let seed = 1; seed <= seeds; seed++) {
    await onStage(scenario, async ({ clock, gateway }) => {
      await clock.advance(10_000);
      const { last } = gateway.truth().quotes.find(({ contract }) => contract === "TSLA")!;
      squares += Math.log(last / 398.6) ** 2;
    }, seed);
  }
  // Ten seconds a thousand times faster are 10,000 of the 5,896,800 seconds of a trading year.
  const expected = 0.4 * Math.sqrt(10_000 / 5_896_800);
  const ratio = Math.sqrt(squares / seeds) / expected;
  assert.ok(ratio > 0.75 && ratio < 1.3, `moves ${ratio} times as much as it should`);
});

Deno.test("drop cuts every connection, and the next one is served", async () => {
  await onStage(MOVING, async ({ client, clock, gateway }) => {
    const before = await client();
    gateway.fault({ kind: "drop" });
    await clock.advance(10);
    assert.ok(before.closed);
    const after = await client(1);
    assert.equal(after.all(15).length, 1);
  });
});

Deno.test("refuse closes the port for its time and opens the same one again", async () => {
  await onStage(MOVING, async ({ client, connect, clock, gateway }) => {
    const before = await client();
    const port = gateway.port;
    gateway.fault({ kind: "refuse", seconds: 5 });
    await clock.advance(10);
    assert.ok(before.closed);
    await assert.rejects(connect(), /refused/i);
    await clock.advance(5000);
    assert.equal(gateway.port, port);
    assert.equal((await client()).all(15).length, 1);
  });
});

Deno.test("freeze keeps sockets open and silent, then answers what was asked meanwhile", async () => {
  await onStage(MOVING, async ({ client, connect, clock, gateway }) => {
    const ib = await client();
    requestQuotes(ib, 76792991);
    await clock.advance(2000);
    assert.ok(newTicks(ib) > 0);
    gateway.fault({ kind: "freeze", seconds: 12 });
    ib.send(49, 1);
    const late = await connect();
    gateway.happen({ kind: "fill", account: "DU1", contract: "TSLA", quantity: 5, price: 400, commission: 1 });
    await clock.advance(11_500);
    assert.equal(ib.messages.length, 0);
    assert.equal(late.messages.length, 0);
    assert.ok(!ib.closed && !late.closed);
    await clock.advance(1000);
    assert.equal(ib.all(49).length, 1, "the question of before is answered");
    assert.equal(ib.all(11).length, 1, "the fill of meanwhile is told");
    assert.ok(newTicks(ib) > 0);
    assert.equal(late.messages.length, 1, "the greeting comes late");
  });
});

Deno.test("1100 silences the lines; 1102 brings them back whole, 1101 takes them away", async () => {
  await onStage(MOVING, async ({ client, clock, gateway }) => {
    const ib = await client();
    requestQuotes(ib, 76792991, 3001);
    await clock.advance(2000);
    newTicks(ib);
    gateway.fault({ kind: "connectivity", code: 1100 });
    await clock.advance(5000);
    assert.deepEqual(ib.errors(), [[-1, 1100]]);
    assert.equal(newTicks(ib), 0);
    gateway.fault({ kind: "connectivity", code: 1102 });
    await clock.advance(1000);
    assert.deepEqual(ib.errors(), [[-1, 1102]]);
    assert.ok(ib.all(1).some((row) => row[2] === "9"), "everything is sent anew");
    gateway.fault({ kind: "connectivity", code: 1100 });
    gateway.fault({ kind: "connectivity", code: 1101 });
    await clock.advance(100);
    newTicks(ib);
    await clock.advance(5000);
    assert.equal(newTicks(ib), 0);
    assert.equal(gateway.lines, 0);
    requestQuotes(ib, 76792991);
    await clock.advance(1000);
    assert.ok(newTicks(ib) > 0, "subscribing again works, with the same id");
  });
});

Deno.test("a farm's outage silences its own lines only; some come back only when asked for again", async () => {
  await onStage(MOVING, async ({ client, clock, gateway }) => {
    const ib = await client();
    requestQuotes(ib, 76792991, 3001);
    await clock.advance(2000);
    ib.clear();
    gateway.fault({ kind: "farm", farm: "usfuture", up: false, lose: false });
    await clock.advance(3000);
    assert.deepEqual(ib.errors(), [[-1, 2103]]);
    assert.equal(ib.all(1).filter((row) => row[1] === "3001").length, 0);
    assert.ok(newTicks(ib, 76792991) > 0);
    gateway.fault({ kind: "farm", farm: "usfuture", up: true, lose: false });
    await clock.advance(1000);
    assert.deepEqual(ib.errors(), [[-1, 2104]]);
    assert.ok(newTicks(ib, 3001) > 0);
    gateway.fault({ kind: "farm", farm: "usfuture", up: false, lose: false });
    gateway.fault({ kind: "farm", farm: "usfuture", up: true, lose: true });
    await clock.advance(5000);
    assert.equal(newTicks(ib, 3001), 0, "a line lost in silence");
  });
});

Deno.test("while ids are taken every client gets 326; afterwards the same id is welcome", async () => {
  await onStage(MOVING, async ({ client, clock, gateway }) => {
    gateway.fault({ kind: "client-id-in-use", seconds: 10 });
    const refused = await client(1);
    assert.deepEqual(refused.errors(), [[-1, 326]]);
    assert.ok(refused.closed);
    await clock.advance(10_000);
    assert.equal((await client(1)).all(15).length, 1);
  });
});

Deno.test("a competing session ends every line with 10197 and refuses new ones for its time", async () => {
  await onStage(MOVING, async ({ client, clock, gateway }) => {
    const ib = await client();
    requestQuotes(ib, 76792991, 3001);
    await clock.advance(1000);
    ib.clear();
    gateway.fault({ kind: "competing-session", seconds: 8 });
    await clock.advance(100);
    assert.deepEqual(ib.errors(), [[76792991, 10197], [3001, 10197]]);
    requestQuotes(ib, 76792991);
    await clock.advance(2000);
    assert.equal(newTicks(ib), 0);
    await clock.advance(8000);
    requestQuotes(ib, 76792991);
    await clock.advance(1000);
    assert.ok(newTicks(ib) > 0);
  });
});

Deno.test("garbage goes out as bytes that no decoder should trust", async () => {
  const forms = [
    "negative-length",
    "oversize",
    "unknown-message",
    "text-for-number",
    "missing-fields",
    "truncated",
  ] as const;
  for (const form of forms) {
    await onStage(STILL, async ({ client, clock, gateway }) => {
      const ib = await client();
      const before = ib.bytes.length;
      gateway.fault({ kind: "garbage", form });
      await clock.advance(10);
      const sent = ib.bytes.slice(before).flatMap((chunk) => [...chunk]);
      const length = new DataView(Uint8Array.from(sent).buffer).getUint32(0);
      const checks: Record<typeof form, () => boolean> = {
        "negative-length": () => length === 0xfffffffc,
        "oversize": () => length === 0x7fffffff,
        "unknown-message": () => ib.all(4711).length === 1,
        "text-for-number": () => Number.isNaN(Number(ib.all(1)[0]![3])),
        "missing-fields": () => ib.all(61)[0]!.length === 1,
        "truncated": () => sent.length < length + 4,
      };
      assert.ok(checks[form](), `${form}: ${sent}`);
    });
  }
});

Deno.test("a scenario's events come at their times, trouble and trades alike", async () => {
  const events = `
events:
  - { at: 2s, kind: price, contract: TSLA, change: -0.10 }
  - { at: 1s, kind: fill, account: DU1, contract: TSLA, quantity: 10 }
  - { at: 3s, kind: volatility, contract: TSLA, change: 0.10 }
  - { at: 4s, kind: position, account: DU2, contract: ES, quantity: -3, avg_price: 6600 }
  - { at: 5s, kind: connectivity, code: 1100 }
  - { at: 6s, kind: drop }
`;
  await onStage(STILL + events, async ({ client, clock, gateway }) => {
    const ib = await client();
    const price = (contract: string) => gateway.truth().quotes.find((quote) => quote.contract === contract)!;
    await clock.advance(1100);
    assert.equal(ib.all(11)[0]![19], "398.61", "bought at the ask");
    await clock.advance(1000);
    assert.ok(Math.abs(price("TSLA").last - 398.6 * 0.9) < 0.01);
    const before = price("CALL").model!.impliedVolatility;
    await clock.advance(1000);
    assert.ok(Math.abs(price("CALL").model!.impliedVolatility - before - 0.1) < 1e-12);
    await clock.advance(1000);
    assert.ok(
      gateway.truth().positions.some(({ account, contract, quantity }) =>
        account === "DU2" && contract === "ES" && quantity === -3
      ),
    );
    await clock.advance(1000);
    assert.ok(ib.errors().some(([, code]) => code === 1100));
    assert.ok(!ib.closed);
    await clock.advance(1000);
    assert.ok(ib.closed);
  });
});

Deno.test("every kind of trouble can be written in a scenario", () => {
  const written: readonly (readonly [string, Fault])[] = [
    ["kind: drop", { kind: "drop" }],
    ["kind: refuse, for: 2s", { kind: "refuse", seconds: 2 }],
    ["kind: freeze, for: 12", { kind: "freeze", seconds: 12 }],
    ["kind: connectivity, code: 1101", { kind: "connectivity", code: 1101 }],
    ["kind: farm, farm: usfarm, lose: true", { kind: "farm", farm: "usfarm", up: false, lose: true }],
    ["kind: client-id-in-use, for: 1m", { kind: "client-id-in-use", seconds: 60 }],
    ["kind: competing-session, for: 500ms", { kind: "competing-session", seconds: 0.5 }],
    ["kind: garbage, form: oversize", { kind: "garbage", form: "oversize" }],
  ];
  const text = `${STILL}\nevents:\n${written.map(([line]) => `  - { at: 1s, ${line} }\n`).join("")}`;
  const events = loadScenario(text, "stage.yaml").events;
  assert.deepEqual(events, written.map(([, fault]) => ({ atMs: 1000, ...fault })));
});

Deno.test("in the demo TSLA passes 80 % of its 1.5 M, then the limit itself, within a minute", async () => {
  await onStage(DEMO, async ({ clock, gateway }) => {
    const gross = () => {
      const { positions, quotes } = gateway.truth();
      const quote = (contract: string) => quotes.find((other) => other.contract === contract)!;
      return positions.filter(({ contract }) => contract.startsWith("TSLA")).reduce((total, { contract, quantity }) => {
        const units = contract === "TSLA" ? quantity : quantity * 100 * quote(contract).model!.delta;
        return total + Math.abs(units * quote("TSLA").mark);
      }, 0);
    };
    assert.ok(gross() < 0.8 * 1.5e6, `${gross()} at the start`);
    await clock.advance(12_000);
    assert.ok(gross() > 0.8 * 1.5e6 && gross() < 1.5e6, `${gross()} after 12 s`);
    await clock.advance(14_000);
    assert.ok(gross() < 1.5e6, `${gross()} after 26 s: still soft, so that the debounce of 15 s can end`);
    await clock.advance(16_000);
    assert.ok(gross() > 1.5e6, `${gross()} after 42 s`);
    const [du1] = gateway.truth().accounts;
    const utilization = du1!.maintenanceMargin / du1!.netLiquidation;
    assert.ok(utilization > 0.48 && utilization < 0.6, `margin ${utilization}`);
  });
});

Deno.test("under load a client gets its ticks at the rate asked for, and the truth is what was sent last", async () => {
  const load = STILL.replace("gateway: {", "gateway: { ticks_per_second: 2000,");
  await onStage(load, async ({ client, clock, gateway }) => {
    const ib = await client();
    requestQuotes(ib, 76792991, 3001, 2001);
    await clock.advance(1000);
    ib.clear();
    await clock.advance(10_000);
    const ticks = ib.all(1).length + ib.all(21).length;
    assert.ok(Math.abs(ticks - 20_000) < 200, `${ticks} ticks in ten seconds`);
    const bid = ib.all(1).findLast((row) => row[1] === "76792991" && row[2] === "1")![3];
    await clock.advance(5);
    assert.equal(Number(bid), gateway.truth().quotes.find(({ contract }) => contract === "TSLA")!.bid);
  });
});
