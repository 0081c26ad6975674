/** What `apex migrate` does and says about the steps for an extension of the database server. */
import type { MigrateRequest } from "../../application/command.ts";
import { stepsFor, updateExtension } from "../../application/extension_steps.ts";
import { migrationPlan, migrationStatus, named } from "../../application/migrations.ts";
import { StoreFault } from "../../application/ports/store.ts";
import type { ExtensionState, StoreExtension } from "../../application/ports/store_extension.ts";
import { type Step, stepTable } from "./step_table.ts";

/**
 * Carries the request out, once the numbered migrations are all applied, and gives its lines for standard output.
 *
 * @throws {StoreFault} as the migrations do, and from `verify` when something is not applied yet
 */
export async function extensionReport(request: MigrateRequest, extension: StoreExtension): Promise<string> {
  switch (request.action) {
    case "up":
      return request.dryRun ? await dryRun(extension) : await up(extension);
    case "status":
      return await status(extension);
    case "verify":
      return await verify(extension);
  }
}

async function up(extension: StoreExtension): Promise<string> {
  const { state, applied, settled } = await updateExtension(extension);
  if (state.kind !== "enabled") return headed(state);
  return applied.length + settled.length === 0
    ? headed(state, "up to date")
    : headed(state, null, applied.map((step) => ({ step, state: "applied" })), settled);
}

async function dryRun(extension: StoreExtension): Promise<string> {
  const state = await extension.state();
  if (state.kind === "absent") return headed(state);
  const steps = state.kind === "available" ? extension.steps : await stepsFor(extension, state);
  const plan = await migrationPlan(steps, extension.target);
  const unsettled = state.kind === "enabled" && plan.length === 0 ? await extension.unsettled() : [];
  return headed(state, null, plan.map((step) => ({ step, state: "would be applied" })), unsettled);
}

async function status(extension: StoreExtension): Promise<string> {
  const state = await extension.state();
  if (state.kind !== "enabled") return headed(state);
  const { applied, pending } = await migrationStatus(await stepsFor(extension, state), extension.target);
  const steps = [
    ...applied.map((step) => ({ step, state: "applied" })),
    ...pending.map((step) => ({ step, state: "pending" })),
  ];
  const unsettled = pending.length === 0 ? await extension.unsettled() : [];
  const remark = pending.length + unsettled.length === 0 ? "up to date" : "run apex migrate";
  return headed(state, remark, steps, unsettled);
}

async function verify(extension: StoreExtension): Promise<string> {
  const state = await extension.state();
  if (state.kind !== "enabled") return headed(state);
  const { pending } = await migrationStatus(await stepsFor(extension, state), extension.target);
  const missing = pending.length > 0 ? [`${pending.map(named).join(", ")} not applied`] : await extension.unsettled();
  if (missing.length === 0) return headed(state, "each step as this program has it");
  const { description } = extension.target;
  throw new StoreFault(
    "outdated",
    `${state.description} in ${description} is not up to date: ${missing.join("; ")}; ` +
      "run apex migrate",
  );
}

/** The extension with what is said of it, its steps, and what else was done or is to be done. */
function headed(
  { description, remark }: ExtensionState,
  word: string | null = null,
  steps: readonly Step[] = [],
  notes: readonly string[] = [],
): string {
  const words = [remark, word].filter((text) => text !== null).join("; ");
  const heading = words === "" ? description : `${description}: ${words}`;
  return `${heading}\n${stepTable("Step", steps)}${notes.map((note) => `- ${note}\n`).join("")}`;
}
