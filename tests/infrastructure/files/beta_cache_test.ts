import assert from "node:assert/strict";
import type { BetaEstimate } from "../../../src/domain/risk/beta.ts";
import { BetaFile } from "../../../src/infrastructure/files/beta_cache.ts";
import { MemoryLog } from "../../support/world.ts";

const AAPL: BetaEstimate = {
  beta: 1.21,
  reference: "SPY",
  windowDays: 250,
  observations: 249,
  from: "2025-11-20",
  to: "2026-11-19",
  computedAt: 1_795_188_645_000,
};

async function inFolder(test: (file: BetaFile, log: MemoryLog, path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/cache/betas.json`;
  const log = new MemoryLog();
  try {
    await test(new BetaFile(path, log), log, path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what was kept comes back, for the owner's eyes alone, and nothing is left beside it", async () => {
  await inFolder(async (file, log, path) => {
    await file.write(new Map([["AAPL", AAPL]]));
    await file.write(new Map([["AAPL", AAPL], ["TSLA", { ...AAPL, beta: -0.5 }]]));
    const kept = await file.read();
    assert.deepEqual([...kept], [["AAPL", AAPL], ["TSLA", { ...AAPL, beta: -0.5 }]]);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.deepEqual(Array.from(Deno.readDirSync(path.replace("/betas.json", "")), ({ name }) => name), ["betas.json"]);
    assert.deepEqual(log.lines, []);
  });
});

Deno.test("a file that a crash left beside does not stand in the way", async () => {
  await inFolder(async (file, log, path) => {
    await file.write(new Map());
    await Deno.writeTextFile(`${path}.new`, "half", { mode: 0o644 });
    await file.write(new Map([["AAPL", AAPL]]));
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.equal((await file.read()).size, 1);
    assert.deepEqual(log.lines, []);
  });
});

Deno.test("no file yet is nothing kept, without a word", async () => {
  await inFolder(async (file, log) => {
    assert.equal((await file.read()).size, 0);
    assert.deepEqual(log.lines, []);
  });
});

const entry = { name: "AAPL", ...AAPL };
for (
  const [what, text] of [
    ["cut short", '{"schema": "apex.betas/1", "betas": ['],
    ["of another schema", JSON.stringify({ schema: "apex.betas/2", betas: [entry] })],
    ["with text for a beta", JSON.stringify({ schema: "apex.betas/1", betas: [{ ...entry, beta: "1.2" }] })],
    ["with a missing beta", JSON.stringify({ schema: "apex.betas/1", betas: [{ ...entry, beta: null }] })],
    ["with a date that is none", JSON.stringify({ schema: "apex.betas/1", betas: [{ ...entry, to: "2026-13-40" }] })],
    ["without a name", JSON.stringify({ schema: "apex.betas/1", betas: [AAPL] })],
    ["too large", "9".repeat(2_000_001)],
  ] as const
) {
  Deno.test(`a file ${what} is left out as a whole and said so`, async () => {
    await inFolder(async (file, log, path) => {
      await file.write(new Map());
      await Deno.writeTextFile(path, text);
      assert.equal((await file.read()).size, 0);
      assert.match(log.lines[0]!.message, /Cannot use the computed betas in .*damaged/);
    });
  });
}

Deno.test("a folder that cannot be made is said in the log and stops nothing", async () => {
  const log = new MemoryLog();
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/cache`, "a file");
    await new BetaFile(`${folder}/cache/betas.json`, log).write(new Map([["AAPL", AAPL]]));
    assert.match(log.lines[0]!.message, /Cannot write the computed betas/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
