import assert from "node:assert/strict";
import type { ControlFile } from "../../../src/application/control/control_file.ts";
import {
  controlPath,
  findControlFile,
  removeControlFile,
  writeControlFile,
} from "../../../src/infrastructure/control/control_files.ts";

const FILE: ControlFile = {
  ...{ env: "demo", port: 40_123, token: "0a".repeat(32), proof: "f5".repeat(32), pid: 4711 },
  startedAt: "2026-11-20T15:30:00.000Z",
};

Deno.test("the file and its folder are their owner's alone, and what was written is found", () => {
  inFolder((folder) => {
    writeControlFile(FILE, folder);
    assert.deepEqual([modeOf(folder), modeOf(controlPath("demo", folder))], [0o700, 0o600]);
    assert.deepEqual(findControlFile("demo", folder), { kind: "found", file: FILE });
    assert.deepEqual(names(folder), ["control-demo.json"]);
  });
});

Deno.test("a folder that was open to others is closed to them, and a file left behind is replaced with its mode", () => {
  inFolder((folder) => {
    Deno.mkdirSync(folder);
    Deno.chmodSync(folder, 0o755);
    Deno.writeTextFileSync(controlPath("demo", folder), "left behind");
    Deno.chmodSync(controlPath("demo", folder), 0o644);
    Deno.writeTextFileSync(`${controlPath("demo", folder)}.4711.new`, "half written");
    writeControlFile(FILE, folder);
    assert.deepEqual([modeOf(folder), modeOf(controlPath("demo", folder))], [0o700, 0o600]);
    assert.equal(findControlFile("demo", folder).kind, "found");
    assert.deepEqual(names(folder), ["control-demo.json"]);
  });
});

Deno.test("each environment has a file of its own, and who looks for one is told of the others", () => {
  inFolder((folder) => {
    assert.deepEqual(findControlFile("prod", folder), { kind: "absent", others: [] });
    writeControlFile(FILE, folder);
    writeControlFile({ ...FILE, env: "dev" }, folder);
    assert.deepEqual(findControlFile("prod", folder), { kind: "absent", others: ["dev", "demo"] });
    removeControlFile(FILE, folder);
    assert.deepEqual(names(folder), ["control-dev.json"]);
  });
});

Deno.test("a file that another monitor has put there is left to it", () => {
  inFolder((folder) => {
    writeControlFile({ ...FILE, token: "0b".repeat(32) }, folder);
    removeControlFile(FILE, folder);
    assert.equal(findControlFile("demo", folder).kind, "found");
    removeControlFile({ ...FILE, token: "0b".repeat(32) }, folder);
    removeControlFile({ ...FILE, token: "0b".repeat(32) }, folder);
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("a file that is damaged, open to others, a link or no file is not used, and says why", () => {
  const cases: readonly [RegExp, (path: string) => void][] = [
    [/damaged/, (path) => writeOwn(path, "{")],
    [/damaged/, (path) => writeOwn(path, JSON.stringify({ schema: "apex.control-file/1", ...FILE, port: 0 }))],
    [/damaged/, (path) => writeOwn(path, JSON.stringify({ schema: "apex.control-file/1", ...FILE, token: "ab" }))],
    [/damaged/, (path) => writeOwn(path, JSON.stringify({ schema: "apex.control-file/1", ...FILE, env: "prod" }))],
    [/damaged/, (path) => writeOwn(path, "x".repeat(100_000))],
    [/other users can read it/, (path) => {
      writeOwn(path, JSON.stringify({ schema: "apex.control-file/1", ...FILE }));
      Deno.chmodSync(path, 0o640);
    }],
    [/plain file/, (path) => Deno.mkdirSync(path, { mode: 0o700 })],
  ];
  for (const [words, put] of cases) {
    inFolder((folder) => {
      Deno.mkdirSync(folder, { mode: 0o700 });
      put(controlPath("demo", folder));
      const found = findControlFile("demo", folder);
      assert.match(found.kind === "unusable" ? found.obstacle : found.kind, words);
    });
  }
});

Deno.test("a folder that is a file is refused with the remedy", () => {
  inFolder((folder) => {
    Deno.writeTextFileSync(folder, "");
    assert.throws(() => writeControlFile(FILE, folder), { name: "ControlFileRefused", message: /Cannot write/ });
  });
});

function inFolder(body: (folder: string) => void): void {
  const above = Deno.makeTempDirSync();
  try {
    body(`${above}/run`);
  } finally {
    Deno.removeSync(above, { recursive: true });
  }
}

function modeOf(path: string): number {
  return Deno.lstatSync(path).mode! & 0o777;
}

function names(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

function writeOwn(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { mode: 0o600 });
}
