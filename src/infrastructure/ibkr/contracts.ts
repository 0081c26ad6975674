/**
 * Every contract met on the connection, by IBKR's number, with what its details say.
 *
 * A contract gets its index from the message that first names it, so a position never waits for details; once they
 * arrive, the fields are made better under the same index. When they cannot be had the contract stands as it is.
 * Details are asked for once, a few at a time, and kept for the life of the program.
 */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { ContractDetails } from "@stoqey/ib/dist/api/contract/contractDetails.js";
import type { SecType } from "@stoqey/ib/dist/api/data/enum/sec-type.js";
import type { OptionType } from "@stoqey/ib/dist/api/data/enum/option-type.js";
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import { type Instrument, instrumentKey, isOption } from "../../domain/instrument.ts";
import type { IsoDate } from "../../domain/time.ts";
import { decodeContract, secTypeOf } from "./decode/contract.ts";
import { describeMessage, meaningOf } from "./message_codes.ts";
import { Priority } from "./pacing.ts";
import type { Requests } from "./requests.ts";

export interface KnownContract {
  readonly index: InstrumentIndex;
  readonly instrument: Instrument;
  /** `failed`: IBKR gave no details; the fields are those of the first message. */
  readonly details: "pending" | "known" | "failed";
  /** What to send to ask for its market data; null while pending, and for what cannot be streamed. */
  readonly streaming: Contract | null;
  /** IBKR's number of what an option is written on; null for others and while unknown. */
  readonly underConId: number | null;
  /** True when the message that named it gave no multiplier where one is needed. */
  readonly multiplierUnsure: boolean;
}

/** Details requests under way at one time: enough to keep the pace full, few enough to give way to others. */
const IN_FLIGHT = 40;
const RETRY_MS = 60_000;

export interface ContractsDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number;
  /** Called when a contract is first met and whenever more is known of it. */
  readonly onKnown: (contract: KnownContract) => void;
}

interface Lookup {
  /** What is asked for. */
  readonly query: Contract;
  /** The contract already met; null when only its number or symbol is known. */
  readonly known: KnownContract | null;
  readonly what: string;
  /** Called with the contract once it is known; not called when it cannot be found. */
  readonly found: ((contract: KnownContract) => void) | null;
  /** Called whenever it could not be found; `found` may still come later. */
  readonly missing?: () => void;
  /** Nothing that is held waits for it. */
  readonly isAside?: boolean;
}

interface Flight {
  readonly lookup: Lookup;
  readonly rows: ContractDetails[];
  readonly cancelTimer: () => void;
}

export class Contracts {
  readonly #deps: ContractsDependencies;
  readonly #byConId = new Map<number, KnownContract>();
  readonly #byKey = new Map<string, KnownContract>();
  readonly #byIndex = new Map<InstrumentIndex, KnownContract>();
  #queue: Lookup[] = [];
  readonly #flights = new Map<number, Flight>();
  readonly #numbersAsked = new Set<number>();
  /** Lookups that failed, tried again on the next connection. */
  #failed: Lookup[] = [];
  readonly #retries = new Set<() => void>();

  constructor(deps: ContractsDependencies) {
    this.#deps = deps;
  }

  /** The contract of a message, asked for in full when it is new. */
  meet(contract: Contract): KnownContract {
    const known = this.#find(contract);
    if (known !== null) return known;
    const instrument = decodeContract(contract);
    const met = this.#keep({
      index: this.#deps.sink.instrument(instrument),
      instrument,
      details: "pending",
      streaming: null,
      underConId: null,
      multiplierUnsure: needsMultiplier(instrument) && !((contract.multiplier ?? 0) > 0),
    });
    const query: Contract = instrument.conId === null ? withoutEmpty(contract) : { conId: instrument.conId };
    this.#ask({ query, known: met, what: instrument.localSymbol || instrument.symbol, found: null });
    return met;
  }

  /** The contract of a number that another contract's details name (an option's underlying). */
  seek(conId: number, found: (contract: KnownContract) => void): void {
    const known = this.#byConId.get(conId);
    if (known !== undefined) return found(known);
    if (this.#numbersAsked.has(conId)) {
      this.#waiting.push({ conId, found });
      return;
    }
    this.#numbersAsked.add(conId);
    this.#ask({ query: { conId }, known: null, what: `contract ${conId}`, found });
  }

  readonly #waiting: { readonly conId: number; readonly found: (contract: KnownContract) => void }[] = [];

  /**
   * The future of a name that comes due on a date, whether it is held or not. `missing` is called when IBKR does not know
   * it or does not answer; it is asked for again on the next connection, so `found` may come later all the same.
   */
  seekFuture(
    future: { readonly symbol: string; readonly exchange: string; readonly currency: string; readonly expiry: IsoDate },
    found: (contract: KnownContract) => void,
    missing: () => void,
  ): void {
    const { symbol, exchange, currency, expiry } = future;
    const query: Contract = {
      symbol,
      secType: "FUT" as SecType,
      exchange,
      currency,
      lastTradeDateOrContractMonth: expiry.replaceAll("-", ""),
    };
    this.#ask({ query, known: null, what: `the ${symbol} future of ${expiry}`, found, missing });
  }

  /**
   * A contract by the first of several descriptions that IBKR knows. `missing` is called when it knows none of them; all are
   * asked for again on the next connection, so `found` may come later all the same.
   */
  seekOneOf(
    queries: readonly Contract[],
    what: string,
    found: (contract: KnownContract) => void,
    missing?: () => void,
  ): void {
    const [query, ...others] = queries;
    if (query === undefined) return missing?.();
    let next: (() => void) | null = () => this.seekOneOf(others, what, found, missing);
    this.#ask({
      query,
      known: null,
      what: others.length === 0 ? what : `${what}, asked for as ${query.symbol} ${query.secType} in ${query.currency}`,
      found,
      isAside: true,
      missing: () => {
        // The others are asked for once: from then on each is retried by itself.
        next?.();
        next = null;
      },
    });
  }

  /** A contract that no message named: the beta reference, or an instrument of another source. */
  seekInstrument(instrument: Instrument, index: InstrumentIndex, found: (contract: KnownContract) => void): void {
    const known = this.#byIndex.get(index);
    if (known !== undefined) return found(known);
    const query = queryFor(instrument);
    if (query === null) return;
    const met = this.#keep({
      index,
      instrument,
      details: "pending",
      streaming: null,
      underConId: null,
      multiplierUnsure: false,
    });
    this.#ask({ query, known: met, what: instrument.localSymbol || instrument.symbol, found });
  }

  byIndex(index: InstrumentIndex): KnownContract | null {
    return this.#byIndex.get(index) ?? null;
  }

  /** Lookups not answered yet. */
  get pending(): number {
    return this.#queue.length + this.#flights.size;
  }

  /** Those of them that a holding waits for. */
  get pendingOfHoldings(): number {
    let pending = 0;
    for (const { isAside } of this.#queue) if (isAside !== true) pending++;
    for (const { lookup } of this.#flights.values()) if (lookup.isAside !== true) pending++;
    return pending;
  }

  connected(): void {
    this.#queue = [...this.#queue, ...this.#failed];
    this.#failed = [];
    this.#fill();
  }

  disconnected(): void {
    for (const flight of this.#flights.values()) {
      flight.cancelTimer();
      this.#queue.unshift(flight.lookup);
    }
    this.#flights.clear();
    for (const cancel of this.#retries) cancel();
    this.#retries.clear();
  }

  onDetails(requestId: number, details: ContractDetails): void {
    this.#flights.get(requestId)?.rows.push(details);
  }

  onDetailsEnd(requestId: number): void {
    const flight = this.#land(requestId);
    if (flight === null) return;
    const row = bestRow(flight.rows);
    if (row === null) this.#fail(flight.lookup, "IBKR gave no details", false);
    else this.#learn(flight.lookup, row);
    this.#fill();
  }

  #find(contract: Contract): KnownContract | null {
    const conId = contract.conId ?? 0;
    if (conId > 0) return this.#byConId.get(conId) ?? null;
    return this.#byKey.get(instrumentKey(decodeContract(contract))) ?? null;
  }

  #keep(contract: KnownContract): KnownContract {
    const { conId } = contract.instrument;
    // The first index of a number stays: positions are filed under it.
    if (conId !== null && (this.#byConId.get(conId)?.index ?? contract.index) === contract.index) {
      this.#byConId.set(conId, contract);
    }
    this.#byKey.set(instrumentKey(contract.instrument), contract);
    this.#byIndex.set(contract.index, contract);
    this.#deps.onKnown(contract);
    return contract;
  }

  #ask(lookup: Lookup): void {
    this.#queue.push(lookup);
    this.#fill();
  }

  #fill(): void {
    const { requests, clock, timeoutMs } = this.#deps;
    while (requests.connected && this.#flights.size < IN_FLIGHT) {
      const lookup = this.#queue.shift();
      if (lookup === undefined) return;
      const id = requests.open({ onMessage: (requestId, code, text) => this.#onMessage(requestId, code, text) });
      const cancelTimer = clock.after(timeoutMs, () => {
        if (this.#land(id) === null) return;
        this.#fail(lookup, `IBKR did not answer within ${timeoutMs} ms`, true);
        this.#fill();
      });
      this.#flights.set(id, { lookup, rows: [], cancelTimer });
      const taken = requests.send(Priority.positions, (api) => api.reqContractDetails(id, lookup.query));
      if (taken === null) {
        this.#land(id);
        this.#fail(lookup, "the queue of requests is full", true);
        return;
      }
    }
  }

  #onMessage(requestId: number, code: number, text: string): void {
    const action = meaningOf(code).request;
    if (action === "note" || action === "delayed" || action === "partly-no-permission") return;
    const flight = this.#land(requestId);
    if (flight === null) return;
    this.#fail(flight.lookup, describeMessage(code, text), code !== 200);
    this.#fill();
  }

  #land(requestId: number): Flight | null {
    const flight = this.#flights.get(requestId);
    if (flight === undefined) return null;
    flight.cancelTimer();
    this.#flights.delete(requestId);
    this.#deps.requests.close(requestId);
    return flight;
  }

  #learn(lookup: Lookup, details: ContractDetails): void {
    const instrument = decodeContract(details.contract, details);
    if (instrument.assetType === "UNKNOWN") {
      const kind = details.contract.secType ?? "no type";
      this.#deps.log.write(
        "WARN",
        "DATA",
        `Cannot make out ${lookup.what} (${kind}, expiry ${
          details.contract.lastTradeDateOrContractMonth ?? "none"
        }): it is listed at IBKR's price, without greeks`,
      );
    }
    const before = lookup.known ?? this.#find(details.contract);
    const index = before?.index ?? this.#deps.sink.instrument(instrument);
    const known = this.#keep({
      index,
      instrument,
      details: "known",
      streaming: streamingContract(details.contract),
      underConId: (details.underConId ?? 0) > 0 && isOption(instrument.assetType) ? details.underConId! : null,
      multiplierUnsure: false,
    });
    this.#deps.sink.push({ kind: "instrument", instrument: index, fields: instrument });
    this.#tell(lookup, known);
  }

  #tell(lookup: Lookup, known: KnownContract): void {
    lookup.found?.(known);
    const conId = lookup.query.conId;
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      const waiter = this.#waiting[i]!;
      if (waiter.conId !== conId) continue;
      this.#waiting.splice(i, 1);
      waiter.found(known);
    }
  }

  #fail(lookup: Lookup, reason: string, passing: boolean): void {
    const { clock, log } = this.#deps;
    // What nobody holds may well not exist: whoever asked says what that means.
    const level = lookup.isAside === true ? "INFO" : "WARN";
    log.write(level, "DATA", `No contract details for ${lookup.what}: ${reason}`);
    if (passing) {
      const cancel = clock.after(RETRY_MS, () => {
        this.#retries.delete(cancel);
        this.#failed = this.#failed.filter((each) => each !== lookup);
        this.#ask(lookup);
      });
      this.#retries.add(cancel);
    }
    this.#failed.push(lookup);
    lookup.missing?.();
    const { known } = lookup;
    if (known === null) return;
    this.#keep({ ...known, details: "failed", streaming: guessStreaming(known.instrument, lookup.query) });
  }
}

/** Futures come once for every place that trades them; the smart route, else the first, is the one to stream. */
function bestRow(rows: readonly ContractDetails[]): ContractDetails | null {
  const smart = rows.find((row) => row.contract.exchange === "SMART");
  const own = rows.find((row) => row.contract.exchange !== "QBALGO");
  return smart ?? own ?? rows[0] ?? null;
}

/** IBKR wants the exchange beside the number: streaming by number alone fails with 321. */
function streamingContract(contract: Contract): Contract | null {
  const exchange = contract.exchange || contract.primaryExch;
  return exchange === undefined || exchange === "" ? null : withoutEmpty({ ...contract, exchange });
}

const ROUTED: Readonly<Record<string, string>> = {
  STK: "SMART",
  OPT: "SMART",
  WAR: "SMART",
  CASH: "IDEALPRO",
  CRYPTO: "PAXOS",
};

/** Asia's exchanges, which the smart route does not reach for all that trades there: options in Hong Kong for one. */
const OWN_ROUTE = new Set([
  "SEHK",
  "HKFE",
  "SEHKNTL",
  "SEHKSTAR",
  "SEHKSZSE",
  "CHINEXT",
  "SGX",
  "TSEJ",
  "OSE.JPN",
  "ASX",
]);

function routeOf({ exchange }: Instrument, secType: string): string {
  return OWN_ROUTE.has(exchange) ? exchange : ROUTED[secType] ?? exchange;
}

function guessStreaming(instrument: Instrument, query: Contract): Contract | null {
  const secType = secTypeOf(instrument.assetType);
  if (secType === null) return null;
  const exchange = routeOf(instrument, secType);
  if (exchange === "") return null;
  return instrument.conId === null ? { ...query, exchange } : { conId: instrument.conId, exchange };
}

/** What to ask for when only the fields are known. */
function queryFor(instrument: Instrument): Contract | null {
  const secType = secTypeOf(instrument.assetType);
  if (secType === null) return null;
  if (instrument.conId !== null) return { conId: instrument.conId };
  const { symbol, expiry, strike, right, currency, multiplier, tradingClass } = instrument;
  return withoutEmpty({
    symbol: instrument.assetType === "FOREX" ? symbol.split(".")[0]! : symbol,
    secType: secType as SecType,
    exchange: routeOf(instrument, secType),
    currency,
    ...(expiry === null ? {} : { lastTradeDateOrContractMonth: expiry.replaceAll("-", "") }),
    ...(strike === null ? {} : { strike }),
    ...(right === null ? {} : { right: right as OptionType }),
    ...(multiplier === 1 ? {} : { multiplier }),
    tradingClass: isOption(instrument.assetType) ? tradingClass : "",
  });
}

/** An empty field means "any" to IBKR only when it is left out. */
function withoutEmpty(contract: Contract): Contract {
  const { secType, symbol, exchange, primaryExch, currency, localSymbol, tradingClass, right } = contract;
  const { conId, strike, multiplier, lastTradeDateOrContractMonth } = contract;
  return {
    ...(conId === undefined || conId <= 0 ? {} : { conId }),
    ...(symbol ? { symbol } : {}),
    ...(secType ? { secType } : {}),
    ...(lastTradeDateOrContractMonth ? { lastTradeDateOrContractMonth } : {}),
    ...(strike ? { strike } : {}),
    ...(right ? { right } : {}),
    ...(multiplier ? { multiplier } : {}),
    ...(exchange ? { exchange } : {}),
    ...(primaryExch ? { primaryExch } : {}),
    ...(currency ? { currency } : {}),
    ...(localSymbol ? { localSymbol } : {}),
    ...(tradingClass ? { tradingClass } : {}),
  };
}

function needsMultiplier(instrument: Instrument): boolean {
  return instrument.assetType === "FUTURE" || isOption(instrument.assetType);
}
