/** An OpenD in memory under a virtual clock, and clients that InitConnect has let in. */
import type { LogLevel } from "../../../../src/application/ports/log.ts";
import type { Encodable, MessageTable } from "../../../../src/infrastructure/futu/wire/codec.ts";
import type { Exchange } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { loadFutuScenario } from "../../../../src/infrastructure/simulator/futu/load_scenario.ts";
import { type OpenD, startOpenD } from "../../../../src/infrastructure/simulator/futu/open_d.ts";
import { MemoryNetwork } from "../../../support/memory_network.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";
import { type Answer, FutuWireClient } from "./futu_wire_client.ts";

export interface FutuStage {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly openD: OpenD;
  readonly logged: { level: LogLevel; message: string }[];
  /** Connects and sends InitConnect, asking for notices. */
  client(): Promise<FutuWireClient>;
  /** Connects only. */
  connect(): Promise<FutuWireClient>;
  /** Asks and waits for what comes back. */
  ask<C2S extends MessageTable, S2C extends MessageTable>(
    client: FutuWireClient,
    exchange: Exchange<C2S, S2C>,
    question: Encodable<C2S>,
  ): Promise<Answer<S2C>>;
}

/** Runs a test against a scenario; OpenD is stopped afterwards. */
export async function onFutuStage(
  scenario: string,
  play: (stage: FutuStage) => Promise<void>,
  { seed = 1, start }: { readonly seed?: number; readonly start?: number } = {},
): Promise<void> {
  const clock = start === undefined ? new VirtualClock() : new VirtualClock(start);
  const network = new MemoryNetwork(clock, 1);
  const logged: { level: LogLevel; message: string }[] = [];
  const openD = await startOpenD({
    network,
    clock,
    seed,
    address: { host: "127.0.0.1", port: 0 },
    scenario: loadFutuScenario(scenario, "stage.yaml"),
    log: { write: (level, _category, message) => void logged.push({ level, message }) },
  });
  const connect = async () => {
    const connecting = FutuWireClient.connect(network, openD.port);
    // Handled here as well, so that a refusal is not unhandled while the clock moves on.
    connecting.catch(() => {});
    await clock.advance(10);
    return await connecting;
  };
  const client = async () => {
    const made = await connect();
    made.init();
    await clock.advance(10);
    return made;
  };
  const ask: FutuStage["ask"] = async (asking, exchange, question) => {
    const serial = asking.send(exchange, question);
    await clock.advance(10);
    return asking.answer(exchange, serial);
  };
  try {
    await play({ clock, network, openD, logged, connect, client, ask });
  } finally {
    await openD.stop();
  }
}
