import assert from "node:assert/strict";
import { tcpNetwork } from "../../../../src/infrastructure/net/tcp.ts";
import {
  GET_ACC_LIST,
  GET_HISTORY_ORDER_LIST,
  SUB_ACC_PUSH,
  UPDATE_ORDER_FILL,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { loadFutuScenario } from "../../../../src/infrastructure/simulator/futu/load_scenario.ts";
import { startOpenD } from "../../../../src/infrastructure/simulator/futu/open_d.ts";
import { systemClock } from "../../../../src/infrastructure/system_clock.ts";
import { FutuWireClient } from "./futu_wire_client.ts";
import { GENERAL, SMALL_BOOK } from "./small_book.ts";

Deno.test("over real TCP OpenD lets a client in, lists accounts and history, and pushes a fill", async () => {
  const network = tcpNetwork();
  const address = { host: "127.0.0.1", port: 0 };
  const scenario = loadFutuScenario(SMALL_BOOK, "small.yaml");
  const openD = await startOpenD({
    network,
    clock: systemClock(),
    seed: 1,
    address,
    scenario,
    log: { write: () => {} },
  });
  const client = await FutuWireClient.connect(network, openD.port);
  try {
    client.init();
    await client.until(() => client.notices().length === 1);
    const accounts = client.send(GET_ACC_LIST, { userID: "0", needGeneralSecAccount: true });
    await client.until(() => client.answered(accounts));
    assert.equal(client.answer(GET_ACC_LIST, accounts).s2c?.accList.length, 4);

    const header = { trdEnv: 1, trdMarket: 1, accID: GENERAL };
    const filterConditions = { beginTime: "2026-03-01 00:00:00", endTime: "2026-05-29 00:00:00" };
    const history = client.send(GET_HISTORY_ORDER_LIST, { header, filterConditions });
    const subscribed = client.send(SUB_ACC_PUSH, { accIDList: [GENERAL] });
    await client.until(() => client.answered(history) && client.answered(subscribed));
    assert.ok(client.answer(GET_HISTORY_ORDER_LIST, history).s2c!.orderList.length > 50);

    const fill = { account: GENERAL, contract: "AAPL", side: "BUY", quantity: 5, price: 270 } as const;
    openD.happen({ kind: "fill", order: null, ...fill });
    await client.until(() => client.pushes(UPDATE_ORDER_FILL).length === 1);
    assert.deepEqual(client.faults, []);
  } finally {
    client.close();
    await openD.stop();
  }
});
