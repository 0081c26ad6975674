/** Reads the configuration that the command line chose. */
import type { ConfigurationChoice, ExaminedConfiguration } from "../application/command.ts";
import type { LoadedSettings } from "../infrastructure/config/load.ts";

/** @throws {ConfigurationError} with every fault of every layer */
export async function loadConfiguration({ env, directory, file }: ConfigurationChoice): Promise<LoadedSettings> {
  const { readBounded } = await import("../infrastructure/files/bounded_read.ts");
  const { loadSettings } = await import("../infrastructure/config/load.ts");
  const environment = Deno.env.toObject();
  return loadSettings({ env, configDir: directory, configFile: file, environment, read: readBounded });
}

/** What holds, and how it was found: with a fault the built-in defaults, so that the rest can be looked at. */
export interface ExaminedSettings {
  readonly loaded: LoadedSettings;
  readonly examined: ExaminedConfiguration;
}

/** As `loadConfiguration`, for whoever tells of the faults instead of ending with them. */
export async function examineConfiguration(choice: ConfigurationChoice): Promise<ExaminedSettings> {
  const { ConfigurationError, faultText } = await import("../infrastructure/config/fault.ts");
  const directory = choice.directory ?? "config";
  try {
    const loaded = await loadConfiguration(choice);
    const { files, ignoredVariables } = loaded;
    return { loaded, examined: { directory, files, faults: [], ignoredVariables } };
  } catch (fault) {
    if (!(fault instanceof ConfigurationError)) throw fault;
    const { loadSettings } = await import("../infrastructure/config/load.ts");
    const read = () => {
      throw new Deno.errors.NotFound();
    };
    const loaded = loadSettings({ env: choice.env, configDir: null, configFile: null, environment: {}, read });
    return { loaded, examined: { directory, files: [], faults: fault.faults.map(faultText), ignoredVariables: [] } };
  }
}
