/**
 * The newest quote of every instrument, in columns: one row an instrument, written in O(1) without allocating.
 *
 * NaN means missing. Times are milliseconds since 1970; 0 means never. A bid, ask or last that jumps is held back until a
 * further tick confirms it; the price of before stands meanwhile, and the instrument is an outlier.
 */
import { type InstrumentIndex, type LineStatus, type MarketDataType, QUOTE_FIELDS, QuoteField } from "../event.ts";
import type { QualitySettings } from "../settings.ts";
import type { EpochMs } from "../time.ts";

const LINE_STATUSES: readonly (LineStatus | "none")[] = [
  "none",
  "requested",
  "live",
  "no-permission",
  "refused",
  "dead",
  "rotated",
];
const DATA_TYPES: readonly MarketDataType[] = ["live", "frozen", "delayed", "delayed-frozen"];

/** Bid, ask and last, the first columns, can jump. */
const JUDGED_FIELDS = QuoteField.last + 1;
const ALL_JUDGED = (1 << JUDGED_FIELDS) - 1;

export class QuoteTable {
  #values = new Float64Array(0);
  /** When the last message of the line came. */
  #arrivedAt = new Float64Array(0);
  /** When the last price came: greeks, sizes and sides that went away do not make a quote younger. */
  #pricedAt = new Float64Array(0);
  #closeAt = new Float64Array(0);
  #brokerTime = new Float64Array(0);
  #line = new Uint8Array(0);
  #lineSince = new Float64Array(0);
  #dataType = new Uint8Array(0);
  /** Prices held back, and one bit for each field that has one. */
  #suspects = new Float64Array(0);
  #suspected = new Uint8Array(0);
  /** One bit for each field whose next price has nothing recent to jump from. */
  #unjudged = new Uint8Array(0);
  #maxJumpPct = Number.POSITIVE_INFINITY;
  #jumpFloor = 0;
  #details: (string | null)[] = [];
  #capacity = 0;

  /** Row-major: field `f` of instrument `i` stands at `i * QUOTE_FIELDS + f`. Replaced when the table grows. */
  get values(): Float64Array {
    return this.#values;
  }

  /**
   * From now on a price that moves by more than `maxJumpPct` of the one before, and by more than `wideSpreadFloor`, waits
   * for confirmation. The floor keeps the steps of cheap options, each a large part of the price, from being suspicious.
   */
  watchJumps({ maxJumpPct, wideSpreadFloor }: Pick<QualitySettings, "maxJumpPct" | "wideSpreadFloor">): void {
    this.#maxJumpPct = maxJumpPct;
    this.#jumpFloor = wideSpreadFloor;
  }

  reserve(instruments: number): void {
    if (instruments <= this.#capacity) return;
    const capacity = Math.max(64, instruments, this.#capacity * 2);
    const values = new Float64Array(capacity * QUOTE_FIELDS).fill(NaN);
    values.set(this.#values);
    this.#values = values;
    this.#arrivedAt = grown(this.#arrivedAt, capacity);
    this.#pricedAt = grown(this.#pricedAt, capacity);
    this.#closeAt = grown(this.#closeAt, capacity);
    this.#brokerTime = grown(this.#brokerTime, capacity);
    this.#lineSince = grown(this.#lineSince, capacity);
    const line = new Uint8Array(capacity);
    line.set(this.#line);
    this.#line = line;
    const dataType = new Uint8Array(capacity);
    dataType.set(this.#dataType);
    this.#dataType = dataType;
    const suspects = new Float64Array(capacity * JUDGED_FIELDS);
    suspects.set(this.#suspects);
    this.#suspects = suspects;
    const suspected = new Uint8Array(capacity);
    suspected.set(this.#suspected);
    this.#suspected = suspected;
    const unjudged = new Uint8Array(capacity);
    unjudged.set(this.#unjudged);
    this.#unjudged = unjudged;
    this.#capacity = capacity;
  }

  tick(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): void {
    if (instrument >= this.#capacity) this.reserve(instrument + 1);
    this.#arrivedAt[instrument] = at;
    if (field <= QuoteField.last && this.#holdsBack(instrument, field, value, at)) return;
    this.#values[instrument * QUOTE_FIELDS + field] = value;
    // A side that goes away leaves the price as old as it was.
    if (value !== value) return;
    if (field <= QuoteField.last) this.#pricedAt[instrument] = at;
    else if (field === QuoteField.close) this.#closeAt[instrument] = at;
  }

  /** Whether a price waits to be confirmed instead of being taken. */
  #holdsBack(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): boolean {
    const bit = 1 << field;
    const unjudged = this.#unjudged[instrument]!;
    if ((unjudged & bit) !== 0) {
      this.#unjudged[instrument] = unjudged & ~bit;
      return false;
    }
    const suspected = this.#suspected[instrument]!;
    const before = this.#values[instrument * QUOTE_FIELDS + field]!;
    if (!this.#isJump(before, value) || this.#fitsQuote(instrument, field, value)) {
      if (suspected !== 0) this.#suspected[instrument] = suspected & ~bit;
      return false;
    }
    const suspect = instrument * JUDGED_FIELDS + field;
    if ((suspected & bit) !== 0 && !this.#isJump(this.#suspects[suspect]!, value)) {
      this.#suspected[instrument] = suspected & ~bit;
      return false;
    }
    if (this.#takeAgreeing(instrument, suspected & ~bit, value > before, at)) return false;
    this.#suspects[suspect] = value;
    this.#suspected[instrument] = suspected | bit;
    return true;
  }

  /** NaN is no jump: a side that goes away or comes back has nothing to jump from. */
  #isJump(before: number, value: number): boolean {
    const distance = Math.abs(value - before);
    return distance > this.#maxJumpPct * Math.abs(before) && distance > this.#jumpFloor;
  }

  /** A price near another that stands in the same quote is no outlier: the one of before is the odd one. */
  #fitsQuote(instrument: InstrumentIndex, field: QuoteField, value: number): boolean {
    for (let other = 0; other < JUDGED_FIELDS; other++) {
      const standing = this.#values[instrument * QUOTE_FIELDS + other]!;
      if (other !== field && standing === standing && !this.#isJump(standing, value)) return true;
    }
    return false;
  }

  /** A second side that jumps the same way confirms the first: the market moved. True when one was waiting. */
  #takeAgreeing(instrument: InstrumentIndex, waiting: number, upward: boolean, at: EpochMs): boolean {
    if (waiting === 0) return false;
    for (let field = 0; field < JUDGED_FIELDS; field++) {
      if ((waiting & (1 << field)) === 0) continue;
      const value = instrument * QUOTE_FIELDS + field;
      const suspect = this.#suspects[instrument * JUDGED_FIELDS + field]!;
      if (suspect > this.#values[value]! !== upward) continue;
      this.#values[value] = suspect;
      this.#pricedAt[instrument] = at;
      this.#suspected[instrument] = 0;
    }
    return this.#suspected[instrument] === 0;
  }

  /** A price of the instrument waits to be confirmed. */
  isOutlier(instrument: InstrumentIndex): boolean {
    return (this.#suspected[instrument] ?? 0) !== 0;
  }

  brokerTime(instrument: InstrumentIndex, time: EpochMs): void {
    this.reserve(instrument + 1);
    this.#brokerTime[instrument] = time;
  }

  setLine(instrument: InstrumentIndex, status: LineStatus, detail: string | null, at: EpochMs): void {
    this.reserve(instrument + 1);
    const code = LINE_STATUSES.indexOf(status);
    if (this.#line[instrument] !== code) {
      this.#lineSince[instrument] = at;
      // What the line brings next is compared with nothing: what is known may be hours old.
      this.#unjudged[instrument] = ALL_JUDGED;
      this.#suspected[instrument] = 0;
    }
    this.#line[instrument] = code;
    this.#details[instrument] = detail;
  }

  setDataType(instrument: InstrumentIndex, type: MarketDataType): void {
    this.reserve(instrument + 1);
    this.#dataType[instrument] = DATA_TYPES.indexOf(type);
  }

  /** NaN when missing or never seen. */
  value(instrument: InstrumentIndex, field: QuoteField): number {
    return this.#values[instrument * QUOTE_FIELDS + field] ?? NaN;
  }

  line(instrument: InstrumentIndex): LineStatus | "none" {
    return LINE_STATUSES[this.#line[instrument] ?? 0] ?? "none";
  }

  lineSince(instrument: InstrumentIndex): EpochMs {
    return this.#lineSince[instrument] ?? 0;
  }

  lineDetail(instrument: InstrumentIndex): string | null {
    return this.#details[instrument] ?? null;
  }

  dataType(instrument: InstrumentIndex): MarketDataType {
    return DATA_TYPES[this.#dataType[instrument] ?? 0] ?? "live";
  }

  arrivedAt(instrument: InstrumentIndex): EpochMs {
    return this.#arrivedAt[instrument] ?? 0;
  }

  pricedAt(instrument: InstrumentIndex): EpochMs {
    return this.#pricedAt[instrument] ?? 0;
  }

  /** When the previous close arrived: which session it closes follows from it. */
  closeAt(instrument: InstrumentIndex): EpochMs {
    return this.#closeAt[instrument] ?? 0;
  }

  lastBrokerTime(instrument: InstrumentIndex): EpochMs {
    return this.#brokerTime[instrument] ?? 0;
  }
}

function grown(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(capacity);
  longer.set(column);
  return longer;
}
