/**
 * A process of its own, for a test runner checks the types of each worker's program anew: `store_worker_process.ts FOLDER`.
 * Starts store workers as the program's worker does, and prints what came of it as JSON.
 */
import { StoreClient } from "../../src/infrastructure/store/worker/store_client.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { startStoreWorker } from "../../src/supervision/deno_worker.ts";
import { execution, NOW } from "../support/stored_history.ts";

const MAIN = new URL("../../main.ts", import.meta.url).href;
const MISBEHAVING = new URL("misbehaving_worker.ts", import.meta.url).href;

export interface StoreWorkerFindings {
  readonly stored: readonly string[];
  readonly description: string;
  readonly connect: string;
  readonly run: string;
  readonly thrown: string;
  readonly rejected: string;
}

if (import.meta.main) {
  const findings: StoreWorkerFindings = {
    ...await keptStore(`${Deno.args[0]}/data/apex.db`),
    connect: await answerTo("connect"),
    run: await answerTo("run"),
    thrown: await answerTo("throw"),
    rejected: await answerTo("reject"),
  };
  console.log(JSON.stringify(findings));
}

async function keptStore(file: string): Promise<Pick<StoreWorkerFindings, "stored" | "description">> {
  const client = new StoreClient("SQLite", {
    start: () => startStoreWorker(MAIN, []),
    work: {
      settings: { dsn: `sqlite:${file}`, minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 60, spoolMaxBytes: 1e6 },
      autoMigrate: false,
      retentionDays: 30,
    },
    clock: systemClock(),
    log: { write() {} },
    limitMs: 60_000,
  });
  await client.write({ executions: [execution("a.01")] });
  const fills = await Array.fromAsync(client.fills({ account: null, from: 0, to: NOW * 2 }));
  await client.close();
  return { stored: fills.flat().map((fill) => fill.execution.execId), description: client.description };
}

/** What a misbehaving worker says to that, or how it broke. */
async function answerTo(wish: string): Promise<string> {
  const worker = startStoreWorker(MISBEHAVING, []);
  try {
    return await new Promise((resolve) => {
      worker.onFailure(resolve);
      worker.onMessage((message) => message === "ready" ? worker.post(wish) : resolve(String(message)));
    });
  } finally {
    worker.terminate();
  }
}
