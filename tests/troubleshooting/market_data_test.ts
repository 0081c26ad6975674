/** Quotes and greeks that do not come, or not live. */
import { Monitor } from "../../src/application/monitor.ts";
import { type Desk, onDesk } from "../infrastructure/ibkr/bench_desk.ts";
import { OUT, type ScriptedContract } from "../infrastructure/ibkr/scripted_gateway.ts";
import { demoSnapshot } from "../support/demo_snapshot.ts";
import { Person } from "../support/person.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { demoSettings, MemoryLog } from "../support/world.ts";
import { examined } from "./doctor_says.ts";
import { type See, troubleshoot } from "./manual_words.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };
const NOT_SUBSCRIBED = "Requested market data is not subscribed.";

troubleshoot("No market-data permission", async (see) => {
  await onDesk({}, (desk) => answered(desk, see, (id) => desk.gateway.notice(354, NOT_SUBSCRIBED, id)));
  await examined(see, {
    script: (gateway) =>
      gateway.script = ([kind, , id]) => {
        if (kind !== OUT.mktData) return false;
        gateway.notice(354, NOT_SUBSCRIBED, Number(id));
        return true;
      },
  });
  see(withFlag("NO_PERMISSION"));
});

troubleshoot("Delayed quotes", async (see) => {
  const text = `${NOT_SUBSCRIBED} Displaying delayed market data.`;
  await examined(see, {
    script: (gateway) =>
      gateway.script = ([kind, , id]) => {
        if (kind !== OUT.mktData) return false;
        gateway.notice(10167, text, Number(id));
        gateway.price(Number(id), 66, 206.74);
        return true;
      },
  });
  see(withFlag("DELAYED"));
});

troubleshoot("A competing session", async (see) => {
  const text = "No market data during competing live session";
  await onDesk({}, (desk) => answered(desk, see, (id) => desk.gateway.notice(10197, text, id)));
});

troubleshoot("More contracts than lines", async (see) => {
  await onDesk(
    {},
    (desk) => answered(desk, see, (id) => desk.gateway.notice(101, "Max number of tickers has been reached.", id)),
  );
  see(withFlag("ROTATED"));
});

troubleshoot("An unknown contract", async (see) => {
  const text = "No security definition has been found for the request";
  await onDesk({}, (desk) => answered(desk, see, (id) => desk.gateway.notice(200, text, id)));
});

troubleshoot("A market-data farm is down", async (see) => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.feed.start();
    await desk.clock.until(() => desk.feed.readiness().complete, 10_000, "a complete view");
    desk.gateway.notice(2103, "Market data farm connection is broken:usfarm");
    await desk.clock.advance(10);
    see(desk.sink.last("link").detail);
    see(desk.log.map(({ message }) => message).join("\n"));
  });
});

troubleshoot("No greeks", (see) => see(new Person().type("6").screen()));

troubleshoot("Stale quotes", (see) => {
  see(new Person().type("6").screen());
  see(new Person().screen());
});

troubleshoot("TWS's link is lost", (see) => {
  const clock = new VirtualClock();
  const settings = demoSettings();
  const monitor = new Monitor(settings, { clock, log: new MemoryLog(), prioritise() {}, clockShifted: false });
  monitor.inbox.push({ kind: "link", source: "IB", status: "down", detail: "socket closed", at: clock.now() });
  const { status, statusReasons } = monitor.turn();
  see(`${status}: ${statusReasons.join("; ")}`);
});

/** The one contract's line once its request was answered, and the log. */
async function answered(desk: Desk, see: See, answer: (id: number) => void): Promise<void> {
  desk.gateway.hold(AAPL, 100, 150);
  desk.gateway.script = ([kind, , id]) => {
    if (kind !== OUT.mktData) return false;
    answer(Number(id));
    return true;
  };
  desk.feed.start();
  await desk.clock.advance(20_000);
  see(desk.sink.line(AAPL.conId)?.detail ?? "");
  see(desk.log.map(({ message }) => message).join("\n"));
}

function withFlag(flag: "NO_PERMISSION" | "DELAYED" | "ROTATED"): string {
  const book = demoSnapshot();
  const [first, ...rest] = book.positions;
  return new Person(undefined, { ...book, positions: [{ ...first!, flags: [flag] }, ...rest] }).type("6").screen();
}
