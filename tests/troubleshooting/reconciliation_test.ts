/** Positions on which the sources do not agree, and a manual file with faults. */
import { Monitor } from "../../src/application/monitor.ts";
import type { Settings } from "../../src/application/settings.ts";
import type { Source } from "../../src/domain/event.ts";
import { ManualPositions } from "../../src/infrastructure/files/manual_positions.ts";
import { stock } from "../support/book_builder.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { demoSettings, MemoryLog } from "../support/world.ts";
import { type See, troubleshoot } from "./manual_words.ts";

troubleshoot("A position drifts", async (see) => {
  const desk = deskWith("supplement");
  desk.holds("IB", 600);
  desk.holds("MANUAL", 500);
  await desk.tell(see, 60);
});

troubleshoot("A position is missing at the broker", async (see) => {
  const desk = deskWith("expected");
  desk.holds("IB", 0);
  desk.holds("MANUAL", 300);
  await desk.tell(see, 60);
});

troubleshoot("A position is missing in the file", async (see) => {
  const desk = deskWith("expected");
  desk.holds("IB", 600);
  desk.holds("MANUAL", 0);
  await desk.tell(see, 60);
});

troubleshoot("A source confirms nothing", async (see) => {
  const desk = deskWith("supplement");
  desk.holds("IB", 600);
  desk.holds("MANUAL", 600);
  await desk.tell(see, 302);
});

troubleshoot("The manual file has faults", async (see) => {
  see(await linkOf("positions:\n  - { symbol: AAPL, quantity: many }\n"));
});

troubleshoot("There is no manual file", async (see) => {
  see(await linkOf(null));
});

troubleshoot("The manual file cannot be read", async (see) => {
  see(await linkOf(new Deno.errors.PermissionDenied("EACCES")));
});

function deskWith(manual: Settings["risk"]["reconciliation"]["manual"]) {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const { risk, ...settings } = demoSettings();
  const reconciliation = { ...risk.reconciliation, manual };
  const wanted = { ...settings, risk: { ...risk, baseCurrency: "USD", reconciliation } };
  const monitor = new Monitor(wanted, { clock, log, prioritise() {}, clockShifted: false });
  const tsla = monitor.inbox.instrument(stock("TSLA"));
  for (const source of ["IB", "MANUAL"] as const) {
    monitor.inbox.push({ kind: "link", source, status: "up", detail: "", at: clock.now() });
  }
  return {
    holds(source: Source, quantity: number) {
      const rows = quantity === 0 ? [] : [{ account: "A", instrument: tsla, quantity, avgPrice: 100 }];
      monitor.inbox.push({ kind: "positions", source, accounts: ["A"], rows, at: clock.now() });
    },
    async tell(see: See, seconds: number) {
      monitor.turn();
      await clock.advance(seconds * 1_000);
      const { statusReasons } = monitor.turn();
      for (const text of [...statusReasons, ...log.lines.map(({ message }) => message)]) see(text);
    },
  };
}

/** What the source of such a file, or one that is refused, says of itself. */
async function linkOf(content: string | Error | null): Promise<string> {
  const clock = new VirtualClock();
  let said = "";
  const source = new ManualPositions({
    ...{ file: "data/positions/manual.yaml", pollMs: 1_000, clock, log: { write() {} } },
    sink: {
      instrument: () => 0,
      push: (event) => said = event.kind === "link" ? event.detail : said,
      tick() {},
      brokerTime() {},
    },
    access: {
      stamp: () => content instanceof Error ? Promise.reject(content) : Promise.resolve(content === null ? null : "1"),
      read: () => Promise.resolve(new TextEncoder().encode(String(content))),
    },
    known: { revision: () => 0, candidates: () => [] },
    baseCurrency: () => "USD",
  });
  source.start();
  await clock.advance(3_000);
  source.stop();
  return said;
}
