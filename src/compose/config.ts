/** `apex config`: every setting, or what is wrong with them. */
import type { ConfigRequest, ConfigurationChoice } from "../application/command.ts";
import type { Printed } from "../presentation/cli/local_command.ts";
import { loadConfiguration } from "./configuration.ts";

export async function lookAtConfiguration(request: ConfigRequest, choice: ConfigurationChoice): Promise<Printed> {
  const { ConfigurationError } = await import("../infrastructure/config/fault.ts");
  const report = await import("../presentation/cli/settings_report.ts");
  try {
    const loaded = await loadConfiguration(choice);
    const remarks = report.ignoredText(loaded.ignoredVariables);
    if (request.action === "check") return { text: report.soundText(loaded.files, request.output), remarks, code: 0 };
    const { describeSettings } = await import("../infrastructure/config/describe.ts");
    return { text: await report.settingsText(describeSettings(loaded), request), remarks, code: 0 };
  } catch (fault) {
    if (!(fault instanceof ConfigurationError)) throw fault;
    const isForPrograms = request.action === "check" && request.output === "json";
    const { shownFault } = await import("../infrastructure/config/fault.ts");
    return isForPrograms
      ? { text: report.faultsJson(fault.faults.map(shownFault)), remarks: "", code: 2 }
      : { text: "", remarks: `apex: ${fault.message}\n`, code: 2 };
  }
}
