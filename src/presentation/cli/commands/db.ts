/** `apex db`: the embedded store's file. */
import { Argument } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { ApexProgram, GlobalOptions } from "../options.ts";

const EXAMPLES = `
Examples:
  apex db check                               read the whole file; size and rows of each table
  apex db backup --to data/backup.db          a copy as of now, while the monitor goes on writing

For the embedded store (database.dsn: sqlite:FILE). Exit code 1 when the file is damaged; it is never changed here.`;

const ACTIONS = ["check", "backup"] as const;

export function addDb(program: ApexProgram, choose: (wish: Wish) => void): void {
  program.command("db")
    .description("check or back up the embedded store")
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .option("--to <file>", "where the backup goes, below data/")
    .addHelpText("after", EXAMPLES)
    .action((action, own, command) => {
      const { now }: GlobalOptions = command.optsWithGlobals();
      const { to = null } = own;
      if ((action === "backup") !== (to !== null)) {
        command.error(action === "backup" ? "error: backup needs --to <file>" : "error: --to belongs to backup");
      }
      choose({ command: "db", action, to, keepDays: null, dryRun: false, now: now ?? null });
    });
}
