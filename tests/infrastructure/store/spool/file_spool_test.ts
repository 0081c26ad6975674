/** The spool on a disk: its order, its bound, whose it is, and what is left of it after a crash. */
import assert from "node:assert/strict";
import type { LogLevel } from "../../../../src/application/ports/log.ts";
import type { StoreBatch } from "../../../../src/application/ports/store.ts";
import { FileSpool } from "../../../../src/infrastructure/store/spool/file_spool.ts";
import { HEADER } from "../../../../src/infrastructure/store/spool/record_line.ts";
import { batches } from "../../../support/generated_batches.ts";
import fc from "../../../support/property.ts";
import { execution, NOW, risk } from "../../../support/stored_history.ts";

const PROCESS = new URL("spooling_process.ts", import.meta.url).pathname;
const FILL: StoreBatch = { executions: [execution("a.01")] };

test("gives batches back in their order, each until it is removed", async ({ open }) => {
  const spool = open();
  const written = [
    fill(0),
    { trailingPeaks: new Map([["a", { profit: 1, size: 2, side: -1 }]]) } as StoreBatch,
    fill(2),
  ];
  for (const batch of written) await spool.append(batch);
  assert.equal((await spool.size()).batches, 3);
  assert.deepEqual((await spool.oldest())?.batch, written[0]);
  assert.deepEqual(await drained(spool), written);
  assert.deepEqual(await spool.size(), { batches: 0, bytes: 0, gaveWay: 0 });
  await spool.remove(7);
  assert.equal(await spool.oldest(), null);
});

test("outlives the process that wrote it, whatever was written", async ({ open }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(batches, { maxLength: 4 }), fc.nat({ max: 3 }), async (written, removed) => {
      const spool = open();
      for (const batch of written) await spool.append(batch);
      await spool.close();
      const later = open();
      assert.deepStrictEqual(await drained(later, removed), written.slice(0, removed));
      assert.deepStrictEqual(await drained(later), written.slice(removed));
      await later.close();
    }),
    { numRuns: 40 },
  );
});

test("the files are the owner's alone, and are gone when they are emptied", async ({ open, folder, files }) => {
  const spool = open();
  await spool.append(FILL);
  const [file] = files();
  assert.equal(Deno.statSync(file!).mode! & 0o777, 0o600);
  assert.equal(Deno.statSync(folder).mode! & 0o777, 0o700);
  assert.equal(Deno.statSync(file!.slice(0, file!.lastIndexOf("/"))).mode! & 0o777, 0o700);
  await drained(spool);
  assert.deepEqual(files(), []);
});

test("a large queue lies in several files, each of which goes when it is emptied", async ({ open, files }) => {
  const spool = open({ maxBytes: 1e8 });
  for (let at = 0; at < 9; at++) await spool.append(snapshot(at, 400_000));
  assert.equal(files().length, 5);
  assert.deepEqual((await drained(spool, 4)).length, 4);
  assert.equal(files().length, 3);
  await spool.append(fill(9));
  assert.deepEqual((await drained(spool)).map(takenAt), [4, 5, 6, 7, 8, 9]);
});

test("one database's spool is not another's", async ({ open }) => {
  await open({ database: "SQLite data/a.db" }).append(FILL);
  assert.equal(await open({ database: "SQLite data/b.db" }).oldest(), null);
});

test("two processes on one database do not share a spool, and what one leaves the next start takes", async ({ open, close }) => {
  const first = open();
  const second = open();
  await first.append(fill(0));
  await second.append(fill(1));
  assert.deepEqual((await drained(second)).map(takenAt), [1]);
  await second.append(fill(2));
  await close();
  assert.deepEqual((await drained(open())).map(takenAt), [0, 2]);
});

test("at its bound the oldest snapshots give way, and nothing else does", async ({ open }) => {
  const spool = open({ maxBytes: 20_000 });
  await spool.append(fill(0));
  for (let at = 1; at < 40; at++) await spool.append(at % 10 === 0 ? fill(at) : snapshot(at, 2_000));
  const { bytes, batches, gaveWay } = await spool.size();
  assert.ok(bytes <= 20_000, `${bytes} bytes`);
  assert.equal(batches + gaveWay, 40);
  const left = (await drained(spool)).map(takenAt);
  assert.deepEqual(left, left.toSorted((a, b) => a - b));
  assert.equal(left.at(-1), 39);
  assert.deepEqual(left.filter((at) => at % 10 === 0), [0, 10, 20, 30]);
});

test("full of what must be kept it refuses more, says the remedy, and takes more once there is room", async ({ open }) => {
  const spool = open({ maxBytes: 2_000 });
  let taken = 0;
  const full = { name: "StoreFault", kind: "full", message: /spool_max_bytes/ };
  await assert.rejects(async () => {
    for (;; taken++) await spool.append(fill(taken));
  }, full);
  await assert.rejects(spool.append(snapshot(99, 10)), full);
  assert.equal((await spool.size()).batches, taken);
  assert.equal((await drained(spool)).length, taken);
  await spool.append(fill(100));
});

test("a last batch that was cut short is dropped, and said", async ({ open, close, files, said }) => {
  const spool = open();
  for (const at of [0, 1]) await spool.append(fill(at));
  await close();
  const [file] = files();
  Deno.truncateSync(file!, Deno.statSync(file!).size - 5);
  assert.deepEqual((await drained(open(), 1)).map(takenAt), [0]);
  assert.match(said("WARN"), /cut short/);
});

test("a file that was cut short in its first line is no trouble", async ({ open, close, files }) => {
  await open().append(FILL);
  await close();
  Deno.truncateSync(files()[0]!, 4);
  assert.equal(await open().oldest(), null);
});

test("a damaged batch is left out and its file kept, with the others still in order", async ({ open, close, files, said }) => {
  const spool = open();
  for (const at of [0, 1, 2]) await spool.append(fill(at));
  await close();
  const [file] = files();
  const lines = Deno.readTextFileSync(file!).split("\n");
  const damaged = [lines[0], lines[1], lines[2]!.replace("187.12", "187.13"), lines[3], ""].join("\n");
  Deno.writeTextFileSync(file!, damaged);
  assert.deepEqual((await drained(open())).map(takenAt), [0, 2]);
  assert.match(said("ERROR"), /1 batches .* damaged .* kept as/);
  assert.deepEqual(files(".aside").map((path) => Deno.readTextFileSync(path)), [damaged]);
});

test("another version's file is kept aside, not read and not deleted", async ({ open, close, files, said }) => {
  await open().append(FILL);
  await close();
  const [file] = files();
  const text = HEADER.replace("/1", "/2") + "what it means is not known here\n";
  Deno.writeTextFileSync(file!, text);
  const spool = open();
  assert.equal(await spool.oldest(), null);
  await spool.append(fill(5));
  assert.match(said("ERROR"), /another version/);
  assert.deepEqual(files(".aside").map((path) => Deno.readTextFileSync(path)), [text]);
});

test("a folder that cannot be written is said so, and used once it can", async ({ open, folder }) => {
  Deno.writeTextFileSync(folder, "in the way");
  const spool = open();
  await assert.rejects(spool.append(FILL), { name: "StoreFault", message: /Cannot write to the spool in/ });
  Deno.removeSync(folder);
  await spool.append(FILL);
  assert.deepEqual((await spool.oldest())?.batch, FILL);
});

test("what was acknowledged is there after kill -9, in order", async ({ open, close, folder }) => {
  let acknowledged = 0;
  for (let round = 0; round < 3; round++) {
    acknowledged = Math.max(acknowledged, await killedAfter(folder, 15 + 11 * round));
    const spool = open();
    const { batches } = await spool.size();
    // One more may have arrived before its acknowledgement did.
    assert.ok(batches >= acknowledged, `${batches} of ${acknowledged}`);
    await close();
  }
  const ids = (await drained(open())).map(({ executions }) => executions?.[0]?.execId);
  assert.deepEqual(ids, ids.map((_, at) => `e${at}.01`));
});

interface Fixture {
  readonly folder: string;
  open(options?: { maxBytes?: number; database?: string }): FileSpool;
  /** All that were opened. */
  close(): Promise<void>;
  files(ending?: string): string[];
  said(level: LogLevel): string;
}

function test(name: string, body: (fixture: Fixture) => Promise<void>): void {
  Deno.test(`the spool: ${name}`, async () => {
    const root = await Deno.makeTempDir();
    const folder = `${root}/spool`;
    const opened: FileSpool[] = [];
    const lines: [LogLevel, string][] = [];
    const log = { write: (level: LogLevel, _category: string, message: string) => void lines.push([level, message]) };
    const close = async () => {
      for (const spool of opened.splice(0)) await spool.close();
    };
    try {
      await body({
        folder,
        open(options = {}) {
          const spool = new FileSpool({ folder, database: "a", maxBytes: 1e6, ...options, log });
          opened.push(spool);
          return spool;
        },
        close,
        files: (ending = ".spool") => filesBelow(folder).filter((path) => path.endsWith(ending)).sort(),
        said: (level) => lines.filter((line) => line[0] === level).map((line) => line[1]).join("\n"),
      });
    } finally {
      await close();
      await Deno.remove(root, { recursive: true });
    }
  });
}

function fill(at: number): StoreBatch {
  return { executions: [execution(`e${at}.01`, { executedAt: NOW + at })] };
}

function snapshot(at: number, size: number): StoreBatch {
  return { risk: [risk({ takenAt: NOW + at, document: "x".repeat(size) })] };
}

function takenAt({ executions, risk }: StoreBatch): number {
  return (executions?.[0]?.executedAt ?? risk![0]!.takenAt) - NOW;
}

async function drained(spool: FileSpool, most = Infinity): Promise<StoreBatch[]> {
  const taken: StoreBatch[] = [];
  for (let next = null; taken.length < most && (next = await spool.oldest()) !== null;) {
    taken.push(next.batch);
    await spool.remove(next.id);
  }
  return taken;
}

function filesBelow(path: string): string[] {
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${path}/${name}`) : [`${path}/${name}`]
  );
}

/** Reads `count` acknowledgements, kills the process, and gives how many batches it had acknowledged, earlier ones included. */
async function killedAfter(folder: string, count: number): Promise<number> {
  const root = folder.slice(0, folder.lastIndexOf("/"));
  const args = [
    "run",
    "--quiet",
    "--no-check",
    "--no-prompt",
    "--allow-read",
    `--allow-write=${root}`,
    "--allow-env=APEX_*",
  ];
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args, PROCESS, folder, "1000000"],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let last = -1;
  let heard = 0;
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = text.split("\n").slice(0, -1);
    heard += lines.length;
    last = Math.max(last, ...lines.map(Number));
    if (heard < count) continue;
    try {
      process.kill("SIGKILL");
    } catch (fault) {
      // It was killed for an earlier piece already.
      if (!(fault instanceof TypeError)) throw fault;
    }
  }
  await process.status;
  return last + 1;
}
