/**
 * The one place where numbers become text.
 *
 * A missing number is `--`, never 0. Rounding happens here and nowhere before. Nothing of `Intl` is made per call: the
 * separators are asked for once, the zone's offset once a quarter of an hour.
 */
import type { EpochMs, IsoDate } from "../domain/time.ts";

export const MISSING = "--";

export interface DisplaySettings {
  /** IANA zone of clocks on screen. */
  readonly timeZone: string;
  /** Decides the separators of numbers. */
  readonly locale: string;
}

/** Numbers and times as text. Every function takes null and non-finite numbers and gives `--` for them. */
export interface Format {
  /** Whole units with separators, signed only when negative. */
  money(value: number | null): string;
  /** Whole units, always signed; a true zero is `0`, what rounds to it keeps its sign. */
  signed(value: number | null): string;
  /** A fixed number of decimals with separators. */
  decimals(value: number | null, digits: number): string;
  /** `25.4K`, `1.62M`; whole units below `from`, ten thousand unless given. */
  short(value: number | null, from?: number): string;
  /** As `short`, without trailing zeros: `6M`, `50K`. */
  round(value: number | null): string;
  /** A fraction as per cent: `49.8 %`. */
  percent(value: number | null, digits: number): string;
  /** A fraction as signed per cent: `+0.54 %`. */
  signedPercent(value: number | null, digits: number): string;
  /** A used limit: whole per cent without a blank, `108%`. */
  used(value: number | null): string;
  /** Price with 2 decimals, up to 4 below 5 where they are not 0, 4 for a currency pair. */
  price(value: number | null, kind?: "price" | "rate"): string;
  quantity(value: number | null): string;
  /** `10:30:45` in the display zone. */
  clock(at: EpochMs): string;
  /** `10:30` in the display zone. */
  clockMinutes(at: EpochMs): string;
  /** `Fri 20 Nov` in the display zone. */
  day(at: EpochMs): string;
  /** `Mon`. */
  weekday(at: EpochMs): string;
  /** `2026-11-20 10:30:45`. */
  isoDateTime(at: EpochMs): string;
  /** Short name of the display zone, as a trader writes it: `NY`, `LON`, `UTC`. */
  readonly zone: string;
  /** Abbreviation of the zone at that time: `EST`. */
  zoneAbbreviation(at: EpochMs): string;
}

/**
 * Formats for a locale and a zone; make one and keep it.
 *
 * @throws {RangeError} when the locale or the zone is unknown
 */
export function createFormat(display: DisplaySettings): Format {
  const { group, decimal } = separators(display.locale);
  const offset = zoneOffset(display.timeZone);
  const abbreviation = new Intl.DateTimeFormat("en-US", { timeZone: display.timeZone, timeZoneName: "short" });

  const fixed = (value: number, digits: number): string => grouped(value, digits, group, decimal);
  const local = (at: EpochMs): Date => new Date(Math.abs(at) < 8.6e15 ? at + offset(at) : Number.NaN);
  const dated = (at: EpochMs, text: (date: Date) => string): string => {
    const date = local(at);
    return Number.isNaN(date.getTime()) ? MISSING : text(date);
  };
  const withSign = (value: number, text: string): string => (value > 0 ? `+${text}` : text);

  const format: Format = {
    money: (value) => (isNumber(value) ? fixed(value, 0) : MISSING),
    signed(value) {
      if (!isNumber(value)) return MISSING;
      if (value === 0) return "0";
      const text = fixed(value, 0);
      return value < 0 ? (text.startsWith("-") ? text : `-${text}`) : `+${text}`;
    },
    decimals: (value, digits) => (isNumber(value) ? fixed(value, digits) : MISSING),
    short(value, from) {
      if (!isNumber(value)) return MISSING;
      const [scaled, digits, unit] = scale(value, from);
      return fixed(scaled, digits) + unit;
    },
    round(value) {
      if (!isNumber(value)) return MISSING;
      const [scaled, digits, unit] = scale(value, 1_000);
      return trimmed(fixed(scaled, digits), decimal) + unit;
    },
    percent: (value, digits) => (isNumber(value) ? `${fixed(value * 100, digits)} %` : MISSING),
    signedPercent: (value, digits) => isNumber(value) ? `${withSign(value, fixed(value * 100, digits))} %` : MISSING,
    used: (value) => (isNumber(value) ? `${fixed(value * 100, 0)}%` : MISSING),
    price(value, kind = "price") {
      if (!isNumber(value)) return MISSING;
      return fixed(value, kind === "rate" ? 4 : priceDigits(value));
    },
    quantity: (value) => (isNumber(value) ? trimmed(fixed(value, Number.isInteger(value) ? 0 : 4), decimal) : MISSING),
    clock: (at) =>
      dated(at, (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`),
    clockMinutes: (at) => dated(at, (date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`),
    day: (at) =>
      dated(at, (date) => `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`),
    weekday: (at) => dated(at, (date) => WEEKDAYS[date.getUTCDay()] ?? MISSING),
    isoDateTime: (at) => dated(at, (date) => date.toISOString().slice(0, 19).replace("T", " ")),
    zone: zoneName(display.timeZone),
    zoneAbbreviation(at) {
      if (!(Math.abs(at) < 8.6e15)) return "";
      return abbreviation.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
    },
  };
  return format;
}

/** An age: `0.4 s`, `42 s`, `2m14s`, `3h12m`, `2d04h`. */
export function age(ms: number | null): string {
  if (!isNumber(ms)) return MISSING;
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return span(whole * 1_000);
}

/** A longer span without seconds, never rounded up: `5h29m`, `29m`, `2d04h`. */
export function span(ms: number | null): string {
  if (!isNumber(ms)) return MISSING;
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 1_440) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
  return `${Math.floor(minutes / 1_440)}d${two(Math.floor((minutes % 1_440) / 60))}h`;
}

/** A count of things: `1 stale`, `2 rows`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `18Dec26` from `2026-12-18`; what is no date stays as it is. */
export function contractDate(expiry: IsoDate): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(expiry) ?? [];
  const name = MONTHS[Number(month) - 1];
  return year === undefined || day === undefined || name === undefined ? expiry : `${day}${name}${year.slice(2)}`;
}

/** A strike without trailing zeros: `400`, `2.5`. */
export function strike(value: number | null): string {
  if (!isNumber(value)) return MISSING;
  return String(Number.isInteger(value) ? value : Number(value.toFixed(6)));
}

/** What a contract is called. */
export interface Named {
  readonly symbol: string;
  readonly assetType: string;
  readonly expiry: IsoDate | null;
  readonly strike: number | null;
  readonly right: string | null;
}

/** `18Dec26 400 C`, `18Dec26 future`, `stock`: the contract without its name, as under that name in a tree. */
export function contractOf(named: Named): string {
  if (named.strike !== null || named.right !== null) {
    return [named.expiry === null ? "" : contractDate(named.expiry), strike(named.strike), named.right ?? ""]
      .filter((part) => part !== "").join(" ");
  }
  const kind = KINDS[named.assetType] ?? named.assetType.toLowerCase();
  return named.expiry === null ? kind : `${contractDate(named.expiry)} ${kind}`;
}

/** `NVDA 27Nov26 200 C`. */
export function contractName(named: Named): string {
  return `${named.symbol} ${contractOf(named)}`;
}

const KINDS: Readonly<Record<string, string>> = { FOREX: "cash", FUTURE_OPTION: "option" };
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Groups of three by hand: `toLocaleString` takes a hundred times as long, and a frame has hundreds of numbers. */
function grouped(value: number, digits: number, group: string, decimal: string): string {
  const magnitude = Math.abs(value);
  // Beyond 1e21 `toFixed` answers with an exponent; nothing that large is a real amount.
  if (magnitude >= 1e21) return `${value < 0 ? "-" : ""}${magnitude.toExponential(2)}`;
  const power = POWERS[digits] ?? Infinity;
  const scaled = magnitude * power;
  const below = Math.floor(scaled);
  const over = scaled - below;
  // The product is off by less than this while it is below a billion; nearer to a half `toFixed` decides.
  if (scaled < 1e9 && (Math.abs(over - 0.5) > 1e-6 || digits === 0)) {
    const rounded = over >= 0.5 ? below + 1 : below;
    const units = Math.floor(rounded / power);
    const sign = value < 0 && rounded > 0 ? "-" : "";
    if (digits === 0) return sign + inThousands(units, group);
    return sign + inThousands(units, group) + decimal + String(rounded - units * power).padStart(digits, "0");
  }
  const text = magnitude.toFixed(digits);
  const whole = digits === 0 ? text : text.slice(0, text.length - digits - 1);
  const fraction = digits === 0 ? "" : decimal + text.slice(text.length - digits);
  let out = whole;
  if (whole.length > 3) {
    const lead = whole.length % 3;
    out = whole.slice(0, lead);
    for (let at = lead; at < whole.length; at += 3) out += (out === "" ? "" : group) + whole.slice(at, at + 3);
  }
  const zero = value >= 0 || Number(text) === 0;
  return (zero ? "" : "-") + out + fraction;
}

/** A whole number that is not negative, in groups of three digits. */
function inThousands(whole: number, group: string): string {
  if (whole < 1_000) return String(whole);
  const thousands = Math.floor(whole / 1_000);
  return inThousands(thousands, group) + group + (THREE_DIGITS[whole - thousands * 1_000] ?? "");
}

/** Powers of ten, for as many decimals as the screen has. */
const POWERS = [1, 10, 100, 1_000, 10_000];
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, "0"));

/** Value, decimals and unit; `from` is where K begins. */
function scale(value: number, from = 10_000): [number, number, string] {
  const magnitude = Math.abs(value);
  if (magnitude >= 999_950_000) return [value / 1e9, 2, "B"];
  if (magnitude >= 999_950) return [value / 1e6, 2, "M"];
  if (magnitude >= from) return [value / 1e3, 1, "K"];
  return [value, 0, ""];
}

function trimmed(text: string, decimal: string): string {
  return text.includes(decimal) ? text.replace(/0+$/, "").replace(new RegExp(`\\${decimal}$`), "") : text;
}

/** A price of a few units shows the fraction of a tick that it has; above that cents are enough. */
function priceDigits(value: number): number {
  if (Math.abs(value) >= 5) return 2;
  for (let digits = 2; digits < 4; digits++) {
    const power = 10 ** digits;
    if (Math.abs(value - Math.round(value * power) / power) < 1e-9) return digits;
  }
  return 4;
}

function separators(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1_234_567.8);
  const of = (type: string, otherwise: string): string => parts.find((part) => part.type === type)?.value ?? otherwise;
  // Narrow and no-break blanks become plain ones: one cell everywhere, and they copy cleanly.
  return { group: of("group", ",").replace(/[\u00a0\u202f]/g, " "), decimal: of("decimal", ".") };
}

/** Milliseconds that the zone's wall clock is ahead of UTC. No zone changes its offset off the quarter of an hour. */
function zoneOffset(timeZone: string): (at: EpochMs) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / 900_000);
    const cached = known.get(quarter);
    if (cached !== undefined) return cached;
    const fields: Record<string, number> = {};
    for (const part of format.formatToParts(quarter * 900_000)) fields[part.type] = Number(part.value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - quarter * 900_000;
    if (known.size >= 256) known.clear();
    known.set(quarter, offset);
    return offset;
  };
}

const ZONES: Readonly<Record<string, string>> = {
  "America/New_York": "NY",
  "America/Chicago": "CHI",
  "America/Los_Angeles": "LA",
  "Europe/London": "LON",
  "Asia/Hong_Kong": "HK",
  "Asia/Singapore": "SG",
  "UTC": "UTC",
};

function zoneName(timeZone: string): string {
  const city = timeZone.slice(timeZone.lastIndexOf("/") + 1);
  return ZONES[timeZone] ?? city.slice(0, 3).toUpperCase();
}
