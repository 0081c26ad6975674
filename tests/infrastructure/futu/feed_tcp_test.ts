/** The adapter over real sockets and the real clock: what a virtual clock hides shows here. */
import assert from "node:assert/strict";
import type { FutuScenario } from "../../../src/infrastructure/simulator/futu/scenario.ts";
import { futuFeed } from "../../../src/infrastructure/futu/feed.ts";
import { tcpNetwork } from "../../../src/infrastructure/net/tcp.ts";
import { loadFutuScenario } from "../../../src/infrastructure/simulator/futu/load_scenario.ts";
import { startOpenD } from "../../../src/infrastructure/simulator/futu/open_d.ts";
import { systemClock } from "../../../src/infrastructure/system_clock.ts";
import { RecordingSink } from "../ibkr/bench_desk.ts";
import { SETTINGS } from "./client/client_desk.ts";

const LIMIT_MS = 30_000;
const DEMO = "config/scenarios/futu-demo.yaml";

Deno.test("the demo's book at Futu is read over TCP: positions with their contracts, values, fills and orders", async () => {
  const clock = systemClock();
  const network = tcpNetwork();
  const log = { write: () => {} };
  const scenario: FutuScenario = loadFutuScenario(await Deno.readTextFile(DEMO), DEMO);
  const openD = await startOpenD({ network, clock, seed: 1, address: { host: "127.0.0.1", port: 0 }, scenario, log });
  const sink = new RecordingSink();
  const { promise: isUp, resolve: up, reject: late } = Promise.withResolvers<void>();
  const cancelLimit = clock.after(LIMIT_MS, () => late(new Error(`the book is not read within ${LIMIT_MS} ms`)));
  const feed = futuFeed({
    settings: { ...SETTINGS, port: openD.port, filterTrdmarket: "NONE" },
    network,
    clock,
    random: Math.random,
    log,
    sink: Object.assign(sink, {
      push(event: Parameters<RecordingSink["push"]>[0]) {
        RecordingSink.prototype.push.call(sink, event);
        if (event.kind === "executions-complete" || (event.kind === "link" && event.status === "up")) {
          if (sink.last("link").status === "up" && sink.of("executions-complete").length > 0) up();
        }
      },
    }),
    baseCurrency: "USD",
    find: (key) => sink.registry.find(key),
  });
  try {
    feed.start();
    await isUp;
    const { accounts, rows } = sink.last("positions");
    const truth = openD.truth().filter(({ account }) => accounts.includes(account));
    assert.ok(rows.length >= 8, `${rows.length} rows`);
    assert.deepEqual(
      rows.map(({ account, quantity }) => `${account} ${quantity}`).sort(),
      truth.flatMap(({ account, positions }) => positions.map(({ quantity }) => `${account} ${quantity}`)).sort(),
    );
    assert.deepEqual(rows.filter(({ instrument }) => sink.registry.at(instrument).assetType === "UNKNOWN"), []);
    assert.ok(sink.of("account").length >= accounts.length);
  } finally {
    cancelLimit();
    await feed.stop();
    await openD.stop();
  }
});
