/** `apex db`: the embedded store's file, and the old snapshots of any store. */
import { Argument } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, type GlobalOptions, wholeNumber } from "../options.ts";

const EXAMPLES = `
Examples:
  apex db check                               read the whole file; size and rows of each table
  apex db backup --to data/backup.db          a copy as of now, while the monitor goes on writing
  apex db prune --dry-run                     how many rows are older than snapshots.retention_days
  apex db prune --keep-days 7                 delete snapshots older than a week, a few at a time, also while the monitor runs

Check and backup are for the embedded store (database.dsn: sqlite:FILE). Exit code 1 when the file is damaged; it is never
changed by them. Prune deletes old snapshots of positions, accounts and risk from any store; fills, breaches, daily results
and position changes are kept for good.`;

const ACTIONS = ["check", "backup", "prune"] as const;
const MOST_DAYS = 36_500;

export function addDb(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("db")
    .description("check or back up the embedded store, or delete old snapshots")
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .option("--to <file>", "where the backup goes, below data/")
    .option(
      "--keep-days <number>",
      "prune: days of snapshots to keep (default: as configured)",
      wholeNumber(1, MOST_DAYS),
    )
    .option("--dry-run", "prune: change nothing, only say how many rows would go")
    .addHelpText("after", EXAMPLES)
    .action((action, own, command) => {
      const { now }: GlobalOptions = command.optsWithGlobals();
      const { to = null, keepDays = null, dryRun = false } = own;
      if ((action === "backup") !== (to !== null)) {
        command.error(action === "backup" ? "error: backup needs --to <file>" : "error: --to belongs to backup");
      }
      if (action !== "prune" && (keepDays !== null || dryRun)) {
        command.error('error: --keep-days and --dry-run belong to "apex db prune"');
      }
      choose({ command: "db", action, to, keepDays, dryRun, now: now ?? null, width: where.columns ?? null });
    });
}
