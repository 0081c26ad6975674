/** Every contract seen, numbered in order of sight. Indices stay valid for the life of the program. */
import type { InstrumentIndex } from "./event.ts";
import { type Instrument, instrumentKey } from "./instrument.ts";

export class InstrumentRegistry {
  readonly #instruments: Instrument[] = [];
  readonly #byKey = new Map<string, InstrumentIndex>();
  readonly #byConId = new Map<number, InstrumentIndex>();
  /** Whose price may be a name's price, the best first. */
  readonly #prices = new Map<string, InstrumentIndex[]>();
  #pricesRevision = -1;
  /** Grows with every contract added and every field changed, so that derived columns know when to be made anew. */
  revision = 0;

  get size(): number {
    return this.#instruments.length;
  }

  /**
   * The index of the contract, made on first sight. A better known version of the same key replaces the fields. The broker's
   * number names a contract whose fields it now describes otherwise, or not in full yet: what is known of it stays.
   */
  add(instrument: Instrument): InstrumentIndex {
    const numbered = instrument.conId === null ? undefined : this.#byConId.get(instrument.conId);
    // A stored book of thousands is met again and again: its keys need not be written out each time.
    if (numbered !== undefined && hasSameKey(this.#instruments[numbered]!, instrument)) return numbered;
    const key = instrumentKey(instrument);
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      const before = this.#instruments[known]!;
      if (before.conId === null && instrument.conId !== null) this.replace(known, instrument);
      return known;
    }
    if (numbered !== undefined) {
      this.#byKey.set(key, numbered);
      return numbered;
    }
    const index = this.#instruments.length;
    this.#instruments.push(instrument);
    this.#byKey.set(key, index);
    this.#number(index, instrument);
    this.revision++;
    return index;
  }

  /** New fields for a known index. Its former key goes on leading to it. */
  replace(index: InstrumentIndex, fields: Instrument): void {
    if (this.#instruments[index] === undefined) {
      throw new RangeError(`Cannot replace instrument ${index}: only ${this.size} are registered`);
    }
    this.#instruments[index] = fields;
    this.#number(index, fields);
    const key = instrumentKey(fields);
    if (!this.#byKey.has(key)) this.#byKey.set(key, index);
    this.revision++;
  }

  /** The first index of a number stays. */
  #number(index: InstrumentIndex, { conId }: Instrument): void {
    if (conId !== null && !this.#byConId.has(conId)) this.#byConId.set(conId, index);
  }

  /** @throws {RangeError} for an index that was never handed out */
  at(index: InstrumentIndex): Instrument {
    const instrument = this.#instruments[index];
    if (instrument === undefined) {
      throw new RangeError(`Cannot look up instrument ${index}: only ${this.size} are registered`);
    }
    return instrument;
  }

  find(key: string): InstrumentIndex | null {
    return this.#byKey.get(key) ?? null;
  }

  /**
   * The instrument whose price is a name's price: its stock or index, else its future that comes due first, else the
   * currency pair of that name. Null when none is registered.
   *
   * @param currency those in it come first: one name may be listed in several countries
   * @param isOver contracts that have expired, passed over while the name has another
   */
  priceOf(
    name: string,
    currency: string | null = null,
    isOver: (index: InstrumentIndex) => boolean = () => false,
  ): InstrumentIndex | null {
    if (this.#pricesRevision !== this.revision) this.#findPrices();
    const candidates = this.#prices.get(name) ?? [];
    if (candidates.length < 2) return candidates[0] ?? null;
    const isOwn = (index: InstrumentIndex): boolean => this.#instruments[index]!.currency === currency;
    return candidates.find((index) => isOwn(index) && !isOver(index)) ?? candidates.find(isOwn) ??
      candidates.find((index) => !isOver(index)) ?? candidates[0]!;
  }

  /** The currency pair quoted as units of `quote` for one `currency`. */
  pair(currency: string, quote: string): InstrumentIndex | null {
    return this.priceOf(`${currency}.${quote}`);
  }

  #findPrices(): void {
    this.#pricesRevision = this.revision;
    this.#prices.clear();
    this.#instruments.forEach((instrument, index) => {
      const name = priceName(instrument);
      if (name === null) return;
      const before = this.#prices.get(name);
      if (before === undefined) this.#prices.set(name, [index]);
      else before.push(index);
    });
    const rank = (index: InstrumentIndex): string => {
      const { assetType, expiry } = this.#instruments[index]!;
      return assetType === "FUTURE" ? `1 ${expiry}` : "0";
    };
    // Sorting keeps the order of sight among equals.
    for (const candidates of this.#prices.values()) {
      if (candidates.length > 1) candidates.sort((a, b) => rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0);
    }
  }

  all(): readonly Instrument[] {
    return this.#instruments;
  }
}

function hasSameKey(a: Instrument, b: Instrument): boolean {
  return a.strike === b.strike && a.expiry === b.expiry && a.right === b.right && a.symbol === b.symbol &&
    a.tradingClass === b.tradingClass && a.underlying === b.underlying && a.assetType === b.assetType &&
    a.currency === b.currency && a.multiplier === b.multiplier;
}

/** The name that an instrument gives its price to; null for options. */
function priceName({ assetType, symbol, underlying }: Instrument): string | null {
  switch (assetType) {
    case "OPTION":
    case "FUTURE_OPTION":
    case "WARRANT":
    case "UNKNOWN":
      return null;
    case "FUTURE":
      return underlying;
    default:
      return symbol;
  }
}
