/** Reads the configuration that the command line chose. */
import type { ConfigurationChoice } from "../application/command.ts";
import type { LoadedSettings } from "../infrastructure/config/load.ts";

/** @throws {ConfigurationError} with every fault of every layer */
export async function loadConfiguration({ env, directory, file }: ConfigurationChoice): Promise<LoadedSettings> {
  const { readBounded } = await import("../infrastructure/files/bounded_read.ts");
  const { loadSettings } = await import("../infrastructure/config/load.ts");
  const environment = Deno.env.toObject();
  return loadSettings({ env, configDir: directory, configFile: file, environment, read: readBounded });
}
