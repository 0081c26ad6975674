/**
 * The contracts of OpenD's rows and their places in the registry.
 *
 * Rows are handed on once OpenD has told what their codes leave open. What it cannot tell now is listed under its code, and
 * takes its real name as soon as that is known.
 */
import type { FeedSink } from "../../../application/ports/feed.ts";
import type { Log } from "../../../application/ports/log.ts";
import type { Clock } from "../../../application/ports/clock.ts";
import type { InstrumentIndex } from "../../../domain/event.ts";
import { type Instrument, instrumentKey } from "../../../domain/instrument.ts";
import { unknownContract } from "./contract_of_code.ts";
import type { FutuCode, FutuInstruments } from "./instruments.ts";
import { OpenDFault, type OpenDSession } from "../client/opend.ts";
import { type FutuSecurity, GET_STATIC_INFO } from "../wire/messages.ts";

/** Contracts asked for at once. */
const MOST_AT_ONCE = 100;

export interface ContractsDependencies {
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly instruments: FutuInstruments;
  /** The index that a contract has already, whoever brought it. */
  readonly find: (key: string) => InstrumentIndex | null;
}

export interface Contract {
  readonly index: InstrumentIndex;
  readonly instrument: Instrument;
}

export class Contracts {
  readonly #deps: ContractsDependencies;
  readonly #known = new Map<string, Contract>();
  /** Those that were handed on as unknown: OpenD did not tell what they are, or not in time. */
  readonly #unsure = new Set<string>();
  readonly #named = new Set<string>();
  /** Logged once for each reason, not once for each round. */
  #fault: string | null = null;

  constructor(deps: ContractsDependencies) {
    this.#deps = deps;
  }

  connected(): void {
    this.#deps.instruments.askAgain();
  }

  /** Whether the row's contract can be told without asking. */
  isClear(row: FutuCode): boolean {
    return this.#deps.instruments.of(codeOf(row)) !== null;
  }

  /**
   * Asks for what the rows' codes leave open, as far as OpenD tells it now.
   *
   * @throws the signal's reason
   */
  async resolve(rows: readonly FutuCode[], session: OpenDSession, signal: AbortSignal): Promise<void> {
    const { instruments, log } = this.#deps;
    // Each is looked at: that is how what it leaves open becomes pending.
    const isOpen = rows.filter((row) => !this.isClear(row)).length > 0;
    const open = isOpen ? [...instruments.pending()] : [];
    for (let from = 0; from < open.length; from += MOST_AT_ONCE) {
      try {
        await this.#ask(open.slice(from, from + MOST_AT_ONCE), session, signal);
      } catch (fault) {
        if (!(fault instanceof OpenDFault)) throw fault;
        // What is pending is asked for again with the next rows.
        if (fault.message !== this.#fault) {
          log.write("WARN", "DATA", `Some of Futu's contracts cannot be told yet: ${fault.message}`);
        }
        this.#fault = fault.message;
        break;
      }
    }
    this.#tellApart(rows);
  }

  /** The row's contract, of an unknown type while nobody can tell. */
  of(row: FutuCode): Contract {
    const code = codeOf(row);
    const name = nameOf(code);
    const known = this.#known.get(name);
    if (known !== undefined && !this.#unsure.has(name)) return known;
    const instrument = this.#deps.instruments.of(code);
    if (instrument === null || instrument.assetType === "UNKNOWN") {
      this.#unsure.add(name);
      this.#sayWhyUnknown(code, name);
      return known ?? this.#keep(name, instrument ?? unknownContract(code, "OpenD has not told of it yet").instrument);
    }
    this.#unsure.delete(name);
    return known === undefined ? this.#keep(name, instrument) : this.#rename(name, known, instrument);
  }

  /** One code that OpenD does not know makes it refuse all: they are then asked for one by one. */
  async #ask(securities: readonly FutuSecurity[], session: OpenDSession, signal: AbortSignal): Promise<void> {
    const { instruments } = this.#deps;
    try {
      const { staticInfoList } = await session.ask(GET_STATIC_INFO, { securityList: securities }, { signal });
      instruments.learn(securities, staticInfoList);
    } catch (fault) {
      if (!(fault instanceof OpenDFault) || fault.kind !== "refused") throw fault;
      if (securities.length === 1) return instruments.giveUp(securities, fault.message);
      for (const security of securities) await this.#ask([security], session, signal);
    }
  }

  /** Contracts that were handed on too early get their names. */
  #tellApart(rows: readonly FutuCode[]): void {
    if (this.#unsure.size === 0) return;
    for (const row of rows) if (this.isClear(row)) this.of(row);
  }

  #keep(name: string, instrument: Instrument): Contract {
    const contract = { index: this.#deps.sink.instrument(instrument), instrument };
    this.#known.set(name, contract);
    return contract;
  }

  /** A contract that another source brought has a place already: what is held moves there with the next list. */
  #rename(name: string, before: Contract, instrument: Instrument): Contract {
    const { sink, find } = this.#deps;
    const elsewhere = find(instrumentKey(instrument));
    const index = elsewhere ?? before.index;
    if (elsewhere === null) sink.push({ kind: "instrument", instrument: index, fields: instrument });
    const contract = { index, instrument };
    this.#known.set(name, contract);
    return contract;
  }

  #sayWhyUnknown(code: FutuCode, name: string): void {
    const why = this.#deps.instruments.whyUnknown(code);
    if (why === null || this.#named.has(name)) return;
    this.#named.add(name);
    this.#deps.log.write("WARN", "DATA", `Futu holds a contract that APEX cannot tell: ${why}`, { code: code.code });
  }
}

/** Rows have more fields than these. */
function codeOf({ code, secMarket, trdMarket, currency }: FutuCode): FutuCode {
  return { code, secMarket, trdMarket, currency };
}

/** A fill names no currency: where it is the contract's own, both are one contract. */
function nameOf({ code, secMarket, trdMarket, currency }: FutuCode): string {
  return `${code}|${secMarket ?? ""}|${trdMarket ?? ""}|${currency ?? ""}`;
}
