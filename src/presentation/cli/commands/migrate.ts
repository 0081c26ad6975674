/** `apex migrate`: the tables of the configured database. */
import { Argument } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, type GlobalOptions, wholeNumber } from "../options.ts";

const EXAMPLES = `
Examples:
  apex migrate                  bring the database of database.dsn up to date
  apex migrate --dry-run        only say what that would apply
  apex migrate --to 3           apply what is pending, up to and including the third
  apex migrate status           what is applied and what is pending
  apex migrate verify           exit code 1 unless all is applied, exactly as this program has it

Migrations only go forward, each in one transaction; two programs that migrate at once do it once. A database whose
applied migrations are not this program's is left alone, with an explanation and exit code 1.`;

const ACTIONS = ["up", "status", "verify"] as const;
const MOST_MIGRATIONS = 999;

export function addMigrate(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("migrate")
    .description("bring the database's tables up to date, or say what is pending")
    .addArgument(new Argument("[action]", "what to do").choices(ACTIONS).default("up" as const))
    .option("--dry-run", "change nothing, only say what would be applied")
    .option("--to <number>", "the last migration to apply", wholeNumber(1, MOST_MIGRATIONS))
    .addHelpText("after", EXAMPLES)
    .action((action, own, command) => {
      const { now }: GlobalOptions = command.optsWithGlobals();
      const { dryRun = false, to = null } = own;
      if (action !== "up" && (dryRun || to !== null)) {
        command.error(`error: --dry-run and --to belong to "apex migrate up", not to ${action}`);
      }
      choose({
        command: "migrate",
        action,
        dryRun: dryRun === true,
        to,
        now: now ?? null,
        width: where.columns ?? null,
      });
    });
}
