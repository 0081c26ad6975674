/** `apex simulate`: the simulated gateway on its own. */
import type { Conclusion, SimulateRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { faultyScenario } from "./scenario.ts";

export async function simulate(
  request: SimulateRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<Conclusion> {
  const { startGateway } = await import("../infrastructure/simulator/gateway.ts");
  const { OutputStream } = await import("../presentation/output_stream.ts");
  const scenario = await faultyScenario(request, settings, host);
  const seed = request.seed ?? settings.simulator.seed;
  const gateway = await startGateway({ network: tcpNetwork(), clock, seed, address: request.listen, scenario, log });
  const output = new OutputStream(Deno.stdout, 8);
  output.write(
    `Simulated TWS "${scenario.name}" listens on ${request.listen.host}:${gateway.port}, seed ${seed}. ` +
      "Nothing it serves is real. Ctrl+C ends it.\n",
  );
  await new Promise<void>((resolve) => {
    if (host.signal.aborted) resolve();
    host.signal.addEventListener("abort", () => resolve());
    if (request.forMs !== null) clock.after(request.forMs, resolve);
  });
  await gateway.stop();
  await output.flush();
  return "done";
}
