import assert from "node:assert/strict";
import type { InstrumentIndex } from "../../src/domain/event.ts";
import { type BrokerDesk, futuDesk, ibDesk, sharedParts } from "./broker_desks.ts";
import { brokerSuite } from "./broker_suite.ts";

brokerSuite("IB", ibDesk);
brokerSuite("Futu", futuDesk);
brokerSuite("Futu whose history ends yesterday", (options) => futuDesk({ ...options, historyHasToday: false }));

for (const [first, second] of [[ibDesk, futuDesk], [futuDesk, ibDesk]] as const) {
  Deno.test(`the same contracts from both brokers have one place each, ${first.name} first`, async () => {
    const shared = sharedParts();
    const desks = [first({ shared }), second({ shared })];
    try {
      for (const desk of desks) {
        await desk.listen();
        desk.feed.start();
        await shared.clock.advance(20_000);
      }
      const places = desks.map(placesOf);
      assert.equal(places[0]?.size, 4);
      assert.deepEqual(places[0], places[1]);
      assert.equal(new Set(places[0]?.values()).size, 3, "AAPL, its call and the put");
    } finally {
      for (const desk of desks) await desk.stop();
    }
  });
}

/** Where the registry has what a broker holds, by which of its accounts and how much. */
function placesOf({ source, accounts, sink }: BrokerDesk): Map<string, InstrumentIndex> {
  const { rows } = sink.of("positions").filter((event) => event.source === source).at(-1)!;
  const names = rows.map(({ account, quantity, instrument }) =>
    [`${accounts.indexOf(account)} ${quantity}`, instrument] as const
  );
  return new Map([...names].sort(([a], [b]) => a < b ? -1 : 1));
}
