import assert from "node:assert/strict";
import { SIMULATOR_NOTICE } from "../../../../src/infrastructure/futu/wire/codes.ts";
import {
  GET_ACC_LIST,
  GET_GLOBAL_STATE,
  INIT_CONNECT,
  KEEP_ALIVE,
  NOTIFY,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { onFutuStage } from "./virtual_open_d.ts";

const SMALL = `
contracts: { AAPL: { last: 270 } }
accounts: { "281756479345015383": { markets: [US], currency: HKD, cash: { HKD: 1000 } } }
`;

Deno.test("InitConnect is answered with a number of the connection beyond 2^53, and with the notice of a simulator", async () => {
  await onFutuStage(SMALL, async ({ clock, connect, openD }) => {
    const client = await connect();
    const serial = client.init();
    await clock.advance(10);
    const { retType, s2c } = client.answer(INIT_CONNECT, serial);
    assert.equal(retType, 0);
    assert.equal(s2c?.keepAliveInterval, 10);
    assert.equal(s2c?.connAESKey.length, 16);
    assert.ok(BigInt(s2c!.connID) > 2n ** 53n);
    assert.equal(s2c?.userAttribution, null);
    assert.ok(client.notices()[0]?.startsWith(SIMULATOR_NOTICE));
    assert.equal(openD.clients, 1);
  });
});

Deno.test("who asks for no notices gets none", async () => {
  await onFutuStage(SMALL, async ({ clock, connect }) => {
    const client = await connect();
    client.init({ recvNotify: false });
    await clock.advance(10);
    assert.deepEqual(client.pushes(NOTIFY), []);
  });
});

Deno.test("a question before InitConnect ends the connection", async () => {
  await onFutuStage(SMALL, async ({ clock, connect, logged }) => {
    const client = await connect();
    client.send(GET_ACC_LIST, { userID: "0" });
    await clock.advance(10);
    assert.equal(client.closed, true);
    assert.equal(logged.at(-1)?.message, "The simulated OpenD closes a connection");
  });
});

Deno.test("a client that sends no keep-alive is closed after 30 s; one that does stays", async () => {
  await onFutuStage(SMALL, async ({ clock, client }) => {
    const silent = await client();
    const lively = await client();
    for (let sent = 0; sent < 5; sent++) {
      const serial = lively.send(KEEP_ALIVE, { time: 0 });
      await clock.advance(8_000);
      assert.equal(lively.answer(KEEP_ALIVE, serial).s2c?.time, Math.floor((clock.now() - 8_000) / 1000));
    }
    assert.deepEqual([silent.closed, lively.closed], [true, false]);
  });
});

Deno.test("the state says ready and logged in, and what a logout and a login make of it", async () => {
  await onFutuStage(SMALL, async ({ clock, client, openD }) => {
    const one = await client();
    const ask = async () => {
      const serial = one.send(GET_GLOBAL_STATE, { userID: "0" });
      await clock.advance(10);
      const state = one.answer(GET_GLOBAL_STATE, serial).s2c!;
      return [state.trdLogined, state.programStatus?.type];
    };
    assert.deepEqual(await ask(), [true, 10]);
    openD.fault({ kind: "logout", seconds: 5 });
    assert.deepEqual(await ask(), [false, 2]);
    await clock.advance(5_000);
    assert.deepEqual(await ask(), [true, 10]);
    const told = one.pushes(NOTIFY).map(({ programStatus, connectStatus }) =>
      programStatus?.programStatus.type ?? connectStatus?.trdLogined ?? null
    );
    assert.deepEqual(told, [null, 2, false, 10, true]);
  });
});
