/**
 * The newest quote of every instrument, in columns: one row an instrument, written in O(1) without allocating.
 *
 * NaN means missing. Times are milliseconds since 1970; 0 means never.
 */
import { type InstrumentIndex, type LineStatus, type MarketDataType, QUOTE_FIELDS, QuoteField } from "../event.ts";
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
  #details: (string | null)[] = [];
  #capacity = 0;

  /** Row-major: field `f` of instrument `i` stands at `i * QUOTE_FIELDS + f`. Replaced when the table grows. */
  get values(): Float64Array {
    return this.#values;
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
    this.#capacity = capacity;
  }

  tick(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): void {
    if (instrument >= this.#capacity) this.reserve(instrument + 1);
    this.#values[instrument * QUOTE_FIELDS + field] = value;
    this.#arrivedAt[instrument] = at;
    // A side that goes away leaves the price as old as it was.
    if (value !== value) return;
    if (field <= QuoteField.last) this.#pricedAt[instrument] = at;
    else if (field === QuoteField.close) this.#closeAt[instrument] = at;
  }

  brokerTime(instrument: InstrumentIndex, time: EpochMs): void {
    this.reserve(instrument + 1);
    this.#brokerTime[instrument] = time;
  }

  setLine(instrument: InstrumentIndex, status: LineStatus, detail: string | null, at: EpochMs): void {
    this.reserve(instrument + 1);
    const code = LINE_STATUSES.indexOf(status);
    if (this.#line[instrument] !== code) this.#lineSince[instrument] = at;
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
