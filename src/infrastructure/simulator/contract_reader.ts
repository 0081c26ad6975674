/** The contracts of a scenario file, with what an exchange would fill in. */
import {
  type ContractSpec,
  type ExpiryRule,
  GREEKS,
  PERMISSIONS,
  SECURITY_TYPES,
  type SecurityType,
  TRADING_HOURS,
  type TradingHours,
} from "./scenario.ts";
import type { MapReader } from "./scenario_reader.ts";

/** Reads `contracts`; options inherit symbol and currency from their underlying. */
export function readContracts(root: MapReader): readonly ContractSpec[] {
  const contracts: ContractSpec[] = [];
  const readers = root.children("contracts");
  const ids = new Set(readers.map(([id]) => id));
  for (const [id, reader] of readers) {
    const underlyingId = reader.has("underlying") ? reader.reference("underlying", ids, "contract") : null;
    const underlying = contracts.find((contract) => contract.id === underlyingId);
    if (underlyingId !== null && ids.has(underlyingId) && underlying === undefined) {
      reader.fault("underlying", `${underlyingId} must stand before ${id}`);
    }
    contracts.push(readContract(id, reader, underlying));
  }
  if (contracts.length === 0) root.fault("contracts", "must list at least one contract");
  const numbers = new Map<number, string>();
  contracts.forEach(({ id, conId }, at) => {
    if (conId === null) return;
    const other = numbers.get(conId);
    if (other !== undefined) readers[at]![1].fault("con_id", `${conId} is ${other}'s already`);
    numbers.set(conId, id);
  });
  return contracts;
}

/** What contracts of a type have in common where nothing is said. */
interface Usual {
  readonly exchange: string;
  readonly validExchanges: readonly string[];
  readonly primaryExchange: string;
  readonly multiplier: number;
  readonly minTick: number;
  readonly hours: TradingHours;
  readonly timeZone: string;
  readonly farm: string;
  readonly volatility: number;
}

const US_STOCK: Usual = {
  exchange: "SMART",
  validExchanges: ["SMART", "NYSE", "NASDAQ", "ARCA", "IEX"],
  primaryExchange: "NASDAQ",
  multiplier: 1,
  minTick: 0.01,
  hours: "us_stock",
  timeZone: "US/Eastern",
  farm: "usfarm",
  volatility: 0.3,
};

const USUAL: { readonly [type in SecurityType]: Usual } = {
  STK: US_STOCK,
  FUND: { ...US_STOCK, exchange: "FUNDSERV", validExchanges: ["FUNDSERV"], primaryExchange: "", volatility: 0.1 },
  OPT: {
    ...US_STOCK,
    validExchanges: ["SMART", "AMEX", "CBOE", "PHLX", "ISE"],
    primaryExchange: "",
    multiplier: 100,
    hours: "us_option",
    farm: "usopt",
  },
  IND: { ...US_STOCK, exchange: "CBOE", validExchanges: ["CBOE"], primaryExchange: "", volatility: 0.15 },
  FUT: {
    exchange: "CME",
    validExchanges: ["CME"],
    primaryExchange: "",
    multiplier: 50,
    minTick: 0.25,
    hours: "cme",
    timeZone: "US/Central",
    farm: "usfuture",
    volatility: 0.15,
  },
  FOP: {
    exchange: "CME",
    validExchanges: ["CME"],
    primaryExchange: "",
    multiplier: 50,
    minTick: 0.25,
    hours: "cme",
    timeZone: "US/Central",
    farm: "usfuture",
    volatility: 0,
  },
  CASH: {
    exchange: "IDEALPRO",
    validExchanges: ["IDEALPRO"],
    primaryExchange: "",
    multiplier: 1,
    minTick: 0.00005,
    hours: "fx",
    timeZone: "US/Eastern",
    farm: "cashfarm",
    volatility: 0.08,
  },
  CRYPTO: {
    ...US_STOCK,
    exchange: "PAXOS",
    validExchanges: ["PAXOS"],
    primaryExchange: "",
    hours: "fx",
    farm: "cashfarm",
    volatility: 0.6,
  },
};

function readContract(id: string, reader: MapReader, underlying: ContractSpec | undefined): ContractSpec {
  const type = reader.oneOf("type", SECURITY_TYPES, "STK");
  const usual = USUAL[type];
  const option = type === "OPT" || type === "FOP";
  if (option && !reader.has("underlying")) reader.fault("underlying", `is missing: an ${type} is priced from one`);
  const expires = option || type === "FUT";
  const minTick = reader.number("min_tick", { min: 1e-8 }, usual.minTick);
  const quote = reader.child("quote");
  const fixedQuote = fixed(quote);
  const spec: ContractSpec = {
    id,
    type,
    conId: reader.optionalNumber("con_id", { min: 1, integer: true }),
    symbol: reader.string("symbol", option ? underlying?.symbol ?? id : id),
    currency: reader.string("currency", underlying?.currency ?? "USD"),
    exchange: reader.string("exchange", usual.exchange),
    primaryExchange: reader.string("primary_exchange", usual.primaryExchange),
    validExchanges: reader.strings("valid_exchanges", usual.validExchanges),
    tradingClass: reader.optionalString("trading_class"),
    localSymbol: reader.optionalString("local_symbol"),
    longName: reader.string("long_name", underlying?.longName ?? id),
    multiplier: reader.number("multiplier", { min: 1e-6 }, usual.multiplier),
    minTick,
    priceMagnifier: reader.number("price_magnifier", { min: 1, integer: true }, 1),
    timeZone: reader.string("time_zone", usual.timeZone),
    hours: reader.oneOf("hours", TRADING_HOURS, usual.hours),
    farm: reader.string("farm", usual.farm),
    underlying: reader.optionalString("underlying"),
    expiry: expires ? readExpiry(reader) : null,
    settlement: reader.oneOf("settlement", ["AM", "PM"], "PM"),
    strike: option ? reader.number("strike", { min: 1e-6 }) : null,
    right: option ? reader.oneOf("right", ["C", "P"] as const) : null,
    last: option ? null : reader.number("last", { min: 1e-8 }),
    close: reader.optionalNumber("close", { min: 0 }),
    impliedVolatility: option ? reader.number("iv", { min: 0.001, max: 10 }) : null,
    volatility: reader.number("volatility", { min: 0, max: 10 }, option ? 0 : usual.volatility),
    correlation: reader.number("correlation", { min: -1, max: 1 }, 0.6),
    activity: reader.number("activity", { min: 0 }, 2),
    dividendYield: reader.number("dividend_yield", { min: -1, max: 1 }, 0),
    spread: reader.number("spread", { min: 0 }, 2 * minTick),
    fixedQuote,
    greeks: reader.oneOf("greeks", GREEKS, "live"),
    permission: reader.oneOf("permission", PERMISSIONS, "live"),
    refusal: reader.optionalNumber("refusal", { min: 1, integer: true }),
    isin: reader.optionalString("isin"),
  };
  reader.done();
  return spec;
}

/** Prices sent as they stand, −1 among them. */
function fixed(quote: MapReader): ContractSpec["fixedQuote"] {
  const bid = quote.optionalNumber("bid", { min: -1 });
  const ask = quote.optionalNumber("ask", { min: -1 });
  const last = quote.optionalNumber("last", { min: -1 });
  quote.done();
  return { ...(bid !== null && { bid }), ...(ask !== null && { ask }), ...(last !== null && { last }) };
}

/** When it expires, by a rule or on a date. */
export function readExpiry(reader: MapReader): ExpiryRule {
  const text = reader.string("expiry");
  const match = /^(?:\+(\d+)d|(friday|third-friday|quarter)\+(\d+))$/.exec(text);
  if (match?.[1] !== undefined) return { rule: "days", count: Number(match[1]) };
  if (match?.[2] !== undefined) {
    return { rule: match[2] as "friday" | "third-friday" | "quarter", count: Number(match[3]) };
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return { rule: "date", date: text };
  if (text !== "") {
    reader.fault(
      "expiry",
      `must be +Nd, friday+N, third-friday+N, quarter+N or a date YYYY-MM-DD, found ${JSON.stringify(text)}`,
    );
  }
  return { rule: "days", count: 0 };
}
