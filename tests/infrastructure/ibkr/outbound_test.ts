import assert from "node:assert/strict";
import { IBApi } from "@stoqey/ib/dist/api/api.js";
import { OUT_MSG_ID } from "@stoqey/ib/dist/core/io/encoder.js";
import { ApiTransport } from "../../../src/infrastructure/ibkr/api_transport.ts";
import { ALLOWED_REQUESTS, judgeOutbound } from "../../../src/infrastructure/ibkr/outbound.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { ScriptedGateway } from "./scripted_gateway.ts";

Deno.test("the requests that may leave are requests for data only", () => {
  for (const [number, name] of ALLOWED_REQUESTS) {
    assert.equal(OUT_MSG_ID[number], name);
    assert.match(
      name,
      /^(REQ|CANCEL)_(MKT_DATA|ACCOUNT_DATA|EXECUTIONS|CONTRACT_DATA|ALL_OPEN_ORDERS|MANAGED_ACCTS|CURRENT_TIME|MARKET_DATA_TYPE|POSITIONS|HISTORICAL_DATA|ACCOUNT_SUMMARY|PNL|PNL_SINGLE)$|^START_API$/,
    );
  }
  for (const forbidden of [3, 4, 5, 15, 19, 21, 58, 69]) assert.ok(!ALLOWED_REQUESTS.has(forbidden));
});

function frame(text: string, length = text.length): Uint8Array {
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, length);
  for (let i = 0; i < text.length; i++) bytes[4 + i] = text.charCodeAt(i);
  return bytes;
}

Deno.test("a message may not hide another behind its own length", () => {
  assert.equal(judgeOutbound(frame("49\x00001\x00"), false), null);
  const hidden = Uint8Array.from([...frame("49\x00001\x00"), ...frame("3\x00045\x00")]);
  assert.match(judgeOutbound(hidden, false) ?? "", /its length says/);
  assert.match(judgeOutbound(frame("3\x00045\x00007\x00"), false) ?? "", /message 3 is not a request for data/);
  assert.match(judgeOutbound(frame("x3\x00045\x00"), false) ?? "", /does not start with a message number/);
});

interface Connected {
  readonly transport: ApiTransport;
  readonly gateway: ScriptedGateway;
  readonly clock: VirtualClock;
  readonly refused: string[];
}

async function connected(): Promise<Connected> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const gateway = await new ScriptedGateway(clock, network).listen();
  const refused: string[] = [];
  const ignore = () => {};
  const transport = new ApiTransport({
    address: { host: "127.0.0.1", port: 7497 },
    clientId: 1,
    now: () => clock.monotonic(),
    events: {
      onServerVersion: ignore,
      onMessage: ignore,
      onPriceTick: ignore,
      onComputation: ignore,
      onUnreadable: ignore,
      onBadNumber: ignore,
      onRefusedOutbound: (reason) => refused.push(reason),
      onClosed: ignore,
    },
  });
  const opening = transport.open(network, new AbortController().signal);
  await clock.advance(10);
  await opening;
  await clock.advance(10);
  return { transport, gateway, clock, refused };
}

const CONTRACT = { conId: 265598, symbol: "AAPL", secType: "STK", exchange: "SMART", currency: "USD" };
const ORDER = { action: "BUY", totalQuantity: 1, orderType: "LMT", lmtPrice: 1, transmit: true, tif: "DAY" };

/** Arguments that get each method past the library's own checks. */
const ORDER_CALLS: Readonly<Record<string, readonly unknown[]>> = {
  placeOrder: [1, CONTRACT, ORDER],
  cancelOrder: [1],
  reqGlobalCancel: [],
  exerciseOptions: [1, CONTRACT, 1, 1, "DU1", 1],
  reqAutoOpenOrders: [true],
  reqOpenOrders: [],
  replaceFA: [1, 1, "<xml/>"],
  updateDisplayGroup: [1, "265598@SMART"],
};

for (const [name, args] of Object.entries(ORDER_CALLS)) {
  Deno.test(`${name}() of the client library never reaches the wire`, async () => {
    const { transport, gateway, clock, refused } = await connected();
    const before = gateway.requests.length;
    const method: unknown = Reflect.get(transport.api, name);
    assert.equal(typeof method, "function");
    if (typeof method === "function") Reflect.apply(method, transport.api, args);
    await clock.advance(1_000);
    assert.equal(gateway.requests.length, before);
    assert.equal(refused.length, 1);
    // The connection is none the worse for it: the next request for data passes.
    transport.api.reqCurrentTime();
    await clock.advance(10);
    assert.equal(gateway.requests.at(-1)?.fields[0], "49");
    transport.close("done");
  });
}

Deno.test("of all the library's methods, none sends anything but the requests for data", async () => {
  const names = Object.getOwnPropertyNames(IBApi.prototype)
    .filter((name) => !["constructor", "connect", "disconnect", "disableUseV100Plus"].includes(name));
  assert.ok(names.length > 60);
  for (const name of names) {
    // A connection each: a method that throws leaves the library's command queue stuck.
    const { transport, gateway, clock } = await connected();
    const method: unknown = Reflect.get(transport.api, name);
    if (typeof method !== "function") continue;
    try {
      Reflect.apply(method, transport.api, ORDER_CALLS[name] ?? [1, CONTRACT, "x", "1", 1, 1, 1, 1]);
    } catch {
      // Some methods do not like these arguments; those sent nothing.
    }
    await clock.advance(100);
    for (const { fields } of gateway.requests) {
      assert.ok(ALLOWED_REQUESTS.has(Number(fields[0])), `${name}() sent message ${fields[0]}`);
    }
    transport.close("done");
  }
});
