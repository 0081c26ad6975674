/** The scenarios that a simulated gateway and a simulated OpenD play. */
import { type SimulateRequest, UsageError } from "../application/command.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import type { FutuScenario } from "../infrastructure/simulator/futu/scenario.ts";
import type { Scenario } from "../infrastructure/simulator/scenario.ts";

const DEMO_SCENARIO = "config/scenarios/demo.yaml";
const FUTU_DEMO_SCENARIO = "config/scenarios/futu-demo.yaml";

/** The scenario to play, with the faults of the command line. */
export async function faultyScenario(
  request: SimulateRequest,
  settings: Settings,
  host: CommandHost,
): Promise<Scenario> {
  const { withFaults } = await import("../infrastructure/simulator/fault_text.ts");
  const scenario = await readScenario(request.scenario ?? settings.simulator.scenario, host);
  return misuse(() => withFaults(scenario, request.faults));
}

/** Null: the demo scenario, which the program carries. */
export async function readScenario(file: string | null, host: CommandHost): Promise<Scenario> {
  const { loadScenario } = await import("../infrastructure/simulator/load_scenario.ts");
  return loadScenario(await textOf(file, DEMO_SCENARIO, host), file ?? DEMO_SCENARIO);
}

/** What a simulated OpenD plays, with the faults of the command line. The configuration names no scenario for it. */
export async function faultyFutuScenario(request: SimulateRequest, host: CommandHost): Promise<FutuScenario> {
  const { withFutuFaults } = await import("../infrastructure/simulator/futu/fault_text.ts");
  const scenario = await readFutuScenario(request.scenario, host);
  return misuse(() => withFutuFaults(scenario, request.faults));
}

/** Null: the demo scenario, which the program carries. */
export async function readFutuScenario(file: string | null, host: CommandHost): Promise<FutuScenario> {
  const { loadFutuScenario } = await import("../infrastructure/simulator/futu/load_scenario.ts");
  return loadFutuScenario(await textOf(file, FUTU_DEMO_SCENARIO, host), file ?? FUTU_DEMO_SCENARIO);
}

/** A fault that cannot be made is a word of the command line. */
function misuse<T>(make: () => T): T {
  try {
    return make();
  } catch (fault) {
    if (fault instanceof RangeError) throw new UsageError(fault.message);
    throw fault;
  }
}

function textOf(file: string | null, demo: string, host: CommandHost): string | Promise<string> {
  if (file === null) return host.embedded(demo);
  return Deno.readTextFile(file).catch((fault: unknown) => {
    if (fault instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot read the scenario ${file}: there is no such file`);
    }
    throw fault;
  });
}
