/**
 * A burst of 10,000 ticks from TWS, from the bytes that the socket hands over to the inbox's columns: framing, the client
 * library, decoding, conflation. Budget: 20,000 ticks a second through the real client below one core.
 */
import { ibkrFeed } from "../../src/infrastructure/ibkr/feed.ts";
import { Inbox } from "../../src/application/inbox.ts";
import type { Network } from "../../src/application/ports/network.ts";
import { InstrumentRegistry } from "../../src/domain/instrument_registry.ts";
import { startGateway } from "../../src/infrastructure/simulator/gateway.ts";
import { loadScenario } from "../../src/infrastructure/simulator/load_scenario.ts";
import { loadScenarioText } from "../load/load_book.ts";
import { WireTally } from "../load/wire_tally.ts";
import { MemoryNetwork } from "../support/memory_network.ts";
import { seededRandom, VirtualClock } from "../support/virtual_clock.ts";
import { demoSettings, MemoryLog } from "../support/world.ts";

const BURST = 10_000;
const BOOK = { positions: 60, underlyings: 3, ticksPerSecond: 20_000 };
/** Details and lines of the whole book at 45 requests a second, and a little more. */
const SETTLE_MS = 6_000;

interface Burst {
  readonly inbox: Inbox;
  /** Hands over the burst as the socket would, in pieces as they were written. */
  receive(): void;
}

/** A session whose lines are open, and the newest ticks that went over it. */
async function recordBurst(): Promise<Burst> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const tally = new WireTally();
  const address = { host: "127.0.0.1", port: 7497 };
  await startGateway({
    network: tally.around(network),
    clock,
    seed: 1,
    address,
    scenario: loadScenario(loadScenarioText(BOOK), "burst"),
    log: new MemoryLog(),
  });
  let hand: (bytes: Uint8Array) => void = () => {};
  const pieces: Uint8Array[] = [];
  let recording = false;
  const tapped: Network = {
    listen: (...given) => network.listen(...given),
    connect: (to, events, signal) =>
      network.connect(to, (stream) => {
        const owner = events(stream);
        hand = (bytes) => owner.onData(bytes);
        return {
          onData: (bytes) => {
            if (recording) pieces.push(bytes.slice());
            owner.onData(bytes);
          },
          onClose: (cause) => owner.onClose(cause),
        };
      }, signal),
  };
  const base = demoSettings();
  const registry = new InstrumentRegistry();
  const inbox = new Inbox(registry, base.monitor.inboxEvents);
  const feed = ibkrFeed({
    settings: { ...base.ibkr, ...address, enabled: true },
    network: tapped,
    clock,
    random: seededRandom(1),
    log: new MemoryLog(),
    sink: inbox,
    betaReference: null,
    instrumentAt: (index) => registry.at(index),
  });
  feed.start();
  await clock.advance(SETTLE_MS);
  recording = true;
  const from = tally.ticks;
  await clock.until(() => tally.ticks - from >= BURST, 5_000);
  recording = false;
  return {
    inbox,
    receive: () => {
      for (const piece of pieces) hand(piece);
    },
  };
}

const burst = await recordBurst();

Deno.bench(`a burst of 10,000 ticks of TWS into the inbox (budget 500 ms, a core at 20,000 a second)`, () => {
  burst.receive();
});
