import assert from "node:assert/strict";
import { logDisk } from "../../../src/infrastructure/telemetry/log_disk.ts";
import { FileLog } from "../../../src/infrastructure/telemetry/log.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

function inFolder(run: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    run(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("the log's files are readable by their owner alone, also one that was open before", () => {
  inFolder((folder) => {
    const path = `${folder}/a.log`;
    Deno.writeTextFileSync(path, "old\n", { mode: 0o644 });
    logDisk.append(path, bytes("one\n"));
    logDisk.append(`${folder}/b.log`, bytes("two\n"));
    for (const name of ["a.log", "b.log"]) {
      assert.equal((Deno.statSync(`${folder}/${name}`).mode ?? 0) & 0o777, 0o600, name);
    }
    assert.equal(Deno.readTextFileSync(path), "old\none\n");
  });
});

Deno.test("a line that a crash left in half is closed before the next one", () => {
  inFolder((folder) => {
    const path = `${folder}/a.log`;
    Deno.writeTextFileSync(path, '{"half":');
    logDisk.append(path, bytes("next\n"));
    assert.equal(Deno.readTextFileSync(path), '{"half":\nnext\n');
  });
});

Deno.test("moving and removing a missing file is nothing to do", () => {
  inFolder((folder) => {
    logDisk.rename(`${folder}/none`, `${folder}/other`);
    logDisk.remove(`${folder}/none`);
    assert.equal(logDisk.size(`${folder}/none`), 0);
  });
});

Deno.test("the log makes its folders, also again after they were removed, and puts files aside", () => {
  inFolder((folder) => {
    const file = `${folder}/logs/deep/live_risk.log`;
    const options = { file, maxBytes: 10_000, keepFiles: 2, level: "INFO", showAccounts: false } as const;
    const log = new FileLog(options, new VirtualClock(), logDisk);
    log.write("ERROR", "SYSTEM", "first");
    Deno.removeSync(`${folder}/logs`, { recursive: true });
    for (let line = 0; line < 200; line++) log.write("ERROR", "SYSTEM", `line ${line}`);
    log.close();
    assert.equal(log.trouble, null);
    assert.deepEqual([...Deno.readDirSync(`${folder}/logs/deep`)].map((entry) => entry.name).sort(), [
      "live_risk.log",
      "live_risk.log.1",
      "live_risk.log.2",
    ]);
  });
});

Deno.test("a folder in the file's place is trouble in words, not an exception", () => {
  inFolder((folder) => {
    const options = { file: folder, maxBytes: 10_000, keepFiles: 2, level: "INFO", showAccounts: false } as const;
    const log = new FileLog(options, new VirtualClock(), logDisk);
    log.write("ERROR", "SYSTEM", "first");
    log.close();
    assert(log.trouble?.includes(`cannot write the log ${folder}`), log.trouble ?? "no trouble");
  });
});
