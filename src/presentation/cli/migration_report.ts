/** What `apex migrate` does and says. */
import { type MigrateRequest, UsageError } from "../../application/command.ts";
import {
  migrate,
  type Migration,
  migrationPlan,
  migrationStatus,
  type MigrationTarget,
  named,
} from "../../application/migrations.ts";
import { StoreFault } from "../../application/ports/store.ts";
import type { StoreExtension } from "../../application/ports/store_extension.ts";
import { extensionReport } from "./extension_report.ts";
import { stepTable } from "./step_table.ts";

/**
 * Carries the request out and gives the text for standard output.
 *
 * @param extension whose steps follow when all migrations are applied; null: none
 * @throws {StoreFault} as the migrations do, and from `verify` when something is not applied yet
 * @throws {UsageError} for a number to migrate to that makes no sense
 */
export async function migrationReport(
  request: MigrateRequest,
  known: readonly Migration[],
  target: MigrationTarget,
  extension: StoreExtension | null = null,
): Promise<string> {
  const migrations = await numbered(request, known, target);
  const all = request.to === null || request.to === known.length;
  return extension !== null && all ? migrations + await extensionReport(request, extension) : migrations;
}

async function numbered(
  request: MigrateRequest,
  known: readonly Migration[],
  target: MigrationTarget,
): Promise<string> {
  try {
    switch (request.action) {
      case "up":
        return request.dryRun ? await dryRun(request, known, target) : await up(request, known, target);
      case "status":
        return await status(known, target);
      case "verify":
        return await verify(known, target);
    }
  } catch (fault) {
    throw fault instanceof RangeError ? new UsageError(fault.message) : fault;
  }
}

async function up({ to }: MigrateRequest, known: readonly Migration[], target: MigrationTarget): Promise<string> {
  const ran = await migrate(known, target, to);
  return ran.length === 0
    ? `${target.description} is up to date.\n`
    : lines(target.description, ran, "applied", `${counted(ran.length)} applied.`);
}

async function dryRun({ to }: MigrateRequest, known: readonly Migration[], target: MigrationTarget): Promise<string> {
  const plan = await migrationPlan(known, target, to);
  return plan.length === 0
    ? `${target.description} is up to date.\n`
    : lines(target.description, plan, "would be applied", "Nothing was changed.");
}

async function status(known: readonly Migration[], target: MigrationTarget): Promise<string> {
  const { applied, pending } = await migrationStatus(known, target);
  const rows = known.map((step) => ({ step, state: step.number <= applied.length ? "applied" : "pending" }));
  const remark = pending.length === 0 ? "Up to date." : `${counted(pending.length)} pending: run apex migrate.`;
  return `${target.description}\n${stepTable("Migration", rows)}${remark}\n`;
}

async function verify(known: readonly Migration[], target: MigrationTarget): Promise<string> {
  const { pending, applied } = await migrationStatus(known, target);
  if (pending[0] !== undefined) {
    throw new StoreFault(
      "outdated",
      `${target.description} is not up to date: ${pending.map(named).join(", ")} not applied; run apex migrate`,
    );
  }
  return `${target.description}: ${counted(applied.length)} applied, each as this program has it.\n`;
}

function lines(where: string, migrations: readonly Migration[], word: string, remark: string): string {
  return `${where}\n${stepTable("Migration", migrations.map((step) => ({ step, state: word })))}${remark}\n`;
}

function counted(count: number): string {
  return count === 1 ? "1 migration" : `${count} migrations`;
}
