import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { FileLog, type LogOptions } from "../../../src/infrastructure/telemetry/log.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { MemoryLogDisk } from "./memory_log_disk.ts";

const FILE = "data/logs/live_risk.log";

function bench(options: Partial<LogOptions> = {}) {
  const clock = new VirtualClock();
  const disk = new MemoryLogDisk();
  const log = new FileLog(
    { file: FILE, maxBytes: 1_000_000, keepFiles: 3, level: "INFO", showAccounts: false, ...options },
    clock,
    disk,
  );
  return { clock, disk, log };
}

Deno.test("a line is one JSON object with time, level, category, message and data", async () => {
  const { clock, disk, log } = bench();
  log.write("INFO", "SYSTEM", "started", { version: "0.1.0", accounts: ["a", "b"], missing: null });
  await clock.advance(200);
  assert.equal(
    disk.files.get(FILE),
    '{"timestamp":"2026-11-20T15:30:45.000Z","level":"INFO","category":"SYSTEM","message":"started",' +
      '"data":{"version":"0.1.0","accounts":["a","b"],"missing":null}}\n',
  );
});

Deno.test("lines are written in batches: after 200 ms, at 64 lines, and at once with an error", async () => {
  const { clock, disk, log } = bench();
  log.write("INFO", "DATA", "first");
  await clock.advance(199);
  assert.equal(disk.appends, 0);
  await clock.advance(1);
  assert.equal(disk.appends, 1);
  for (let line = 0; line < 64; line++) log.write("INFO", "DATA", `line ${line}`);
  assert.equal(disk.appends, 2);
  log.write("WARN", "DATA", "before");
  log.write("ERROR", "SYSTEM", "trouble");
  assert.equal(disk.appends, 3);
  assert.deepEqual(disk.messages(FILE).slice(-2), ["before", "trouble"]);
});

Deno.test("lines below the level are not written", () => {
  const { disk, log } = bench({ level: "WARN" });
  log.write("INFO", "DATA", "quiet");
  log.write("WARN", "DATA", "loud");
  log.flush();
  assert.deepEqual(disk.messages(FILE), ["loud"]);
});

Deno.test("repeated lines become one line a window that says how often", async () => {
  const { clock, disk, log } = bench();
  for (let i = 0; i < 500; i++) {
    log.write("WARN", "DATA", "no permission", { attempt: i });
    await clock.advance(50);
  }
  await clock.advance(60_000);
  // One every 50 ms for 25 s: the first, then the repeats of three windows of 10 s.
  assert.deepEqual(disk.messages(FILE), [
    "no permission",
    "no permission (repeated 199 times)",
    "no permission (repeated 200 times)",
    "no permission (repeated 100 times)",
  ]);
  assert.deepEqual(disk.lines(FILE).at(-1)?.data, { attempt: 499, repeated: 100 });
  log.write("WARN", "DATA", "no permission");
  log.close();
  assert.equal(disk.messages(FILE).length, 5, "after a quiet window the line is written again");
});

Deno.test("fills and alerts with other data are other lines", () => {
  const { disk, log } = bench();
  log.write("INFO", "TRADING", "fill", { symbol: "TSLA", quantity: 300 });
  log.write("INFO", "TRADING", "fill", { symbol: "TSLA", quantity: 200 });
  log.write("INFO", "TRADING", "fill", { symbol: "TSLA", quantity: 200 });
  log.close();
  assert.deepEqual(disk.messages(FILE), ["fill", "fill", "fill (repeated once)"]);
});

Deno.test("close() writes what waits and the counts of repeats, and leaves no timer", () => {
  const { clock, disk, log } = bench();
  log.write("INFO", "DATA", "tick");
  log.write("INFO", "DATA", "tick");
  log.close();
  assert.deepEqual(disk.messages(FILE), ["tick", "tick (repeated once)"]);
  log.write("ERROR", "SYSTEM", "after");
  assert.deepEqual(disk.messages(FILE).at(-1), "after");
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("the file is put aside before it grows beyond its bound, and N old ones are kept", () => {
  const { disk, log } = bench({ maxBytes: 10_000, keepFiles: 2 });
  for (let line = 0; line < 640; line++) log.write("INFO", "DATA", `line ${line}`);
  log.close();
  assert.deepEqual([...disk.files.keys()].sort(), [FILE, `${FILE}.1`, `${FILE}.2`]);
  for (const path of disk.files.keys()) assert(disk.size(path) <= 10_000, `${path} has ${disk.size(path)} bytes`);
  const kept = [`${FILE}.2`, `${FILE}.1`, FILE].flatMap((path) => disk.messages(path));
  assert.deepEqual(kept, Array.from({ length: kept.length }, (_, i) => `line ${640 - kept.length + i}`));
});

Deno.test("a file that keeps no old ones begins anew", () => {
  const { disk, log } = bench({ maxBytes: 10_000, keepFiles: 0 });
  for (let line = 0; line < 640; line++) log.write("INFO", "DATA", `line ${line}`);
  log.close();
  assert.deepEqual([...disk.files.keys()], [FILE]);
  assert.equal(disk.messages(FILE).at(-1), "line 639");
});

Deno.test("a failing disk stops nothing; nothing is lost when it is back in time", async () => {
  const { clock, disk, log } = bench();
  disk.failure = new Error("No space left on device (os error 28)");
  for (let line = 0; line < 100; line++) log.write("INFO", "DATA", `line ${line}`);
  await clock.advance(10_000);
  assert.match(log.trouble ?? "", /No space left/);
  assert(log.tail().some((line) => line.message.includes("No space left")), "the screen's tail says it");
  assert(disk.appends <= 6, `it tried ${disk.appends} times in 10 s`);
  disk.failure = null;
  await clock.advance(60_000);
  assert.equal(disk.messages(FILE).length, 100);
  assert.equal(log.trouble, null);
});

Deno.test("lines lost while the disk fails are counted and told once", async () => {
  const { clock, disk, log } = bench();
  disk.failure = new Error("Input/output error");
  for (let line = 0; line < 10_000; line++) log.write("ERROR", "SYSTEM", `line ${line}`);
  assert(disk.appends <= 2, `a flood of errors tried the disk ${disk.appends} times`);
  disk.failure = null;
  await clock.advance(120_000);
  log.write("INFO", "SYSTEM", "fine again");
  log.close();
  const messages = disk.messages(FILE);
  assert.equal(messages[0], `6000 log lines were lost: cannot write the log ${FILE}: Input/output error`);
  assert.equal(messages[1], "line 6000");
  assert.equal(messages.filter((message) => `${message}`.includes("were lost")).length, 1);
  assert.equal(messages.length, 1 + 4000 + 1);
});

Deno.test("account numbers are masked in messages, data and names of fields", () => {
  const { disk, log } = bench();
  log.addAccounts(["DU1", "281756455983234567", "MANUAL"]);
  log.write("INFO", "SYSTEM", "accounts DU1234567, U7654321A and DU1; DU12 MANUAL", {
    account: "F1234567",
    all: ["DU1", "281756455983234567"],
    DU1234567: 5,
    number: 1234567,
  });
  log.close();
  const [line] = disk.lines(FILE);
  assert.equal(line?.message, "accounts DU…567, U…21A and DU…1; DU12 MANUAL");
  assert.deepEqual(line?.data, { account: "F…567", all: ["DU…1", "…567"], "DU…567": 5, number: 1234567 });
  assert(log.tail().every((known) => !JSON.stringify(known).includes("DU1234567")), "the tail is masked too");
});

Deno.test("a Futu account's number is masked before OpenD's list told it; prices, times and order numbers stay", () => {
  const { log } = bench();
  log.write("WARN", "SYSTEM", "OpenD says: 账户281756479280104334不存在; 1.234567890123456789 and 1764504000000", {
    order: "FF0012345678901234567",
  });
  const [line] = log.tail();
  assert.equal(line?.message, "OpenD says: 账户…334不存在; 1.234567890123456789 and 1764504000000");
  assert.deepEqual(line?.data, { order: "FF0012345678901234567" });
});

Deno.test("account numbers are written in full when the setting says so, secrets never", () => {
  const { disk, log } = bench({ showAccounts: true });
  log.addSecrets(["hunter2"]);
  log.write("INFO", "SYSTEM", "DU1234567 via postgresql://risk:p@ss:w/ord@db.corp/apex with hunter2", {
    password: "x",
    note: "token=abcdef, Authorization: Bearer abcdef.ghijkl",
  });
  log.close();
  const text = disk.files.get(FILE) ?? "";
  assert(text.includes("DU1234567 via postgresql://***@db.corp/apex with ***"), text);
  for (const secret of ["p@ss", "w/ord", "hunter2", "abcdef"]) assert(!text.includes(secret), text);
});

Deno.test("the tail keeps the newest 500 lines", () => {
  const { log } = bench();
  for (let line = 0; line < 700; line++) log.write("INFO", "DATA", `line ${line}`);
  assert.equal(log.tail().length, 500);
  assert.equal(log.tail()[0]?.message, "line 200");
  // Numbered since the start, so that a screen can tell a line from the one that took its place.
  assert.deepEqual(log.tail().map(({ number }) => number), Array.from({ length: 500 }, (_, index) => 201 + index));
  assert.equal(log.tail(), log.tail(), "the same list until there is another line");
});

Deno.test("numbers that JSON cannot hold are words, not missing", () => {
  const { disk, log } = bench();
  log.write("WARN", "DATA", "odd", { value: Number.NaN, limit: Number.POSITIVE_INFINITY });
  log.close();
  assert.deepEqual(disk.lines(FILE)[0]?.data, { value: "NaN", limit: "Infinity" });
});

Deno.test("any text is one line that parses, bounded, without the registered account", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string(),
      fc.nat(20_000),
      (message, field, length) => {
        const { disk, log } = bench();
        log.addAccounts(["DU7654321"]);
        log.write("INFO", "DATA", `${message} DU7654321`, { [field]: `${"x".repeat(length)} DU7654321` });
        log.close();
        const text = disk.files.get(FILE) ?? "";
        assert.equal(text.split("\n").length, 2);
        assert.equal(disk.lines(FILE).length, 1);
        assert(text.length < 20_000);
        assert(!/(?<![A-Za-z0-9])DU7654321/.test(text), text);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("memory stays bounded under a flood of different lines", async () => {
  const { clock, disk, log } = bench({ maxBytes: 100_000, keepFiles: 1 });
  for (let line = 0; line < 20_000; line++) log.write("INFO", "DATA", `line ${line}`);
  await clock.advance(30_000);
  assert(disk.size(FILE) + disk.size(`${FILE}.1`) <= 200_000);
  assert(clock.pendingTimers <= 2);
  log.close();
  assert.equal(disk.messages(FILE).at(-1), "line 19999");
});

Deno.test("a file outside the folders that may be written is refused with the folder that may", () => {
  const { disk, log } = bench();
  disk.failure = new Deno.errors.NotCapable(
    'Requires write access to "/etc/x.log", run again with the --allow-write flag',
  );
  log.write("ERROR", "SYSTEM", "first");
  assert.equal(
    log.trouble,
    `cannot write the log ${FILE}: APEX writes only into the folder data of the working folder; ` +
      "name a file there in logging.file",
  );
});
