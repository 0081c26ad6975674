/** Each way in which OpenD fails, on the simulated one: the book ends as OpenD has it, and meanwhile the words say what is wrong. */
import assert from "node:assert/strict";
import type { FutuFault } from "../../../src/infrastructure/simulator/futu/scenario.ts";
import {
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_ORDER_FILL_LIST,
  GET_ORDER_LIST,
  GET_POSITION_LIST,
  SUB_ACC_PUSH,
} from "../../../src/infrastructure/futu/wire/messages.ts";
import { type FutuBrokerDesk, futuDesk } from "../../contract/broker_desks.ts";
import fc from "../../support/property.ts";

interface FaultRun {
  readonly name: string;
  readonly faults: readonly FutuFault[];
  /** What the link says at some time meanwhile; null: nothing, since it does no harm. */
  readonly says: RegExp | null;
  /** A fill at once, whose pushes come behind the trouble. */
  readonly fills?: boolean;
}

const garbage = (form: Extract<FutuFault, { kind: "garbage" }>["form"]): FutuFault => ({ kind: "garbage", form });

const RUNS: readonly FaultRun[] = [
  {
    name: "every connection is cut",
    faults: [{ kind: "drop" }],
    says: /down: OpenD at 127\.0\.0\.1:11111 is gone.*next try in/,
  },
  {
    name: "new connections are refused",
    faults: [{ kind: "refuse", seconds: 20 }],
    says: /down: Cannot reach OpenD at 127\.0\.0\.1:11111: Connection refused.*Start OpenD and log in; futu\.port/,
  },
  {
    name: "it falls silent",
    faults: [{ kind: "freeze", seconds: 60 }],
    says: /down: OpenD at .* is silent: it did not answer/,
  },
  {
    name: "every counted message is refused as too frequent",
    faults: [{ kind: "rate-limit", seconds: 100 }],
    says: /degraded: .*(positions|account values) are not complete: .*too often.*OpenD says: .*频率太高/,
  },
  {
    name: "a SHA-1 is wrong",
    faults: [garbage("bad-sha")],
    says: /down: Cannot read what OpenD .*the SHA-1 of a frame/,
  },
  // The frame after it becomes its end.
  { name: "a frame breaks off", faults: [garbage("truncated")], says: /down: Cannot read what OpenD .*/, fills: true },
  {
    name: "a frame announces two gigabytes",
    faults: [garbage("oversized")],
    says: /down: .*announces 2147483647 bytes/,
  },
  { name: "a message is not known", faults: [garbage("unknown")], says: null },
  { name: "a push cannot be read", faults: [garbage("unreadable")], says: null },
  {
    name: "it is logged out",
    faults: [{ kind: "logout", seconds: 30 }],
    says: /down: OpenD is (logging in|not logged in)/,
  },
  ...[
    GET_ACC_LIST,
    SUB_ACC_PUSH,
    GET_POSITION_LIST,
    GET_FUNDS,
    GET_ORDER_LIST,
    GET_ORDER_FILL_LIST,
    GET_HISTORY_ORDER_FILL_LIST,
  ].map((
    { protoId, name },
  ) => ({
    name: `the connection is cut twice at ${name}`,
    faults: [{ kind: "drop-before-reply", protoId, times: 2 }, { kind: "drop" }] as const,
    says: /down: OpenD at .* is gone/,
  })),
];

for (const { name, faults, says, fills } of RUNS) {
  Deno.test(`the book is right after ${name}, and the words are clear`, async () => {
    await onOpenD(async (desk) => {
      await settled(desk);
      const since = desk.sink.events.length;
      for (const fault of faults) desk.openD().fault(fault);
      if (fills === true) desk.fill(1);
      await desk.clock.advance(5_000);
      desk.fill(7);
      await desk.clock.advance(150_000);
      const words = desk.sink.events.slice(since).flatMap((event) =>
        event.kind === "link" ? [`${event.status}: ${event.detail}`] : []
      );
      if (says === null) assert.deepEqual(words, []);
      else assert.ok(words.some((each) => says.test(each)), words.join("\n"));
      asOpenDHasIt(desk);
    });
  });
}

Deno.test("an OpenD that is not logged in at the start is waited for, and the words say what is missing", async () => {
  const desk = futuDesk();
  try {
    await desk.listen();
    desk.openD().fault({ kind: "logout", seconds: null });
    desk.feed.start();
    await desk.clock.advance(30_000);
    const { status, detail } = desk.sink.last("link");
    assert.equal(status, "down");
    assert.match(detail, /OpenD is (logging in|not logged in)/);
    assert.equal(desk.sink.of("positions").length, 0);
    assert.equal(desk.openD().received(GET_POSITION_LIST.protoId), 0, "nothing is asked of an OpenD that is not ready");
    desk.openD().fault({ kind: "login" });
    await desk.clock.advance(30_000);
    asOpenDHasIt(desk);
  } finally {
    await desk.stop();
  }
});

Deno.test("whatever troubles follow one another, the book ends as OpenD has it and each fill counts once", async () => {
  const fault = fc.constantFrom<FutuFault>(
    { kind: "drop" },
    { kind: "refuse", seconds: 3 },
    { kind: "freeze", seconds: 25 },
    { kind: "rate-limit", seconds: 5 },
    { kind: "logout", seconds: 4 },
    { kind: "drop-before-reply", protoId: GET_POSITION_LIST.protoId, times: 1 },
    { kind: "drop-before-reply", protoId: GET_HISTORY_ORDER_FILL_LIST.protoId, times: 1 },
    garbage("bad-sha"),
    garbage("truncated"),
    garbage("oversized"),
    garbage("unknown"),
    garbage("unreadable"),
  );
  const step = fc.record({
    fault,
    fill: fc.integer({ min: -20, max: 20 }),
    waitMs: fc.integer({ min: 0, max: 9_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      await onOpenD(async (desk) => {
        await settled(desk);
        for (const { fault, fill, waitMs } of steps) {
          desk.openD().fault(fault);
          if (fill !== 0) desk.fill(fill);
          await desk.clock.advance(waitMs);
        }
        await desk.clock.advance(240_000);
        asOpenDHasIt(desk);
      });
    }),
    { numRuns: 12 },
  );
});

async function onOpenD(test: (desk: FutuBrokerDesk) => Promise<void>): Promise<void> {
  const desk = futuDesk();
  try {
    await desk.listen();
    desk.feed.start();
    await test(desk);
  } finally {
    await desk.stop();
  }
}

async function settled({ clock, sink }: FutuBrokerDesk): Promise<void> {
  await clock.until(() => sink.events.some(({ kind }) => kind === "executions-complete"), 60_000, "complete fills");
  await clock.advance(40_000);
}

/** Positions, fills, orders and the link, all as of now; each fill once, and no message that trades was ever sent. */
function asOpenDHasIt({ sink, openD, accounts }: FutuBrokerDesk): void {
  const { status, detail } = sink.last("link");
  assert.equal(status, "up", detail);
  const truth = openD().truth().filter(({ account }) => accounts.includes(account));
  const held = truth.flatMap(({ account, positions }) => positions.map(({ quantity }) => `${account} ${quantity}`));
  const { rows } = sink.last("positions");
  assert.deepEqual(rows.map(({ account, quantity }) => `${account} ${quantity}`).sort(), held.sort());
  const told = sink.of("execution").map(({ account, execId, quantity, price }) =>
    `${account} ${execId} ${quantity} ${price}`
  );
  const filled = truth.flatMap(({ account, deals }) =>
    deals.map(({ fillIDEx, quantity, price }) => `${account} ${fillIDEx} ${quantity} ${price}`)
  );
  assert.deepEqual(told.sort(), filled.sort());
  const costs = new Map(sink.of("commission").map(({ execId, amount }) => [execId, amount]));
  const paid = [...costs.values()].reduce((sum, amount) => sum + amount, 0);
  const fees = truth.flatMap(({ orders }) => orders.map(({ fee }) => fee)).reduce((sum, fee) => sum + fee, 0);
  assert.ok(costs.size === filled.length && Math.abs(paid - fees) < 1e-9, `${paid} paid of ${fees}`);
  const kinds = sink.events.map(({ kind }) => kind);
  assert.ok(kinds.lastIndexOf("executions-complete") > kinds.lastIndexOf("execution"));
  assert.equal(openD().tradeMessagesReceived, 0);
}
