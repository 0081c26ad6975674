/** What the doctor says of files, addresses, the database and the screen. */
import assert from "node:assert/strict";
import {
  type DatabaseExamination,
  databaseFinding,
  databaseForbidden,
} from "../../../src/application/doctor/database.ts";
import {
  configurationFinding,
  dataFolderFinding,
  hostsFinding,
  manualFileFinding,
  statementsFinding,
} from "../../../src/application/doctor/places.ts";
import { displayFinding, type TerminalFacts, terminalFinding } from "../../../src/application/doctor/screen.ts";

const SOUND = { files: ["config/base.yaml"], faults: [], ignoredVariables: [] };

Deno.test("a faulty configuration lists its faults and where they are listed again", () => {
  const faults = Array.from({ length: 10 }, (_, at) => `config/base.yaml:${at + 1}:1  ibkr.port: not a number`);
  const { status, found, fix } = configurationFinding({ ...SOUND, faults }, "config");
  assert.equal(status, "fail");
  assert.match(found, /^10 faults:\nconfig\/base\.yaml:1:1 {2}ibkr\.port: not a number\n[^]*\nand 2 more$/);
  assert.match(fix ?? "", /apex config check/);
});

Deno.test("no configuration, and a variable that is no setting, are worth a word", () => {
  const none = configurationFinding({ ...SOUND, files: [] }, "config");
  assert.deepEqual([none.status, none.found], ["warn", "no file in config/: the built-in defaults hold"]);
  assert.match(none.fix ?? "", /apex init/);
  const strange = configurationFinding({ ...SOUND, ignoredVariables: ["APEX_PROT"] }, "config");
  assert.deepEqual([strange.status, strange.found], ["warn", "APEX_PROT in the environment is no setting"]);
  assert.equal(configurationFinding(SOUND, "config").status, "ok");
});

Deno.test("a data folder that cannot be written, or that others can read, says what to do", () => {
  const refused = dataFolderFinding("data", { kind: "refused", reason: "the system refuses it to this user" });
  assert.deepEqual([refused.status, refused.found], [
    "fail",
    "Cannot write into data/: the system refuses it to this user",
  ]);
  assert.match(refused.fix ?? "", /WorkingDirectory=/);
  const open = dataFolderFinding("data", { kind: "writable", isNew: false, isOpenToOthers: true });
  assert.deepEqual([open.status, open.fix], ["warn", "Make it yours alone: chmod 700 data"]);
  assert.equal(dataFolderFinding("data", { kind: "writable", isNew: true, isOpenToOthers: false }).status, "ok");
});

Deno.test("a host outside the build names the variable that adds it", () => {
  const hosts = [{ host: "127.0.0.1:7497", isAllowed: true }, { host: "db.corp:5432", isAllowed: false }];
  const { status, found, fix } = hostsFinding(hosts);
  assert.deepEqual([status, found], ["fail", "this executable was not built to reach db.corp:5432"]);
  assert.match(fix ?? "", /^Build it with APEX_ALLOW_NET=db\.corp:5432,/);
  assert.equal(hostsFinding(hosts.slice(0, 1)).status, "ok");
});

Deno.test("a faulty manual file is said with its line, an unreadable one with the reason", () => {
  const faults = ["data/positions/manual.yaml:4:7  quantity: not a number"];
  const faulty = manualFileFinding("data/positions/manual.yaml", { kind: "read", entries: 0, faults });
  assert.deepEqual([faulty.status, faulty.found], ["fail", `1 fault:\n${faults[0]}`]);
  const unreadable = manualFileFinding("m.yaml", { kind: "unreadable", reason: "it is a folder: name a file" });
  assert.deepEqual([unreadable.status, unreadable.found], ["fail", "m.yaml: it is a folder: name a file"]);
  assert.equal(manualFileFinding("m.yaml", { kind: "missing" }).status, "ok");
  assert.equal(manualFileFinding("m.yaml", { kind: "off" }).status, "ok");
  assert.equal(manualFileFinding("m.yaml", { kind: "read", entries: 1, faults: [] }).found, "m.yaml: 1 position");
});

Deno.test("a Flex token without a way to the service says how to build one", () => {
  const host = "ndcdyn.interactivebrokers.com:443";
  const { status, found, fix } = statementsFinding({ host, isAllowed: false }, true);
  assert.deepEqual([status, found], ["warn", `a token is set, and this executable was not built to reach ${host}`]);
  assert.match(fix ?? "", new RegExp(`APEX_ALLOW_NET=${host}.*flex\\.folder`));
  assert.match(statementsFinding({ host, isAllowed: true }, false).found, /flex\.query_id is not/);
  assert.equal(statementsFinding({ host, isAllowed: true }, true).status, "ok");
  assert.equal(statementsFinding(null, false).status, "ok");
});

const ANSWERED = {
  kind: "answered",
  description: "PostgreSQL 10.0.0.5:5432/apex",
  version: "PostgreSQL 15.8",
  majorVersion: 15,
  applied: 4,
  pending: [],
} as const satisfies DatabaseExamination;
const PENDING = [{ number: 5, name: "signals" }];

Deno.test("a database that is away, refused or damaged is said in its own words, with what to do", () => {
  const words = "Cannot connect to PostgreSQL 10.0.0.5:5432/apex: connection refused";
  const away = databaseFinding({ kind: "fault", fault: "away", words });
  assert.deepEqual([away.status, away.found, away.fix], [
    "fail",
    words,
    "Start the server, or correct database.dsn (APEX_DATABASE_DSN)",
  ]);
  assert.match(databaseFinding({ kind: "fault", fault: "refused", words }).fix ?? "", /user, password/);
  assert.match(databaseFinding({ kind: "fault", fault: "damaged", words }).fix ?? "", /restore a backup/);
});

Deno.test("pending migrations are a fault of a server, and nothing to do for the embedded store", () => {
  const server = databaseFinding({ ...ANSWERED, pending: PENDING });
  assert.equal(server.status, "fail");
  assert.match(server.found, /005.signals not applied|5.*signals.*not applied/);
  assert.equal(server.fix, "Run apex migrate, or start with --auto-migrate");
  const file = { ...ANSWERED, description: "SQLite data/apex.db", version: "SQLite 3.49", majorVersion: null };
  assert.equal(databaseFinding({ ...file, pending: PENDING }).status, "ok");
  assert.equal(databaseFinding(ANSWERED).status, "ok");
});

Deno.test("a server that the sandbox keeps out is not blamed", () => {
  const { status, found } = databaseForbidden(["db.corp:5432"]);
  assert.deepEqual([status, found], ["skipped", "not looked at: this executable may not reach db.corp:5432"]);
});

Deno.test("a server that is too old, and no database at all, are said", () => {
  const old = databaseFinding({ ...ANSWERED, version: "PostgreSQL 12.4", majorVersion: 12 });
  assert.equal(old.status, "fail");
  assert.match(old.found, /12\.4.*needs PostgreSQL 14 or newer/);
  assert.equal(databaseFinding({ kind: "none" }).status, "warn");
  assert.equal(databaseFinding({ kind: "not-yet", description: "SQLite data/apex.db" }).status, "ok");
});

const TERMINAL: TerminalFacts = {
  size: { columns: 120, rows: 40 },
  term: "xterm-256color",
  colorTerm: "truecolor",
  noColor: false,
  locale: "en_US.UTF-8",
};

Deno.test("what a terminal lacks is said, with what to change", () => {
  const look = (facts: Partial<TerminalFacts>, glyphs: "unicode" | "ascii" = "unicode") =>
    terminalFinding({ ...TERMINAL, ...facts }, glyphs);
  assert.equal(look({}).found, "120 x 40, 24-bit colours, UTF-8");
  assert.equal(look({ noColor: true }).found, "120 x 40, no colours (NO_COLOR), UTF-8");
  assert.equal(look({ colorTerm: "" }).found, "120 x 40, 16 colours, UTF-8");
  assert.equal(look({ size: null }).status, "ok");
  assert.deepEqual([look({ term: "dumb" }).status, look({ term: "" }).status], ["warn", "warn"]);
  assert.match(look({ size: { columns: 60, rows: 20 } }).fix ?? "", /80 x 24 or larger/);
  assert.match(look({ locale: "C" }).fix ?? "", /dashboard\.glyphs: ascii/);
  assert.equal(look({ locale: "C" }, "ascii").status, "ok");
});

Deno.test("zone and locale are shown as they come out, and an unknown one is said", () => {
  const now = Date.UTC(2026, 10, 20, 15, 30, 45);
  const shown = displayFinding({ timeZone: "Europe/Berlin", locale: "de-DE" }, now);
  assert.deepEqual([shown.status, shown.found], ["ok", "16:30:45 in Europe/Berlin, numbers as 1.234.567,80"]);
  assert.equal(displayFinding({ timeZone: "Mars/Olympus", locale: "en-US" }, now).status, "fail");
  assert.equal(displayFinding({ timeZone: "UTC", locale: "not a locale" }, now).status, "fail");
  assert.equal(displayFinding({ timeZone: "UTC", locale: "xx" }, now).status, "warn");
});
