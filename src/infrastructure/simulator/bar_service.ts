/** Historical daily bars of one client, with TWS's own refusals and its ration of 60 requests in ten minutes. */
import type { Clock } from "../../application/ports/clock.ts";
import { findContracts } from "./contract_search.ts";
import type { Listed } from "./listing.ts";
import { isOption } from "./market.ts";
import { error, historicalBars } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import { type PastClose, pastCloses } from "./past_closes.ts";
import type { ContractQuery, Request } from "./requests.ts";
import { dateIn, exchangeTime, type Simulation } from "./simulation.ts";

type BarRequest = Extract<Request, { kind: "bars" }>;

const RATION = 60;
const RATION_MS = 10 * 60_000;
const SAME_MS = 15_000;
const SERVICE = "Historical Market Data Service error message:";

export class BarService {
  /** What was asked for and when, oldest first. */
  #asked: { readonly at: number; readonly what: string }[] = [];

  constructor(readonly simulation: Simulation, readonly outbox: Outbox, readonly clock: Clock) {}

  request(request: BarRequest): void {
    const { id, contract } = request;
    if (this.#isTooMuch(request)) return this.#refuse(id, 162, `${SERVICE}Historical data request pacing violation`);
    const listed = this.#find(contract);
    if (listed === null) return this.#refuse(id, 200, "No security definition has been found for the request");
    const name = `${listed.spec.symbol}@${listed.spec.exchange}`;
    const { permission, primaryExchange, type, exchange } = listed.spec;
    if (permission === "none" || permission === "delayed") {
      const where = `${primaryExchange || exchange} ${type}`;
      return this.#refuse(id, 162, `${SERVICE}No market data permissions for ${where}`);
    }
    const from = this.#from(request, listed);
    if (from === null) {
      return this.#refuse(id, 321, "Error validating request.-'bN' : cause - Historical data bar size");
    }
    const wanted = type === "CASH" ? "MIDPOINT" : type === "CRYPTO" ? "AGGTRADES" : "TRADES";
    if (request.whatToShow !== wanted || isOption(listed)) {
      return this.#refuse(id, 162, `${SERVICE}HMDS query returned no data: ${name} ${request.whatToShow}`);
    }
    this.#send(request, listed, from);
  }

  #send({ id }: BarRequest, listed: Listed, from: string): void {
    const { market } = this.simulation;
    const { close } = market.quote(listed);
    const now = this.clock.now();
    const prices = { close: close > 0 ? close : market.price(listed), now: market.price(listed) };
    const closes: readonly PastClose[] = pastCloses(listed, prices, from, now);
    this.outbox.add(historicalBars(id, listed, exchangeTime(listed.spec.timeZone, now), closes));
  }

  /** Identical within 15 seconds, or more than the ration. What is refused counts as well. */
  #isTooMuch(request: BarRequest): boolean {
    const now = this.clock.monotonic();
    const what = JSON.stringify({ ...request, id: 0 });
    this.#asked = this.#asked.filter(({ at }) => now - at < RATION_MS);
    const same = this.#asked.some((other) => other.what === what && now - other.at < SAME_MS);
    this.#asked.push({ at: now, what });
    return same || this.#asked.length > RATION;
  }

  /** A continuous series is that of the future which expires first. */
  #find(contract: ContractQuery): Listed | null {
    const { contracts } = this.simulation;
    if (contract.secType !== "CONTFUT") return findContracts(contracts, contract)[0] ?? null;
    const futures = findContracts(contracts, { ...contract, secType: "FUT" });
    return [...futures].sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0))[0] ?? null;
  }

  /** First day of the span; null when it is not one of days, weeks, months or years in daily bars up to now. */
  #from({ duration, barSize, end }: BarRequest, { spec }: Listed): string | null {
    const match = /^(\d{1,3}) ([DWMY])$/.exec(duration);
    if (match === null || barSize !== "1 day" || end !== "") return null;
    const count = Number(match[1]);
    const today = Temporal.PlainDate.from(dateIn(spec.timeZone, this.clock.now()));
    switch (match[2]) {
      case "D":
        return today.subtract({ days: count }).toString();
      case "W":
        return today.subtract({ weeks: count }).toString();
      case "M":
        return today.subtract({ months: count }).toString();
      default:
        return today.subtract({ years: count }).toString();
    }
  }

  #refuse(id: number, code: number, text: string): void {
    this.outbox.add(error(id, code, text));
  }
}
