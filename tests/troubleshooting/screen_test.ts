/** A terminal that shows less than it could, and a monitor that hangs. */
import { terminalFinding } from "../../src/application/doctor/screen.ts";
import type { Settings } from "../../src/application/settings.ts";
import { supervise, type WorkerEvents } from "../../src/supervision/supervisor.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { troubleshoot } from "./manual_words.ts";

const TERMINAL = {
  ...{ size: { columns: 120, rows: 40 }, term: "xterm-256color", colorTerm: "", noColor: false },
  locale: "en_US.UTF-8",
} as const;

troubleshoot("Lines and bars look wrong", (see) => {
  const { found, fix } = terminalFinding({ ...TERMINAL, locale: "C" }, "unicode");
  see(`${found}\n${fix}`);
});

troubleshoot("No dashboard, only text", (see) => {
  see(terminalFinding({ ...TERMINAL, term: "dumb" }, "unicode").found);
  see(terminalFinding({ ...TERMINAL, size: null }, "unicode").found);
});

troubleshoot("Columns and panels are left out", (see) => {
  const { found, fix } = terminalFinding({ ...TERMINAL, size: { columns: 60, rows: 20 } }, "unicode");
  see(`${found}\n${fix}`);
});

troubleshoot("The monitor got stuck", async (see) => {
  const clock = new VirtualClock();
  const workers: WorkerEvents[] = [];
  const request = { command: "self-test", attempt: "hang", target: null } as const;
  const outcome = supervise({ request, settings: {} as Settings, notes: [] }, {
    clock,
    startWorker(events) {
      workers.push(events);
      return { post() {}, terminate() {} };
    },
    listen: () => () => {},
  });
  for (let second = 0; second < 12; second++) {
    workers[0]!.onMessage({ kind: "heartbeat", finished: 7 });
    await clock.advance(1_000);
  }
  const how = await outcome;
  see(how.kind === "worker-lost" ? how.failure.message : how.kind);
});
