import assert from "node:assert/strict";
import { onStage, STILL } from "./virtual_gateway.ts";
import { contractFields } from "./wire_client.ts";

const TSLA = 76792991;
const OTHER = 3001;
/** A line's prices move through eight ticks of a cent up and down again. */
const REACH = 0.08;

Deno.test("under load a price stays where it began, however many other lines open and close", async () => {
  await onStage(
    STILL.replace("gateway: {", "gateway: { ticks_per_second: 2000,"),
    async ({ client, clock, gateway }) => {
      const bid = () => gateway.truth().quotes.find(({ conId }) => conId === TSLA)!.bid;
      const began = bid();
      const ib = await client();
      const open = (conId: number, exchange: string, id: number) =>
        ib.send(1, 11, id, ...contractFields({ conId, exchange }), 0, "", 0, 0, "");
      open(TSLA, "SMART", 1);
      for (let id = 2; id < 32; id++) {
        open(OTHER, "CME", id);
        await clock.advance(130);
        assert.equal(gateway.lines, 2);
        ib.send(2, 1, id);
        await clock.advance(130);
        assert.ok(bid() - began <= REACH + 1e-9, `${bid()} after ${id - 1} lines, at first ${began}`);
      }
    },
  );
});
