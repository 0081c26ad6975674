/** The simulated gateway of a load run, with its tally and probes. Runs in a worker or a process of its own. */
import { tcpNetwork } from "../../src/infrastructure/net/tcp.ts";
import { startGateway } from "../../src/infrastructure/simulator/gateway.ts";
import { loadScenario } from "../../src/infrastructure/simulator/load_scenario.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { type LoadBook, loadScenarioText } from "./load_book.ts";
import { type WireCount, WireTally } from "./wire_tally.ts";

/** Prime to the gateway's step and the monitor's cadence, so that probes meet every phase of both. */
const PROBE_EVERY_MS = 17;
/** Longer than any look at what has arrived takes. */
const HOLD_SECONDS = 30;

export type Question =
  | { readonly ask: "start"; readonly book: LoadBook; readonly seed: number }
  | { readonly ask: "count" }
  /** Sends nothing more, so that both sides can be compared. */
  | { readonly ask: "hold" }
  | { readonly ask: "stop" };

/** Where the simulator says a contract stands. */
export interface QuoteOnWire {
  readonly conId: number;
  readonly bid: number;
  readonly ask: number;
  readonly impliedVolatility: number | null;
}

export interface Answer {
  readonly port: number;
  readonly count: WireCount;
  readonly probesSentAt: readonly number[];
  /** Only of `hold`. */
  readonly quotes: readonly QuoteOnWire[];
}

/** Answers one question after another. */
export function simulatorSide(): (question: Question) => Promise<Answer> {
  const tally = new WireTally();
  let gateway: Awaited<ReturnType<typeof startGateway>> | null = null;
  let probing: ReturnType<typeof setInterval> | undefined;
  return async (question) => {
    if (question.ask === "start") {
      gateway = await startGateway({
        network: tally.around(tcpNetwork()),
        clock: systemClock(),
        seed: question.seed,
        address: { host: "127.0.0.1", port: 0 },
        scenario: loadScenario(loadScenarioText(question.book), "load"),
        log: { write: () => {} },
      });
      probing = setInterval(() => tally.sendProbe(), PROBE_EVERY_MS);
    }
    if (question.ask === "hold" || question.ask === "stop") clearInterval(probing);
    if (question.ask === "hold") gateway?.fault({ kind: "freeze", seconds: HOLD_SECONDS });
    const port = gateway?.port ?? 0;
    const quotes = question.ask === "hold" ? (gateway?.truth().quotes ?? []) : [];
    if (question.ask === "stop") await gateway?.stop();
    return {
      port,
      count: tally.count(),
      probesSentAt: tally.probesSentAt,
      quotes: quotes.map(({ conId, bid, ask, model }) => ({
        conId,
        bid,
        ask,
        impliedVolatility: model?.impliedVolatility ?? null,
      })),
    };
  };
}
