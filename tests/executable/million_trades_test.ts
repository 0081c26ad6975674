/** A statement of a million trades: read within 200 MB, each stored once, and known again the next time. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { statement, trade } from "../infrastructure/ibkr/flex/flex_xml.ts";
import { apex, smoke, start } from "./executable.ts";

const TRADES = 1_000_000;
const MOST_MB = 200;
const LOOK_EVERY_MS = 1_000;

smoke("a backfill of a million trades stays below 200 MB and stores each once", async (folder) => {
  Deno.writeTextFileSync(`${folder}/config/base.yaml`, "ibkr: { enabled: false }\n");
  Deno.mkdirSync(`${folder}/data/flex`);
  writeStatement(`${folder}/data/flex/history.xml`);

  const backfill = start(folder, "backfill --broker ib");
  const end = backfill.output();
  const peakMb = await peakMemory(backfill.pid, end);
  const { code, stdout, stderr } = await end;
  const said = new TextDecoder().decode(stdout);
  assert.equal(code, 0, said + new TextDecoder().decode(stderr));
  assert.match(said, /1,000,000 executions read in .* and stored\./);
  assert.ok(peakMb < MOST_MB, `${peakMb.toFixed(0)} MB`);
  assert.equal(executions(folder), TRADES);

  const again = await apex(folder, "backfill --broker ib");
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.match(again.stdout, /1 known/);
  assert.equal(executions(folder), TRADES);
});

/** Some 670 MB, in pieces. */
function writeStatement(path: string): void {
  const [head = "", tail = ""] = statement(["ROWS"]).split("ROWS");
  const file = Deno.openSync(path, { write: true, createNew: true });
  const encoder = new TextEncoder();
  const row = trade({ ibExecID: "ID", tradeID: "NUMBER" });
  file.writeSync(encoder.encode(`<FlexQueryResponse><FlexStatements count="1">${head}`));
  for (let first = 0; first < TRADES; first += 1_000) {
    const rows = Array.from(
      { length: 1_000 },
      (_, at) => row.replace('ID"', `0000e0d5.${first + at}.01.01"`).replace("NUMBER", String(first + at + 1)),
    );
    writeAll(file, encoder.encode(rows.join("\n")));
  }
  file.writeSync(encoder.encode(`${tail}</FlexStatements></FlexQueryResponse>`));
  file.close();
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
}

/** The most that was resident, as the system keeps it; looked at until the end. */
async function peakMemory(pid: number, end: Promise<unknown>): Promise<number> {
  let ended = false;
  end.then(() => ended = true);
  let peakMb = 0;
  while (!ended) {
    const look = new Deno.Command("bash", { args: ["-c", `grep VmHWM /proc/${pid}/status`], stderr: "null" });
    const kilobytes = /(\d+) kB/.exec(new TextDecoder().decode((await look.output()).stdout))?.[1];
    if (kilobytes !== undefined) peakMb = Math.max(peakMb, Number(kilobytes) * 1024 / 1e6);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  assert.ok(peakMb > 0, "nothing was measured");
  return peakMb;
}

function executions(folder: string): number {
  const database = new DatabaseSync(`${folder}/data/apex.db`, { readOnly: true });
  try {
    return Number(database.prepare("SELECT count(*) AS count FROM ib_executions").get()?.count);
  } finally {
    database.close();
  }
}
