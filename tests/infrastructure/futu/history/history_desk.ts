/** A backfill from a simulated OpenD under the virtual clock: what goes wrong, and when, is up to the test. */
import { knownIn } from "../../../../src/application/backfill/known_history.ts";
import type { BackfillProgress, BackfillReport, WindowEnd } from "../../../../src/application/backfill/report.ts";
import { runBackfill } from "../../../../src/application/backfill/run.ts";
import type { BackfillRange } from "../../../../src/application/backfill/source.ts";
import type { Store } from "../../../../src/application/ports/store.ts";
import type { FutuSettings } from "../../../../src/application/settings.ts";
import { dial } from "../../../../src/infrastructure/futu/client/dial.ts";
import { FutuHistory } from "../../../../src/infrastructure/futu/history/futu_history.ts";
import { HistoryLink } from "../../../../src/infrastructure/futu/history/link.ts";
import { FutuInstruments } from "../../../../src/infrastructure/futu/contracts/instruments.ts";
import { RateLimit } from "../../../../src/infrastructure/futu/client/rate_limit.ts";
import { loadFutuScenario } from "../../../../src/infrastructure/simulator/futu/load_scenario.ts";
import { type OpenD, startOpenD } from "../../../../src/infrastructure/simulator/futu/open_d.ts";
import { MemoryNetwork } from "../../../support/memory_network.ts";
import { projectText } from "../../../support/source_tree.ts";
import { seededRandom, VirtualClock } from "../../../support/virtual_clock.ts";
import { SETTINGS } from "../client/client_desk.ts";

/** Monday 2026-11-30, half past ten in New York. */
export const NOW = Date.UTC(2026, 10, 30, 15, 30);

/** The demo's accounts: a general one with 250 orders and 300 deals, one of one market, a closed one, a paper one. */
export const GENERAL = "281756479345015383";
export const OLD = "281756455988247915";
export const PAPER = "9058871";

export type HistoryStore = Pick<
  Store,
  "write" | "claim" | "syncStates" | "syncWindows" | "futuOrdersWithoutFees" | "storedBook"
>;

export interface RunOptions extends Partial<BackfillRange> {
  readonly settings?: Partial<FutuSettings>;
  readonly account?: string | null;
  readonly market?: string | null;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface Ran {
  readonly report: BackfillReport;
  readonly progress: readonly BackfillProgress[];
  readonly ends: readonly WindowEnd[];
}

export interface HistoryDesk {
  readonly clock: VirtualClock;
  readonly openD: OpenD;
  readonly logged: string[];
  run(store: HistoryStore, options?: RunOptions): Promise<Ran>;
}

export async function onHistoryDesk(
  body: (desk: HistoryDesk) => Promise<void>,
  { start = NOW, change = (text: string) => text } = {},
): Promise<void> {
  const clock = new VirtualClock(start);
  const network = new MemoryNetwork(clock, 1);
  const logged: string[] = [];
  const log = { write: (_level: string, _category: string, message: string) => void logged.push(message) };
  const text = change(projectText("config/scenarios/futu-demo.yaml").replace(/\nevents:[^]*$/, "\n"));
  const scenario = loadFutuScenario(text, "futu-demo.yaml");
  const address = { host: SETTINGS.host, port: SETTINGS.port };
  const openD = await startOpenD({ network, clock, seed: 1, address, scenario, log });
  // As in one process after another, OpenD's windows go on and the client knows nothing of them.
  const run = async (store: HistoryStore, options: RunOptions = {}): Promise<Ran> => {
    const { account = null, market = null, dryRun = false, settings: changes = {}, ...rest } = options;
    const { signal = new AbortController().signal, ...range } = rest;
    const settings = { ...SETTINGS, filterTrdmarket: "NONE", ...changes };
    const dialled = { settings, network, clock, log, rateLimit: new RateLimit(clock), purpose: "backfill" };
    const link = new HistoryLink({
      settings,
      clock,
      random: seededRandom(7),
      log,
      dial: (stop) => dial(dialled, stop),
    });
    const source = new FutuHistory({
      settings,
      link,
      instruments: new FutuInstruments(settings.optionRoots),
      account,
      market,
      ordersWithoutFees: dryRun ? null : (id) => store.futuOrdersWithoutFees(id),
      onAccounts() {},
      clock,
      log,
      signal,
    });
    const progress: BackfillProgress[] = [];
    const ends: WindowEnd[] = [];
    const running = runBackfill({
      sources: [source],
      store: dryRun ? null : store,
      known: knownIn(store, account),
      storedBook: await store.storedBook(),
      account,
      range: { from: null, to: null, days: 30, now: clock.now(), force: false, ...range },
      asked: null,
      clock,
      log,
      listener: { onProgress: (each) => progress.push(each), onWindow: (end) => ends.push(end), onAccounts() {} },
      signal,
    }).finally(() => link.close());
    return { report: await ended(running, clock), progress, ends };
  };
  try {
    await body({ clock, openD, logged, run });
  } finally {
    await openD.stop();
  }
}

/** Moves the clock until the promise is settled. */
export async function ended<Value>(running: Promise<Value>, clock: VirtualClock): Promise<Value> {
  let isOver = false;
  running.then(() => isOver = true, () => isOver = true);
  await clock.until(() => isOver, 3_600_000, "an end", 100);
  return await running;
}
