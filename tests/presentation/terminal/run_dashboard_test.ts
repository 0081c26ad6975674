import assert from "node:assert/strict";
import type { DayPoint, HistorySubject, RowHistory } from "../../../src/application/day_record.ts";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { type DashboardParts, runDashboard } from "../../../src/presentation/terminal/run_dashboard.ts";
import { abilitiesOf, type Terminal } from "../../../src/presentation/terminal/terminal.ts";
import { backgroundOf } from "../../../src/presentation/terminal/background.ts";
import { DEMO_NOW, demoSnapshot } from "../../support/demo_snapshot.ts";
import { TerminalEmulator } from "../../support/terminal_emulator.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** A terminal in memory that can be resized, typed into and held up. */
class FakeTerminal implements Terminal {
  emulator: TerminalEmulator;
  raw = false;
  writes: string[] = [];
  held: Promise<void> = Promise.resolve();
  #type: (bytes: Uint8Array) => void = () => {};
  #resized: () => void = () => {};
  constructor(public columns: number, public rows: number) {
    this.emulator = new TerminalEmulator(columns, rows);
  }
  async write(text: string): Promise<void> {
    await this.held;
    this.writes.push(text);
    this.emulator.write(text);
  }
  size() {
    return { columns: this.columns, rows: this.rows };
  }
  onResize(listener: () => void) {
    this.#resized = listener;
    return () => this.#resized = () => {};
  }
  onInput(listener: (bytes: Uint8Array) => void) {
    this.#type = listener;
    return () => this.#type = () => {};
  }
  setRaw(raw: boolean) {
    this.raw = raw;
  }
  type(text: string): void {
    this.#type(new TextEncoder().encode(text));
  }
  resize(columns: number, rows: number): void {
    [this.columns, this.rows] = [columns, rows];
    this.emulator = new TerminalEmulator(columns, rows);
    this.#resized();
  }
}

function shown(
  columns = 120,
  rows = 40,
  settings: { bell?: boolean; mouse?: boolean; background?: "auto" | "dark"; maxFps?: number } = {},
  parts: Partial<DashboardParts> = {},
) {
  const terminal = new FakeTerminal(columns, rows);
  const clock = new VirtualClock(DEMO_NOW);
  const heard: string[] = [];
  let publish: (snapshot: RiskSnapshot) => void = () => {};
  const running = runDashboard({
    terminal,
    abilities: { colours: "24bit", utf8: true, mouse: true },
    clock,
    subscribe(listener) {
      publish = listener;
      return () => publish = () => {};
    },
    settings: {
      maxFps: settings.maxFps ?? 10,
      glyphs: "unicode",
      theme: "safe",
      background: settings.background ?? "dark",
      bell: settings.bell ?? false,
      accounts: "full",
      display: { locale: "en-US", timeZone: "America/New_York" },
      softAt: 0.8,
      betaReference: "SPY",
      mouse: settings.mouse ?? true,
      columns: { positions: [], underlyings: [] },
      manualFile: "data/positions/manual.yaml",
      shockSets: [],
    },
    onAcknowledge: (id, note) => heard.push(`ack ${id} ${note}`),
    onTakeBack: (id) => heard.push(`back ${id}`),
    onAccount: (account) => heard.push(`account ${account ?? "all"}`),
    onQuit: () => heard.push("quit"),
    onTrouble: (error) => heard.push(`trouble ${error}`),
    ...parts,
  });
  return { terminal, clock, heard, running, publish: (snapshot: RiskSnapshot) => publish(snapshot) };
}

Deno.test("the dashboard shows each snapshot and gives the terminal back when stopped", async () => {
  const { terminal, clock, running, publish, heard } = shown();
  await clock.advance(1);
  assert.match(terminal.emulator.lines().join("\n"), /Waiting for the first snapshot/);
  assert.ok(terminal.raw && terminal.emulator.modes.has("1049") && !terminal.emulator.cursorShown);
  publish(demoSnapshot());
  await clock.advance(200);
  assert.match(terminal.emulator.lines()[18] ?? "", /^>TSLA .*1,617,557/);
  await running.stop();
  assert.ok(!terminal.raw && !terminal.emulator.modes.has("1049") && terminal.emulator.cursorShown);
  const count = terminal.writes.length;
  publish(demoSnapshot({ sequence: 43 }));
  await clock.advance(5_000);
  await running.stop();
  assert.equal(terminal.writes.length, count, "nothing is written after the end");
  assert.deepEqual(heard, []);
});

Deno.test("a hundred snapshots a second make no more frames than asked for", async () => {
  const { terminal, clock, running, publish } = shown();
  await clock.advance(500);
  const before = terminal.writes.length;
  for (let turn = 0; turn < 100; turn++) {
    publish(demoSnapshot({ sequence: turn }));
    await clock.advance(10);
  }
  const frames = terminal.writes.length - before;
  assert.ok(frames >= 8 && frames <= 12, `${frames} frames in a second`);
  await clock.advance(200);
  assert.match(terminal.emulator.lines().join("\n"), /turn 99 /);
  await running.stop();
});

Deno.test("a frame rate below one a second is kept as well", async () => {
  const { terminal, clock, running, publish } = shown(120, 40, { maxFps: 0.25 });
  publish(demoSnapshot());
  await clock.advance(4_500);
  const before = terminal.writes.length;
  for (let second = 0; second < 16; second++) {
    publish(demoSnapshot({ sequence: second }));
    await clock.advance(1_000);
  }
  assert.equal(terminal.writes.length - before, 4);
  await running.stop();
});

Deno.test("when nothing changes only the clock moves, once a second and in a few bytes", async () => {
  const { terminal, clock, running, publish } = shown();
  publish(demoSnapshot());
  await clock.advance(1_500);
  const before = terminal.writes.length;
  await clock.advance(3_000);
  const written = terminal.writes.slice(before);
  assert.equal(written.length, 3);
  for (const text of written) assert.ok(text.length < 200, `${text.length} bytes`);
  await running.stop();
});

Deno.test("a snapshot that shows nothing new makes no frame", async () => {
  const { terminal, clock, running, publish } = shown();
  // No age that runs by itself is on this screen.
  const calm = (sequence = 42) => demoSnapshot({ breaches: [], sequence });
  publish(calm());
  await clock.advance(300);
  const before = terminal.writes.length;
  for (let turn = 0; turn < 6; turn++) {
    publish(calm());
    await clock.advance(100);
  }
  assert.deepEqual(terminal.writes.slice(before), []);
  publish(calm(43));
  await clock.advance(90);
  assert.equal(terminal.writes.length, before + 1);
  assert.ok((terminal.writes.at(-1) ?? "").length < 80, "the turn's number alone");
  await running.stop();
});

Deno.test("a terminal that is slow gets the newest frame next, not a queue of old ones", async () => {
  const { terminal, clock, running, publish } = shown();
  await clock.advance(500);
  let release = (): void => {};
  terminal.held = new Promise((resolve) => release = resolve);
  const before = terminal.writes.length;
  for (let turn = 0; turn < 50; turn++) {
    publish(demoSnapshot({ sequence: turn }));
    await clock.advance(100);
  }
  assert.equal(terminal.writes.length, before);
  release();
  await clock.advance(300);
  assert.ok(terminal.writes.length - before <= 4);
  assert.match(terminal.emulator.lines().join("\n"), /turn 49 /);
  await running.stop();
});

Deno.test("pasted text that comes in slow pieces never acts as keys", async () => {
  const { terminal, clock, running, publish, heard } = shown();
  publish(demoSnapshot());
  await clock.advance(200);
  terminal.type("/\x1b[200~ts");
  await clock.advance(500);
  terminal.type("la\x1b[201~\r\x1b[200~so ");
  await clock.advance(500);
  terminal.type("quit");
  await clock.advance(500);
  terminal.type("\x1b[201~");
  await clock.advance(500);
  assert.deepEqual(heard, []);
  assert.match(terminal.emulator.lines().join("\n"), /\/ tsla $/m);
  await running.stop();
});

Deno.test("a dashboard that was stopped and continued takes the terminal and draws all of it again", async () => {
  const { terminal, clock, running, publish } = shown();
  publish(demoSnapshot());
  await clock.advance(200);
  const before = terminal.emulator.lines();
  terminal.raw = false; // as the shell leaves it
  terminal.resize(120, 40);
  await clock.advance(100);
  assert.ok(terminal.raw && terminal.emulator.modes.has("1049") && terminal.emulator.modes.has("1000"));
  assert.ok(!terminal.emulator.cursorShown);
  assert.deepEqual(terminal.emulator.lines(), before);
  await running.stop();
});

Deno.test("a resize draws the whole screen at the new size", async () => {
  const { terminal, clock, running, publish } = shown();
  publish(demoSnapshot());
  await clock.advance(200);
  terminal.resize(80, 24);
  await clock.advance(200);
  assert.match(terminal.emulator.lines()[0] ?? "", /^ APEX demo │ IB DU1\+DU2 │ DEGRADED 2 .* 10:30:45 NY $/);
  assert.match(terminal.emulator.lines()[23] ?? "", /\? q $/);
  await running.stop();
});

Deno.test("keys reach the outside as actions", async () => {
  const { terminal, clock, running, publish, heard } = shown();
  publish(demoSnapshot());
  await clock.advance(200);
  terminal.type("a");
  terminal.type("hedged\r");
  terminal.type("u");
  terminal.type("q");
  assert.deepEqual(heard, ["ack max_per_underlying_notional:TSLA hedged", "back max_margin_utilization", "quit"]);
  await running.stop();
});

Deno.test("a lone Esc takes effect after a moment, without another key", async () => {
  const { terminal, clock, running, publish } = shown();
  publish(demoSnapshot());
  terminal.type("?");
  await clock.advance(300);
  assert.match(terminal.emulator.lines().join("\n"), /or Esc closes/);
  terminal.type("\x1b");
  await clock.advance(300);
  assert.doesNotMatch(terminal.emulator.lines().join("\n"), /or Esc closes/);
  await running.stop();
});

Deno.test("the bell sounds once for a new hard breach", async () => {
  const { terminal, clock, running, publish } = shown(120, 40, { bell: true });
  publish(demoSnapshot({ breaches: [] }));
  await clock.advance(200);
  publish(demoSnapshot());
  publish(demoSnapshot({ sequence: 43 }));
  await clock.advance(500);
  assert.equal(terminal.writes.filter((text) => text.includes("\x07")).length, 1);
  await running.stop();
});

Deno.test("the bell sounds again when nobody acknowledges a breach in time", async () => {
  const { terminal, clock, running, publish } = shown(120, 40, { bell: true });
  const [breach] = demoSnapshot().breaches;
  const soft = { ...breach!, severity: "soft", state: "open" } as const;
  publish(demoSnapshot({ breaches: [soft] }));
  await clock.advance(500);
  const rings = () => terminal.writes.filter((text) => text.includes("\x07")).length;
  assert.equal(rings(), 0);
  publish(demoSnapshot({ breaches: [{ ...soft, state: "escalated" }] }));
  publish(demoSnapshot({ breaches: [{ ...soft, state: "escalated" }] }));
  await clock.advance(500);
  assert.equal(rings(), 1);
  publish(demoSnapshot({ breaches: [{ ...soft, state: "acknowledged" }] }));
  await clock.advance(500);
  assert.equal(rings(), 1);
  await running.stop();
});

Deno.test("the wheel scrolls where the configuration and the terminal allow it, and is given back at the end", async () => {
  const { terminal, clock, running, publish } = shown();
  publish(demoSnapshot());
  await clock.advance(200);
  assert.ok(terminal.emulator.modes.has("1000") && terminal.emulator.modes.has("1006"));
  terminal.type("\x1b[<65;10;20M");
  await clock.advance(200);
  assert.match(terminal.emulator.lines().find((line) => line.startsWith(">")) ?? "", /^>SAP/, "three rows further");
  terminal.type("\x1b[<0;10;20M\x1b[<0;10;20m\x1b[<35;11;20M");
  await clock.advance(200);
  assert.match(terminal.emulator.lines().find((line) => line.startsWith(">")) ?? "", /^>SAP/, "buttons do nothing");
  await running.stop();
  assert.deepEqual([...terminal.emulator.modes].sort(), ["25", "7"]);
});

Deno.test("without a mouse in the configuration none is asked for", async () => {
  const { terminal, clock, running } = shown(120, 40, { mouse: false });
  await clock.advance(200);
  assert.ok(!terminal.emulator.modes.has("1000"));
  await running.stop();
});

Deno.test("T changes the theme on the spot, and mono has no colour", async () => {
  const { terminal, clock, running, publish } = shown();
  publish(demoSnapshot());
  await clock.advance(200);
  assert.ok(terminal.writes.some((text) => text.includes("38;2;")));
  terminal.type("TT");
  await clock.advance(200);
  const last = terminal.writes.at(-1) ?? "";
  assert.ok(last.includes("Theme mono") && !last.includes("38;2;"));
  await running.stop();
});

Deno.test("the background is asked for once and a light one gets colours that can be read on it", async () => {
  const { terminal, clock, running, publish } = shown(120, 40, { background: "auto" });
  await clock.advance(10);
  assert.equal(terminal.writes.filter((text) => text.includes("\x1b]11;?")).length, 1);
  terminal.type("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
  publish(demoSnapshot());
  await clock.advance(300);
  assert.ok((terminal.writes.at(-1) ?? "").includes("38;2;0;114;178"));
  assert.equal(terminal.writes.filter((text) => text.includes("\x1b]11;?")).length, 1);
  await running.stop();
});

Deno.test("stopping in the middle of a frame lets it end before the terminal is given back", async () => {
  const { terminal, clock, running, publish } = shown();
  await clock.advance(500);
  let release = (): void => {};
  terminal.held = new Promise((resolve) => release = resolve);
  publish(demoSnapshot());
  await clock.advance(200);
  const stopping = running.stop();
  release();
  await stopping;
  assert.ok((terminal.writes.at(-1) ?? "").endsWith("\x1b[?1049l\x1b[?25h"));
  assert.equal(terminal.emulator.modes.has("1049"), false);
});

Deno.test("a terminal that fails is reported and does not end the monitor", async () => {
  const { terminal, clock, running, publish, heard } = shown();
  await clock.advance(200);
  terminal.held = Promise.reject(new Error("broken pipe"));
  terminal.held.catch(() => {});
  publish(demoSnapshot());
  await clock.advance(200);
  assert.ok(heard.some((one) => one.includes("broken pipe")));
  terminal.held = Promise.resolve();
  publish(demoSnapshot({ sequence: 43 }));
  await clock.advance(200);
  assert.match(terminal.emulator.lines().join("\n"), /turn 43 /);
  await running.stop();
});

Deno.test("what the environment says decides colours and glyphs", () => {
  const of = (environment: Record<string, string>) => abilitiesOf((name) => environment[name]);
  assert.deepEqual(of({ TERM: "xterm-256color", COLORTERM: "truecolor", LANG: "en_US.UTF-8" }), {
    colours: "24bit",
    utf8: true,
    mouse: true,
  });
  assert.deepEqual(of({ TERM: "xterm", LANG: "C" }), { colours: "16", utf8: false, mouse: true });
  assert.equal(of({ TERM: "xterm", NO_COLOR: "1" }).colours, "none");
  assert.equal(of({ TERM: "xterm", NO_COLOR: "" }).colours, "16");
  assert.equal(of({ TERM: "dumb", COLORTERM: "truecolor" }).colours, "none");
  for (const TERM of ["dumb", "linux", "vt100", ""]) assert.equal(of({ TERM }).mouse, false, TERM);
  assert.equal(of({ LC_ALL: "C", LANG: "en_US.UTF-8" }).utf8, false);
});

Deno.test("a terminal's background is read from its answer", () => {
  assert.equal(backgroundOf("11;rgb:ffff/ffff/ffff"), "light");
  assert.equal(backgroundOf("11;rgb:1e/1e/2e"), "dark");
  assert.equal(backgroundOf("10;rgb:ffff/ffff/ffff"), null);
  assert.equal(backgroundOf("11;nonsense"), null);
});

Deno.test("points of earlier today join the line whenever they come, and the dashboard does not wait for them", async () => {
  const { promise: points, resolve } = Promise.withResolvers<readonly DayPoint[]>();
  const { terminal, clock, running, publish, heard } = shown(120, 40, {}, {
    earlier: { points, everyMs: 300_000 },
  });
  publish(demoSnapshot());
  await clock.advance(200);
  const line = () => (terminal.emulator.lines()[5] ?? "").slice(0, 36);
  assert.doesNotMatch(line(), /[▁-█]/);
  resolve(Array.from({ length: 12 }, (_, index) => ({
    at: DEMO_NOW - (12 - index) * 300_000,
    dailyPnl: 1_000 * index,
    grossExposure: 4_000_000,
  })));
  await clock.advance(200);
  assert.match(line(), /^ [▁-█]{8,} *09:30\+/);
  await running.stop();
  assert.deepEqual(heard, []);
});

Deno.test("a row's history is shown when it comes, unless the person has closed it by then", async () => {
  const asked: { readonly subject: HistorySubject; readonly answer: (history: RowHistory) => void }[] = [];
  const { terminal, clock, running, publish } = shown(120, 40, {}, {
    onHistory(subject) {
      const { promise, resolve } = Promise.withResolvers<RowHistory>();
      asked.push({ subject, answer: resolve });
      return promise;
    },
  });
  publish(demoSnapshot());
  const screen = async (keys: string) => {
    terminal.type(keys);
    await clock.advance(200);
    return terminal.emulator.lines().join("\n");
  };
  assert.match(await screen("h"), /History today: all of TSLA[^]*reading…/);
  asked[0]?.answer({ status: "read", entries: [], more: false });
  assert.match(await screen(""), /nothing happened to this row today/);
  assert.match(await screen("hjh"), /History today: all of SPY[^]*reading…/);
  assert.doesNotMatch(await screen("h"), /History today/);
  asked[1]?.answer({ status: "not kept" });
  assert.doesNotMatch(await screen(""), /History today/);
  assert.deepEqual(asked.map(({ subject }) => subject.kind === "name" ? subject.underlying : ""), ["TSLA", "SPY"]);
  await running.stop();
});

Deno.test("what the feed answers is told in the status row", async () => {
  const asked: string[] = [];
  const { terminal, clock, running, publish } = shown(120, 40, {}, {
    onFeed(request) {
      asked.push(request.kind);
      return { done: true, words: "the connection to IBKR is made anew" };
    },
  });
  publish(demoSnapshot());
  terminal.type("7r");
  await clock.advance(200);
  assert.deepEqual(asked, []);
  terminal.type("\r");
  await clock.advance(200);
  assert.deepEqual(asked, ["reconnect"]);
  assert.match(terminal.emulator.lines().at(-2) ?? "", /^ Reconnect: the connection to IBKR is made anew/);
  await running.stop();
});
