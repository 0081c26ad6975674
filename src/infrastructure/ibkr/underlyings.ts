/**
 * Which instrument each option is written on: the stock, the index, or the one future of a futures option.
 *
 * IBKR names it by number in the option's details, and that is what it is measured on: SPX for SPX and SPXW, NDX for NDX
 * and NDXP, RUT for RUT and RUTW, the fund for options on a fund, the stock for its adjusted options, the month's future
 * for ES and its weekly classes. Options on VIX are the exception: IBKR names the index, and they are priced off the VIX
 * future that comes due with them, often points away. They are linked to that future when IBKR knows it; until then, and
 * where there is none, to the index, which is said to stand in.
 */
import type { FeedSink } from "../../application/ports/feed.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import { type Instrument, isOption } from "../../domain/instrument.ts";
import type { Contracts, KnownContract } from "./contracts.ts";

export interface UnderlyingsDependencies {
  readonly sink: FeedSink;
  readonly contracts: Contracts;
  /** Called with each underlying of a new link: it needs a price. */
  readonly onLinked: (underlying: InstrumentIndex) => void;
}

/** Index options that are priced off the futures of the same date, and where those trade. */
const PRICED_OFF_FUTURES: Readonly<Record<string, string>> = { VIX: "CFE" };

/** The future of one date, with the options that wait for it. */
interface Wanted {
  future: KnownContract | null;
  isMissing: boolean;
  readonly options: KnownContract[];
}

export class Underlyings {
  readonly #deps: UnderlyingsDependencies;
  /** What each option is linked to. */
  readonly #linked = new Map<InstrumentIndex, InstrumentIndex>();
  /** Options whose underlying was asked for. */
  readonly #sought = new Set<InstrumentIndex>();
  readonly #futures = new Map<string, Wanted>();
  /** By what the options are called, for options whose own details cannot be had. */
  readonly #byFamily = new Map<string, KnownContract>();
  readonly #orphans = new Map<string, KnownContract[]>();

  constructor(deps: UnderlyingsDependencies) {
    this.#deps = deps;
  }

  /** More is known of a contract. */
  onContract(known: KnownContract): void {
    if (!isOption(known.instrument.assetType) || this.#sought.has(known.index)) return;
    if (known.underConId !== null) {
      this.#sought.add(known.index);
      const exchange = futureExchange(known.instrument);
      if (exchange === null) this.#seekNamed(known);
      else this.#seekFuture(known, exchange);
    } else if (
      known.details === "failed" && known.instrument.assetType === "OPTION" && !this.#linked.has(known.index)
    ) {
      this.#adopt(known);
    }
  }

  #seekNamed(option: KnownContract): void {
    if (option.underConId === null) return;
    this.#deps.contracts.seek(option.underConId, (underlying) => {
      const wanted = this.#futures.get(futureName(option.instrument));
      if ((wanted?.future ?? null) === null) this.#link(option, underlying);
    });
  }

  #seekFuture(option: KnownContract, exchange: string): void {
    const { symbol, currency, expiry } = option.instrument;
    const name = futureName(option.instrument);
    const known = this.#futures.get(name);
    if (known !== undefined) {
      known.options.push(option);
      if (known.future !== null) this.#link(option, known.future);
      else if (known.isMissing) this.#seekNamed(option);
      return;
    }
    if (expiry === null) return this.#seekNamed(option);
    const wanted: Wanted = { future: null, isMissing: false, options: [option] };
    this.#futures.set(name, wanted);
    this.#deps.contracts.seekFuture(
      { symbol, exchange, currency, expiry },
      (future) => {
        wanted.future = future;
        for (const each of wanted.options) this.#link(each, future);
      },
      () => {
        if (wanted.isMissing) return;
        wanted.isMissing = true;
        for (const each of wanted.options) this.#seekNamed(each);
      },
    );
  }

  /** An expired or unknown option is written on what its siblings are written on. */
  #adopt(option: KnownContract): void {
    const family = familyOf(option);
    const underlying = this.#byFamily.get(family);
    if (underlying !== undefined) return this.#link(option, underlying);
    const orphans = this.#orphans.get(family) ?? [];
    if (orphans.every(({ index }) => index !== option.index)) this.#orphans.set(family, [...orphans, option]);
  }

  #link(option: KnownContract, underlying: KnownContract): void {
    const { sink, onLinked } = this.#deps;
    if (this.#linked.get(option.index) === underlying.index) return;
    this.#linked.set(option.index, underlying.index);
    const standsIn = futureExchange(option.instrument) !== null && underlying.instrument.assetType !== "FUTURE";
    sink.push({
      kind: "underlying",
      instrument: option.index,
      underlying: underlying.index,
      ...(standsIn ? { standsIn } : {}),
    });
    onLinked(underlying.index);
    // A future is the underlying of its own date alone.
    if (option.instrument.assetType !== "OPTION" || underlying.instrument.assetType === "FUTURE") return;
    const family = familyOf(option);
    this.#byFamily.set(family, underlying);
    const orphans = this.#orphans.get(family) ?? [];
    this.#orphans.delete(family);
    for (const orphan of orphans) this.#link(orphan, underlying);
  }
}

function futureExchange({ assetType, symbol }: Instrument): string | null {
  return assetType === "OPTION" ? PRICED_OFF_FUTURES[symbol] ?? null : null;
}

function futureName({ symbol, currency, expiry }: Instrument): string {
  return `${symbol} ${currency} ${expiry}`;
}

/** Options of one name and currency are written on one thing; those on futures are not. */
function familyOf({ instrument }: KnownContract): string {
  return `${instrument.symbol} ${instrument.currency}`;
}
