/** Bringing what a database server adds to a store up to date. */
import { migrate, type Migration } from "./migrations.ts";
import type { ExtensionState, StoreExtension } from "./ports/store_extension.ts";

export interface ExtensionUpdate {
  readonly state: ExtensionState;
  readonly applied: readonly Migration[];
  /** In words, what of the configuration the database follows now. */
  readonly settled: readonly string[];
}

/**
 * Enables the extension where the server has it, and applies the steps that are not applied yet; once the numbered migrations are
 * all there. A server that cannot or may not is no failure: the state says so.
 *
 * @throws {StoreFault} when an applied step is not this program's, or one cannot be applied
 */
export async function updateExtension(extension: StoreExtension): Promise<ExtensionUpdate> {
  const state = await extension.enable();
  if (state.kind !== "enabled") return { state, applied: [], settled: [] };
  const applied = await migrate(await stepsFor(extension, state), extension.target);
  return { state, applied, settled: await extension.settle() };
}

/** The steps that this server can take, and those that it took when it could more. */
export async function stepsFor(extension: StoreExtension, state: ExtensionState): Promise<readonly Migration[]> {
  const applied = await extension.target.applied();
  return extension.steps.slice(0, Math.max(state.steps, applied.length));
}
