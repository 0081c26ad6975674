/** `apex simulate`: a simulated gateway, or a simulated OpenD, on its own. */
import type { Conclusion, SimulateRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { faultyFutuScenario, faultyScenario } from "./scenario.ts";

export async function simulate(
  request: SimulateRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<Conclusion> {
  const { OutputStream } = await import("../presentation/output_stream.ts");
  const seed = request.seed ?? settings.simulator.seed;
  const place = { network: tcpNetwork(), clock, seed, address: request.listen, log };
  const server = await (request.broker === "futu" ? serveOpenD() : serveTws());
  const output = new OutputStream(Deno.stdout, 8);
  output.write(
    `Simulated ${server.what} listens on ${request.listen.host}:${server.port}, seed ${seed}. ` +
      "Nothing it serves is real. Ctrl+C ends it.\n",
  );
  await new Promise<void>((resolve) => {
    if (host.signal.aborted) resolve();
    host.signal.addEventListener("abort", () => resolve());
    if (request.forMs !== null) clock.after(request.forMs, resolve);
  });
  await server.stop();
  await output.flush();
  return "done";

  async function serveTws(): Promise<Server> {
    const { startGateway } = await import("../infrastructure/simulator/gateway.ts");
    const scenario = await faultyScenario(request, settings, host);
    const gateway = await startGateway({ ...place, scenario });
    return { what: `TWS "${scenario.name}"`, port: gateway.port, stop: () => gateway.stop() };
  }

  async function serveOpenD(): Promise<Server> {
    const { startOpenD } = await import("../infrastructure/simulator/futu/open_d.ts");
    const scenario = await faultyFutuScenario(request, host);
    const openD = await startOpenD({ ...place, scenario });
    return { what: `Futu OpenD "${scenario.name}"`, port: openD.port, stop: () => openD.stop() };
  }
}

interface Server {
  readonly what: string;
  readonly port: number;
  stop(): Promise<void>;
}
