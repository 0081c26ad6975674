/** What stands between APEX and TWS. */
import { Alerting } from "../../src/application/alerting.ts";
import { type Desk, onDesk } from "../infrastructure/ibkr/bench_desk.ts";
import { OUT, type ScriptedGateway } from "../infrastructure/ibkr/scripted_gateway.ts";
import { demoSnapshot } from "../support/demo_snapshot.ts";
import { FakeNotifier } from "../support/fake_notifier.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { demoSettings, MemoryLog } from "../support/world.ts";
import { examined } from "./doctor_says.ts";
import { type See, troubleshoot } from "./manual_words.ts";

troubleshoot("TWS is not there", async (see) => {
  await onDesk({ listening: false }, (desk) => watched(desk, 100, see));
  await examined(see, { port: null });
});

troubleshoot("TWS listens on another port", (see) => examined(see, { port: 4002 }));

troubleshoot("Another program has the port", async (see) => {
  const stranger = (gateway: ScriptedGateway) => gateway.version = "HTTP/1.1 400 Bad Request";
  await onDesk({}, (desk) => {
    stranger(desk.gateway);
    return watched(desk, 100, see);
  });
  await examined(see, { script: stranger });
});

troubleshoot("The API is off", async (see) => {
  await onDesk({}, (desk) => {
    desk.gateway.greets = false;
    return watched(desk, 10_100, see);
  });
  await examined(see, { script: (gateway) => gateway.greets = false });
});

troubleshoot("TWS waits for a click", async (see) => {
  await onDesk({}, (desk) => {
    desk.gateway.startsSession = false;
    return watched(desk, 11_500, see);
  });
  await examined(see, { script: (gateway) => gateway.startsSession = false });
});

troubleshoot("TWS does not trust this machine", (see) =>
  examined(see, {
    script: (gateway, clock) => {
      gateway.greets = false;
      clock.after(50, () => gateway.drop());
    },
  }));

troubleshoot("The client id is in use", async (see) => {
  const refusal = { code: 326, text: "Unable to connect as the client id is already in use." };
  await onDesk({}, (desk) => {
    desk.gateway.refusal = refusal;
    return watched(desk, 1_000, see);
  });
  await examined(see, { script: (gateway) => gateway.refusal = refusal });
});

troubleshoot("TWS hangs", async (see) => {
  await onDesk({}, async (desk) => {
    await up(desk);
    desk.gateway.frozen = true;
    await desk.clock.advance(6_500);
    see(desk.sink.last("link").detail);
    see(desk.log.map(({ message }) => message).join("\n"));
  });
});

troubleshoot("TWS lost IBKR's servers", async (see) => {
  await onDesk({}, async (desk) => {
    await up(desk);
    desk.gateway.notice(1100, "Connectivity between IBKR and Trader Workstation has been lost.");
    await desk.clock.advance(10);
    see(desk.sink.last("link").detail);
  });
});

troubleshoot("The nightly restart", async (see) => {
  const clock = new VirtualClock(Date.parse("2026-11-19T04:46:00Z"));
  const notifier = new FakeNotifier(clock);
  const alerting = new Alerting(demoSettings().alerts, { clock, log: new MemoryLog(), notifiers: [notifier] });
  for (let second = 0; second < 120; second++) {
    const status = second < 90 ? "down" : "up";
    const health = [{ component: "ibkr", status, detail: "socket closed", since: "" }] as const;
    alerting.observe({ snapshot: demoSnapshot({ health }), transitions: [], signalTransitions: [] });
    await clock.advance(1_000);
  }
  for (const { message } of notifier.alerts) see(message);
});

troubleshoot("A paper account in prod", (see) => examined(see, { env: "prod" }));

troubleshoot("An account of another login", (see) => examined(see, { settings: { accounts: ["U7654321"] } }));

troubleshoot("The clocks differ", async (see) => {
  await examined(see, {
    script(gateway, clock) {
      gateway.script = ([kind]) => {
        if (kind !== OUT.currentTime) return false;
        gateway.send(49, 1, Math.floor(clock.now() / 1000) + 90);
        return true;
      };
    },
  });
});

async function up({ feed, clock }: Desk): Promise<void> {
  feed.start();
  await clock.until(() => feed.readiness().complete, 10_000, "a complete view");
}

/** The link's words, as view 7 shows them, and the log's. */
async function watched({ feed, clock, sink, log }: Desk, ms: number, see: See): Promise<void> {
  feed.start();
  await clock.advance(ms);
  see(sink.last("link").detail);
  see(log.map(({ message }) => message).join("\n"));
}
