/** The market-data lines of one client: who may see what, how many, and what a refusal says. */
import { findContracts } from "./contract_search.ts";
import type { Conditions } from "./conditions.ts";
import type { Listed } from "./listing.ts";
import { error, tickSnapshotEnd } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import { QuoteLine } from "./quote_line.ts";
import type { Request } from "./requests.ts";
import type { Permission } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";

type MarketDataType = 1 | 2 | 3 | 4;
type MarketDataRequest = Request & { kind: "market-data" };

/** Refusals and warnings with TWS's words. */
const TEXTS: { readonly [code: number]: string } = {
  354: "Requested market data is not subscribed.Delayed market data is available.",
  10089:
    "Requested market data requires additional subscription for API.See link in 'Market Data Connections' dialog " +
    "for more details.Delayed market data is available.",
  10090: "Part of requested market data is not subscribed. Subscription-independent ticks are still active.",
  10167: "Requested market data is not subscribed. Displaying delayed market data.",
  10168: "Requested market data is not subscribed. Delayed market data is not enabled.",
  10186: "Requested market data is not subscribed. Delayed market data is not enabled",
  10197: "No market data during competing live session",
};

export class QuoteLines {
  readonly #lines = new Map<number, QuoteLine>();
  #wanted: MarketDataType = 1;

  constructor(readonly simulation: Simulation, readonly conditions: Conditions, readonly outbox: Outbox) {}

  get lines(): Iterable<QuoteLine> {
    return this.#lines.values();
  }

  get size(): number {
    return this.#lines.size;
  }

  want(type: number): void {
    if (type >= 1 && type <= 4) this.#wanted = type as MarketDataType;
  }

  request(request: MarketDataRequest): void {
    const { id, contract, genericTicks, snapshot } = request;
    if (this.#lines.has(id)) {
      return this.#refuse(id, 322, "Error processing request.-'bd' : cause - Duplicate ticker id");
    }
    if (contract.exchange === "") {
      return this.#refuse(id, 321, "Error validating request.-'bW' : cause - Please enter exchange");
    }
    const found = findContracts(this.simulation.contracts, contract);
    if (found.length !== 1) {
      return this.#refuse(id, 200, "No security definition has been found for the request");
    }
    if (this.#lines.size >= this.simulation.scenario.gateway.marketDataLines) {
      return this.#refuse(id, 101, "Max number of tickers has been reached");
    }
    if (this.conditions.competing) return this.#refuse(id, 10197, TEXTS[10197]!);
    const listed = found[0]!;
    const type = this.#permit(id, listed);
    if (type === null) return;
    const computationsOnly = listed.spec.permission === "partial";
    const line = new QuoteLine({ id, listed, type, genericTicks, computationsOnly });
    if (snapshot) return this.#snapshot(line);
    this.#lines.set(id, line);
  }

  cancel(id: number): void {
    if (!this.#lines.delete(id)) this.#refuse(id, 300, `Can't find EId with tickerId:${id}`);
  }

  /** Sends what changed on the lines that flow. */
  flush(elapsed: number, now: number): void {
    for (const line of this.#lines.values()) {
      if (!this.conditions.flows(line.listed)) continue;
      this.outbox.add(...line.flush(this.simulation.market, elapsed, now));
    }
  }

  /** Lines vanish without a word, as after 1101 and some farm outages. */
  lose(which: (listed: Listed) => boolean): void {
    for (const [id, line] of this.#lines) if (which(line.listed)) this.#lines.delete(id);
  }

  /** Everything is sent anew, as after an outage. */
  refresh(which: (listed: Listed) => boolean): void {
    for (const line of this.#lines.values()) if (which(line.listed)) line.refresh();
  }

  /** Another login took the data: every line ends with an error. */
  compete(): void {
    for (const id of this.#lines.keys()) this.#refuse(id, 10197, TEXTS[10197]!);
    this.#lines.clear();
  }

  /** The kind of data the client gets, after a warning where there is one; null when refused. */
  #permit(id: number, { spec }: Listed): MarketDataType | null {
    const delayedWanted = this.#wanted >= 3;
    const code = spec.refusal ?? refusal(spec.permission, delayedWanted);
    if (code === null) return this.#wanted === 2 ? 1 : spec.permission === "delayed" ? 3 : 1;
    this.#refuse(id, code, TEXTS[code] ?? "Requested market data is not subscribed.");
    switch (code) {
      case 10167:
        return 3;
      case 10090:
        return 1;
      default:
        return null;
    }
  }

  /** One full picture, then the end; it takes no line. */
  #snapshot(line: QuoteLine): void {
    this.outbox.add(...line.flush(this.simulation.market, 0, this.conditions.clock.now()), tickSnapshotEnd(line.id));
  }

  #refuse(id: number, code: number, text: string): void {
    this.outbox.add(error(id, code, text));
  }
}

function refusal(permission: Permission, delayedWanted: boolean): number | null {
  switch (permission) {
    case "live":
      return null;
    case "partial":
      return 10090;
    case "delayed":
      return delayedWanted ? 10167 : 354;
    case "none":
      return delayedWanted ? 10186 : 354;
  }
}
