import assert from "node:assert/strict";
import type { Log } from "../../../src/application/ports/log.ts";
import { tcpNetwork } from "../../../src/infrastructure/net/tcp.ts";
import { startGateway } from "../../../src/infrastructure/simulator/gateway.ts";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";
import { systemClock } from "../../../src/infrastructure/system_clock.ts";
import { contractFields, WireClient } from "./wire_client.ts";

const SILENT: Log = { write: () => {} };
const DEMO = new URL("../../../config/scenarios/demo.yaml", import.meta.url);

Deno.test("over real TCP the gateway greets, names its accounts and streams positions, summary and quotes", async () => {
  const scenario = loadScenario(await Deno.readTextFile(DEMO), "demo.yaml");
  const network = tcpNetwork();
  const address = { host: "127.0.0.1", port: 0 };
  const gateway = await startGateway({ network, clock: systemClock(), seed: 1, address, scenario, log: SILENT });
  const client = await WireClient.connect(network, gateway.port);
  try {
    await client.until(() => client.messages.length === 1);
    assert.equal(client.messages[0]![0], "178");
    assert.match(client.messages[0]![1]!, /^\d{8} \d\d:\d\d:\d\d \S+$/);

    client.startApi();
    await client.until(() => client.errors().some(([, code]) => code === 2158));
    assert.deepEqual(client.all(9), [["1", "1"]]);
    assert.deepEqual(client.all(15), [["1", "DU1,DU2,"]]);
    assert.ok(client.errors().some(([id, code]) => id === -1 && code === 2199), "the simulator announces itself");

    client.send(61, 1);
    await client.until(() => client.all(62).length === 1);
    assert.equal(client.all(61).length, 32);

    client.send(62, 1, 9001, "All", "NetLiquidation,$LEDGER:ALL");
    await client.until(() => client.all(64).length === 1);
    assert.ok(client.all(63).some((row) => row.includes("NetLiquidation") && row.includes("DU2")));

    const tsla = contractFields({ conId: 76792991, exchange: "SMART" });
    client.send(1, 11, 1, ...tsla, 0, "221", 0, 0, "");
    await client.until(() => client.all(1).some((tick) => tick[2] === "37"));
    const ticks = new Set(client.all(1).map(([, , type]) => type));
    for (const type of ["1", "2", "4", "9", "37"]) assert.ok(ticks.has(type), `tick price ${type} came`);
  } finally {
    client.close();
    await gateway.stop();
  }
});
