/**
 * The indices that signals watch: the volatility index and the broad one (or its fund). Nobody holds them, so that nothing
 * else asks for them.
 */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { SecType } from "@stoqey/ib/dist/api/data/enum/sec-type.js";
import type { Log } from "../../application/ports/log.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import type { IndicesWatched } from "../../domain/signals/signal_settings.ts";
import type { Contracts } from "./contracts.ts";

export interface SignalIndicesDependencies {
  readonly contracts: Contracts;
  readonly watched: IndicesWatched;
  readonly log: Log;
  readonly onFound: () => void;
}

const CBOE = "CBOE";
/** Where indices that have no fund's symbol are published; a symbol that is not here is a fund or stock first. */
const PUBLISHED_ON: Readonly<Record<string, string>> = {
  SPX: CBOE,
  XSP: CBOE,
  OEX: CBOE,
  DJX: CBOE,
  VIX: CBOE,
  NDX: "NASDAQ",
  RUT: "RUSSELL",
};

export class SignalIndices {
  readonly #deps: SignalIndicesDependencies;
  readonly #found = new Set<InstrumentIndex>();
  #asked = false;

  constructor(deps: SignalIndicesDependencies) {
    this.#deps = deps;
  }

  /** Those known so far. */
  get lines(): ReadonlySet<InstrumentIndex> {
    return this.#found;
  }

  /** Asks once; what was not found is asked for again by `Contracts` itself. */
  connected(): void {
    if (this.#asked) return;
    this.#asked = true;
    const { volatility, broad } = this.#deps.watched;
    if (volatility !== null) {
      const remedy = "correct signals.vix_symbol, or turn signals.vix_level and signals.vix_spike_pct off (null)";
      this.#seek(volatility, [index(volatility, PUBLISHED_ON[volatility] ?? CBOE)], remedy);
    }
    if (broad === null) return;
    const exchange = PUBLISHED_ON[broad];
    const queries = exchange === undefined ? [usStock(broad), index(broad)] : [index(broad, exchange)];
    this.#seek(broad, queries, "correct signals.index_symbol, or turn signals.index_drop_pct off (null)");
  }

  #seek(symbol: string, queries: readonly Contract[], remedy: string): void {
    const { contracts, log, onFound } = this.#deps;
    contracts.seekOneOf(
      queries,
      `${symbol}, which signals watch`,
      (found) => {
        this.#found.add(found.index);
        onFound();
      },
      () => log.write("WARN", "DATA", `Cannot judge signals on ${symbol}: IBKR gave no contract for it; ${remedy}`),
    );
  }
}

function index(symbol: string, exchange?: string): Contract {
  return { symbol, secType: "IND" as SecType, currency: "USD", ...(exchange === undefined ? {} : { exchange }) };
}

function usStock(symbol: string): Contract {
  return { symbol, secType: "STK" as SecType, exchange: "SMART", currency: "USD" };
}
