/** The scenario that a simulated gateway plays. */
import { type SimulateRequest, UsageError } from "../application/command.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import type { Scenario } from "../infrastructure/simulator/scenario.ts";

const DEMO_SCENARIO = "config/scenarios/demo.yaml";

/** The scenario to play, with the faults of the command line. */
export async function faultyScenario(
  request: SimulateRequest,
  settings: Settings,
  host: CommandHost,
): Promise<Scenario> {
  const { withFaults } = await import("../infrastructure/simulator/fault_text.ts");
  const scenario = await readScenario(request.scenario ?? settings.simulator.scenario, host);
  try {
    return withFaults(scenario, request.faults);
  } catch (fault) {
    if (fault instanceof RangeError) throw new UsageError(fault.message);
    throw fault;
  }
}

/** Null: the demo scenario, which the program carries. */
export async function readScenario(file: string | null, host: CommandHost): Promise<Scenario> {
  const { loadScenario } = await import("../infrastructure/simulator/load_scenario.ts");
  if (file === null) return loadScenario(host.embedded(DEMO_SCENARIO), DEMO_SCENARIO);
  const text = await Deno.readTextFile(file).catch((fault: unknown) => {
    if (fault instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot read the scenario ${file}: there is no such file`);
    }
    throw fault;
  });
  return loadScenario(text, file);
}
