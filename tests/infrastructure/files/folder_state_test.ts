import assert from "node:assert/strict";
import { folderState } from "../../../src/infrastructure/files/folder_state.ts";
import { manualFileState } from "../../../src/infrastructure/files/manual_file_state.ts";

function inFolder(body: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "apex-folder-" });
  try {
    body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("looking at a folder leaves it as it was, and one that is missing stays missing", () => {
  inFolder((folder) => {
    assert.deepEqual(folderState(folder), { kind: "writable", isNew: false, isOpenToOthers: false });
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    assert.deepEqual(folderState(`${folder}/data`), { kind: "writable", isNew: true, isOpenToOthers: false });
    assert.throws(() => Deno.statSync(`${folder}/data`), Deno.errors.NotFound);
  });
});

Deno.test("a folder that others may read is said to be, and a file in its place is refused", () => {
  inFolder((folder) => {
    Deno.chmodSync(folder, 0o755);
    assert.deepEqual(folderState(folder), { kind: "writable", isNew: false, isOpenToOthers: true });
    Deno.writeTextFileSync(`${folder}/data`, "");
    assert.deepEqual(folderState(`${folder}/data`), { kind: "refused", reason: "it is no folder" });
  });
});

Deno.test("a folder outside the sandbox is refused in words", () => {
  const state = folderState("/apex-nowhere");
  assert.equal(state.kind, "refused");
  assert.match(state.kind === "refused" ? state.reason : "", /built to write only into data\//);
});

Deno.test("the manual file is read, faulty, missing, unreadable or off", () => {
  inFolder((folder) => {
    const file = `${folder}/manual.yaml`;
    const state = () => manualFileState({ enabled: true, file });
    assert.deepEqual(manualFileState({ enabled: false, file }), { kind: "off" });
    assert.deepEqual(state(), { kind: "missing" });
    Deno.writeTextFileSync(file, "positions:\n  - { symbol: AAPL, quantity: 10 }\n");
    assert.deepEqual(state(), { kind: "read", entries: 1, faults: [] });
    Deno.writeTextFileSync(file, "positions:\n  - { symbol: AAPL, quantity: ten }\n");
    const faulty = state();
    assert.equal(faulty.kind === "read" && faulty.faults.length, 1);
    assert.match(faulty.kind === "read" ? faulty.faults[0]! : "", /manual\.yaml:2:\d+ .*quantity/);
    assert.equal(manualFileState({ enabled: true, file: folder }).kind, "unreadable");
  });
});
