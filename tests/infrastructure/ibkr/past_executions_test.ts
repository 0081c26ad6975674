import assert from "node:assert/strict";
import type { BackfillRange, PastFill, PastItem } from "../../../src/application/backfill/source.ts";
import { PastExecutions } from "../../../src/infrastructure/ibkr/past_executions.ts";
import type { IbkrSettings } from "../../../src/application/settings.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { SETTINGS } from "./bench_desk.ts";
import { OUT, type ScriptedContract, ScriptedGateway } from "./scripted_gateway.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };
const COMBINATION: ScriptedContract = { conId: 28812380, symbol: "AAPL", secType: "BAG" };
const UNSET = 1.7976931348623157e308;
const FILL = {
  execId: "0001.01",
  time: "20261120 10:30:00 US/Eastern",
  account: "DU1",
  side: "SLD",
  shares: 2,
  price: 271.5,
};
// 2026-11-20 10:30:45 in New York.
const NOW = Date.UTC(2026, 10, 20, 15, 30, 45);
const RANGE: BackfillRange = { from: null, to: null, days: 30, now: NOW, force: false };

interface Asked {
  readonly items: readonly PastItem[];
  readonly fills: readonly PastFill[];
  readonly gateway: ScriptedGateway;
}

async function ask(
  script: (gateway: ScriptedGateway) => void,
  settings: Partial<IbkrSettings> = {},
  listening = true,
): Promise<Asked> {
  const clock = new VirtualClock(NOW);
  const network = new MemoryNetwork(clock);
  const gateway = new ScriptedGateway(clock, network);
  if (listening) await gateway.listen();
  script(gateway);
  const source = new PastExecutions({
    settings: { ...SETTINGS, ...settings },
    network,
    clock,
    log: { write() {} },
    continues: [],
    simulated: false,
  });
  const { windows } = await source.plan(RANGE);
  const items: PastItem[] = [];
  let failure: unknown = null;
  let isOver = false;
  const reading = { signal: new AbortController().signal, dryRun: false, onFraction() {} };
  (async () => {
    for await (const item of source.read(windows[0]!, reading)) items.push(item);
  })().catch((fault) => failure = fault).finally(() => isOver = true);
  await clock.until(() => isOver, 60_000, "an end");
  assert.equal(clock.pendingTimers <= 1, true, "no timer is left but the gateway's");
  if (failure !== null) throw failure;
  return { items, fills: items.flatMap((item) => item.kind === "fills" ? item.fills : []), gateway };
}

function answering(send: (gateway: ScriptedGateway, id: string) => void) {
  return (gateway: ScriptedGateway) => {
    gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.executions) return false;
      send(gateway, id);
      gateway.send(55, 1, id);
      return true;
    };
  };
}

Deno.test("the day's executions come with their commissions, and the answer covers the day from TWS's midnight on", async () => {
  const { items, fills } = await ask(answering((gateway, id) => {
    gateway.execution(id, AAPL, FILL);
    gateway.send(59, 1, FILL.execId, 1.25, "USD", UNSET, "", "");
  }));
  assert.deepEqual(items[0], { kind: "book", book: "real" });
  const covers = items.find((item) => item.kind === "covers");
  assert.equal(covers?.account, "DU1");
  assert.equal(covers?.from, Date.UTC(2026, 10, 20, 5));
  const [fill] = fills;
  const { quantity, price, executedAt, origin, account, execId } = fill!.execution;
  assert.deepEqual({ quantity, price, executedAt, origin, account, execId }, {
    quantity: -2,
    price: 271.5,
    executedAt: Date.UTC(2026, 10, 20, 15, 30),
    origin: "API",
    account: "DU1",
    execId: "0001.01",
  });
  assert.deepEqual([fill!.commission?.amount, fill!.commission?.realizedPnl], [1.25, null]);
  assert.equal(JSON.parse(fill!.execution.raw!).execution.execId, "0001.01");
});

Deno.test("commissions that come after the end of the list are waited for, though not for ever", async () => {
  const late = await ask((gateway) =>
    answering((gateway, id) => {
      gateway.execution(id, AAPL, FILL);
      gateway.clock.after(500, () => gateway.send(59, 1, FILL.execId, 1.25, "USD", 12.5, "", ""));
    })(gateway)
  );
  assert.equal(late.fills[0]?.commission?.realizedPnl, 12.5);
  const never = await ask(answering((gateway, id) => gateway.execution(id, AAPL, FILL)));
  assert.equal(never.fills[0]?.commission, null);
  assert.ok(never.items.some((item) => item.kind === "remark" && /without their commission/.test(item.words)));
});

Deno.test("combinations are left out, and a correction is a row of its own", async () => {
  const { fills } = await ask(answering((gateway, id) => {
    gateway.execution(id, COMBINATION, { ...FILL, execId: "0009.01" });
    gateway.execution(id, AAPL, FILL);
    gateway.execution(id, AAPL, { ...FILL, execId: "0001.02", price: 271 });
  }));
  assert.deepEqual(fills.map(({ execution }) => execution.execId), ["0001.01", "0001.02"]);
});

Deno.test("an execution that cannot be read is told as lost", async () => {
  const { items } = await ask(answering((gateway, id) => gateway.execution(id, AAPL, { ...FILL, side: "?" })));
  assert.ok(items.some((item) => item.kind === "lost" && /size, price or side/.test(item.reason)));
});

Deno.test("a gateway that says it is simulated gives a simulated book", async () => {
  const { items } = await ask(answering((gateway) => gateway.notice(2199, "simulated")));
  assert.deepEqual(items[0], { kind: "book", book: "simulated" });
});

Deno.test("it connects beside the monitor with the next client id, and on to the one after when that is in use", async () => {
  const { gateway } = await ask((gateway) => {
    answering(() => {})(gateway);
    const answer = gateway.script;
    gateway.script = (fields) => {
      if (fields[0] === OUT.startApi && fields[2] === "2") {
        gateway.notice(326, "Unable to connect as the client id is already in use");
        return true;
      }
      return answer(fields);
    };
  });
  const ids = gateway.requests.filter(({ fields }) => fields[0] === OUT.startApi).map(({ fields }) => fields[2]);
  assert.deepEqual(ids, ["2", "3"]);
  assert.deepEqual(new Set(gateway.requests.map(({ fields }) => fields[0])), new Set([OUT.startApi, OUT.executions]));
});

Deno.test("TWS that is not there, stays silent or refuses is an error with what to do", async () => {
  await assert.rejects(ask(() => {}, {}, false), /Cannot reach IBKR at 127\.0\.0\.1:7497.*Start TWS/);
  const silent = (gateway: ScriptedGateway) => gateway.script = ([kind]) => kind === OUT.executions;
  await assert.rejects(ask(silent), /no complete answer within 10000 ms/);
  const refusing = (gateway: ScriptedGateway) => {
    gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.executions) return false;
      gateway.notice(321, "Error validating request", Number(id));
      return true;
    };
  };
  await assert.rejects(ask(refusing), /IBKR refused the executions/);
  await assert.rejects(ask(answering((gateway) => gateway.notice(1100, "Connectivity lost"))), /1100/);
});

Deno.test("days that TWS no longer has are not asked for", async () => {
  const clock = new VirtualClock(NOW);
  const options = { settings: SETTINGS, network: new MemoryNetwork(clock), clock, log: { write() {} }, continues: [] };
  const source = new PastExecutions({ ...options, simulated: false });
  const windows = async (from: string | null, to: string | null) =>
    (await source.plan({ ...RANGE, from, to })).windows.length;
  assert.deepEqual(
    [await windows("2026-01-01", "2026-11-12"), await windows("2026-11-01", "2026-11-19"), await windows(null, null)],
    [0, 1, 1],
  );
});
