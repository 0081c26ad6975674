/** The simulated brokers of the demo, in the same process as what connects to them. */
import type { SimulatedBrokers } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { readFutuScenario, readScenario } from "./scenario.ts";

/** Starts those that are asked for; what is returned ends them. */
export async function startSimulatedBrokers(
  { simulator, openD = null }: SimulatedBrokers,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const common = { network: tcpNetwork(), clock, seed: settings.simulator.seed, log };
  if (simulator !== null) {
    const { startGateway } = await import("../infrastructure/simulator/gateway.ts");
    const scenario = await readScenario(settings.simulator.scenario, host);
    const gateway = await startGateway({ ...common, address: simulator, scenario });
    stops.push(() => gateway.stop());
  }
  if (openD !== null) {
    const { startOpenD } = await import("../infrastructure/simulator/futu/open_d.ts");
    const started = await startOpenD({ ...common, address: openD, scenario: await readFutuScenario(null, host) });
    stops.push(() => started.stop());
  }
  return async () => {
    for (const stop of stops) await stop();
  };
}
