/** A process of its own that spools executions: `spooling_process.ts FOLDER COUNT`; a line for each that is on the disk. */
import { FileSpool } from "../../../../src/infrastructure/store/spool/file_spool.ts";
import { execution, NOW } from "../../../support/stored_history.ts";

if (import.meta.main) {
  const [folder, count] = Deno.args;
  const spool = new FileSpool({ folder: folder!, database: "a", maxBytes: 1e9, log: { write: () => {} } });
  const { batches } = await spool.size();
  for (let at = batches; at < batches + Number(count); at++) {
    await spool.append({ executions: [execution(`e${at}.01`, { executedAt: NOW + at })] });
    Deno.stdout.writeSync(new TextEncoder().encode(`${at}\n`));
  }
  await spool.close();
}
