/** What stands between APEX and Futu OpenD. */
import { openDFindings } from "../../src/application/doctor/opend.ts";
import type { Environment, FutuSettings } from "../../src/application/settings.ts";
import type { BookEvent } from "../../src/domain/event.ts";
import { InstrumentRegistry } from "../../src/domain/instrument_registry.ts";
import { examineOpenD } from "../../src/infrastructure/futu/examination.ts";
import { futuFeed } from "../../src/infrastructure/futu/feed.ts";
import { INIT_CONNECT } from "../../src/infrastructure/futu/wire/messages.ts";
import { loadFutuScenario } from "../../src/infrastructure/simulator/futu/load_scenario.ts";
import { type OpenD, startOpenD } from "../../src/infrastructure/simulator/futu/open_d.ts";
import { SETTINGS } from "../infrastructure/futu/client/client_desk.ts";
import { RawOpenD, refuse, status } from "../infrastructure/futu/client/raw_opend.ts";
import { MemoryNetwork } from "../support/memory_network.ts";
import { seededRandom, VirtualClock } from "../support/virtual_clock.ts";
import { type See, troubleshoot } from "./manual_words.ts";

interface Place {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly settings: FutuSettings;
  readonly see: See;
}

/** Nothing listens there yet. */
function place(see: See, settings: Partial<FutuSettings> = {}): Place {
  const clock = new VirtualClock();
  return { clock, network: new MemoryNetwork(clock), settings: { ...SETTINGS, ...settings }, see };
}

async function scripted(see: See, script: (opend: RawOpenD) => void, settings: Partial<FutuSettings> = {}) {
  const made = place(see, settings);
  const opend = new RawOpenD(made.network, () => made.clock.monotonic());
  await opend.listen();
  script(opend);
  return made;
}

/** The simulated OpenD with its demo book, where the settings look for it. */
async function simulated(
  see: See,
  work: (made: Place, openD: OpenD) => Promise<void>,
  settings: Partial<FutuSettings> = {},
): Promise<void> {
  const made = place(see, settings);
  const scenario = loadFutuScenario(Deno.readTextFileSync("config/scenarios/futu-demo.yaml"), "futu-demo.yaml");
  const { network, clock } = made;
  const address = { host: "127.0.0.1", port: made.settings.port };
  const openD = await startOpenD({ network, clock, seed: 1, address, scenario, log: { write() {} } });
  try {
    await work(made, openD);
  } finally {
    await openD.stop();
  }
}

/** What a monitor shows of the link and writes into the log. */
async function watched({ clock, network, settings, see }: Place, then: () => Promise<void>): Promise<void> {
  const registry = new InstrumentRegistry();
  const feed = futuFeed({
    settings,
    network,
    clock,
    random: seededRandom(1),
    log: { write: (_level, _category, message) => see(message) },
    sink: {
      instrument: (instrument) => registry.add(instrument),
      push: (event: BookEvent) => {
        if (event.kind === "link") see(event.detail);
      },
      tick() {},
      brokerTime() {},
    },
  });
  feed.start();
  await then();
  await feed.stop();
}

async function examined({ clock, network, settings, see }: Place, env: Environment = "prod"): Promise<void> {
  let ended = false;
  const signal = new AbortController().signal;
  const looking = examineOpenD({ settings, baseCurrency: null, network, clock, log: { write() {} }, signal });
  looking.finally(() => ended = true);
  await clock.until(() => ended, 20_000, "an end");
  for (const { found, fix } of openDFindings(await looking, { env, ...settings, besideIb: true })) {
    see(`${found}\n${fix ?? ""}`);
  }
}

async function both(made: Place, ms: number): Promise<void> {
  await watched(made, () => made.clock.advance(ms));
  await examined(made);
}

troubleshoot("OpenD is not there", (see) => both(place(see), 100));

troubleshoot("OpenD listens on another port", async (see) => {
  await examined(await scripted(see, () => {}, { port: 11112 }));
});

troubleshoot("The port is not OpenD's API port", async (see) => {
  const http = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n");
  const stranger = (opend: RawOpenD) => opend.answers.set(INIT_CONNECT.protoId, ({ peer }) => peer.stream.write(http));
  await both(await scripted(see, stranger), 1_000);
});

troubleshoot("OpenD has an RSA key", async (see) => {
  const wantsKey = (opend: RawOpenD) =>
    opend.answers.set(INIT_CONNECT.protoId, (question) => refuse(question, "需要RSA加密"));
  await both(await scripted(see, wantsKey), 1_000);
});

troubleshoot("OpenD runs on another machine", async (see) => {
  await examined(place(see, { host: "192.168.1.20" }));
  const made = place(see, { host: "192.168.1.20" });
  const opend = new RawOpenD(made.network, () => made.clock.monotonic(), { host: "192.168.1.20", port: 11111 });
  await opend.listen();
  opend.answers.set(INIT_CONNECT.protoId, ({ peer }) => peer.stream.close());
  await watched(made, () => made.clock.advance(1_000));
});

troubleshoot("OpenD waits for its login", async (see) => {
  await both(await scripted(see, (opend) => opend.state = status(4)), 1_000);
});

troubleshoot("The Futu login is used elsewhere", async (see) => {
  const made = place(see);
  const opend = new RawOpenD(made.network, () => made.clock.monotonic());
  await opend.listen();
  await watched(made, async () => {
    await made.clock.advance(1_000);
    opend.state = status(11);
    opend.peer.notify({ event: { eventType: 7, desc: "您的账号在其他地方登录" } });
    await made.clock.advance(1_000);
  });
});

troubleshoot(
  "No account fits the settings",
  (see) => simulated(see, (made) => both(made, 2_000), { securityFirm: "FUTUSG" }),
);

troubleshoot(
  "An account is closed or not this login's",
  (see) => simulated(see, (made) => both(made, 2_000), { accounts: ["281756420273981799"] }),
);

troubleshoot("OpenD hangs", (see) =>
  simulated(see, (made, openD) =>
    watched(made, async () => {
      await made.clock.advance(10_000);
      openD.fault({ kind: "freeze", seconds: 120 });
      await made.clock.advance(60_000);
    })));

troubleshoot(
  "OpenD refuses for being asked too often",
  (see) =>
    simulated(see, (made, openD) =>
      watched(made, async () => {
        await made.clock.advance(10_000);
        openD.fault({ kind: "rate-limit", seconds: 600 });
        await made.clock.advance(300_000);
      })),
);

troubleshoot("A damaged or foreign frame", (see) =>
  simulated(see, (made, openD) =>
    watched(made, async () => {
      await made.clock.advance(10_000);
      openD.fault({ kind: "garbage", form: "bad-sha" });
      await made.clock.advance(1_000);
    })));

troubleshoot("A real Futu account beside IB's paper account", (see) => simulated(see, (made) => examined(made, "dev")));
