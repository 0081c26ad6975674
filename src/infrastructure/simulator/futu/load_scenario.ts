/** A scenario file for the simulated OpenD, read and checked as a whole. */
import { CURRENCY, SECURITY_FIRM, TRD_MARKET } from "../../futu/wire/codes.ts";
import { readExpiry } from "../contract_reader.ts";
import { type MapReader, ScenarioError, ScenarioText } from "../scenario_reader.ts";
import { type FutuNames, readEvent } from "./event_reader.ts";
import {
  CONTRACT_TYPES,
  DEAL_STATUSES,
  FUTU_MARKETS,
  type FutuAccountSpec,
  type FutuContractSpec,
  type FutuDealSpec,
  type FutuHistorySpec,
  type FutuOrderSpec,
  type FutuPositionSpec,
  type FutuScenario,
  ORDER_TYPES,
  SIDE_NAMES,
  STATUS_NAMES,
} from "./scenario.ts";

/**
 * Reads a scenario.
 *
 * @throws {ScenarioError} listing every fault with file, line, column and key
 */
export function loadFutuScenario(text: string, fileName: string): FutuScenario {
  const source = new ScenarioText(text, fileName);
  const root = source.root();
  const name = root.string("name", fileName);
  const opend = readOpenD(root.child("opend"));
  const market = readMarket(root.child("market"));
  const contracts = readContracts(root);
  const accounts = readAccounts(root, market.ratesInHkd);
  const names: FutuNames = {
    accounts: new Set(accounts.map(({ id }) => id)),
    contracts: new Set(contracts.map(({ id }) => id)),
    tradable: new Set(contracts.filter(({ type }) => type !== "INDEX").map(({ id }) => id)),
  };
  const positions = readPositions(root, names);
  const orders = readOrders(root, names);
  const deals = root.list("deals").map((reader) => readDeal(reader, orders));
  const history = root.list("history").map((reader) => readHistory(reader, names));
  const events = root.list("events").map((reader) => readEvent(reader, names));
  root.done();
  if (source.faults.length > 0) {
    throw new ScenarioError(fileName, [...source.faults].sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return {
    name,
    opend,
    market,
    contracts,
    accounts,
    positions,
    orders,
    deals,
    history,
    events: [...events].sort((a, b) => a.atMs - b.atMs),
  };
}

function readOpenD(reader: MapReader): FutuScenario["opend"] {
  const opend = {
    keepAliveMs: reader.duration("keep_alive", 10_000),
    idleLimitMs: reader.duration("idle_limit", 30_000),
    serverVersion: reader.number("server_version", { min: 0, integer: true }, 905),
    loggedIn: reader.flag("logged_in", true),
    pushCopies: reader.number("push_copies", { min: 0, max: 10, integer: true }, 1),
    shortQuantity: reader.oneOf("short_quantity", ["negative", "positive"] as const, "negative"),
    historyHasToday: reader.flag("history_has_today", true),
    rateLimit: reader.number("rate_limit", { min: 1, integer: true }, 10),
    rateWindowMs: reader.duration("rate_window", 30_000),
  };
  if (opend.keepAliveMs < 1000) reader.fault("keep_alive", "must be at least 1s: OpenD says it in whole seconds");
  reader.done();
  return opend;
}

function readMarket(reader: MapReader): FutuScenario["market"] {
  const market = {
    rate: reader.number("rate", { min: -0.1, max: 1 }, 0.04),
    speed: reader.number("speed", { min: 0 }, 1),
    ratesInHkd: reader.numbers("rates_in_hkd"),
  };
  for (const [currency, rate] of market.ratesInHkd) {
    if (!isCurrency(currency)) reader.fault("rates_in_hkd", `${currency} is no currency of OpenD`);
    if (!(rate > 0)) reader.fault("rates_in_hkd", `${currency} must be above 0`);
  }
  reader.done();
  return market;
}

function readContracts(root: MapReader): readonly FutuContractSpec[] {
  const contracts: FutuContractSpec[] = [];
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
  return contracts;
}

function readContract(id: string, reader: MapReader, underlying: FutuContractSpec | undefined): FutuContractSpec {
  const type = reader.oneOf("type", CONTRACT_TYPES, "STOCK");
  const option = type === "OPTION";
  if (option && !reader.has("underlying")) reader.fault("underlying", "is missing: an option is written on something");
  const market = reader.oneOf("market", FUTU_MARKETS, underlying?.market ?? "US");
  const modelled = option && reader.has("iv");
  const spec: FutuContractSpec = {
    id,
    type,
    market,
    root: reader.string("root", option ? underlying?.root ?? id : id),
    name: reader.string("name", underlying?.name ?? id),
    multiplier: reader.number("multiplier", { min: 1e-6 }, option ? 100 : 1),
    lotSize: reader.number("lot_size", { min: 1, integer: true }, market === "HK" ? 100 : 1),
    underlying: reader.optionalString("underlying"),
    expiry: option ? readExpiry(reader) : null,
    strike: option ? reader.number("strike", { min: 1e-3 }) : null,
    right: option ? reader.oneOf("right", ["C", "P"] as const) : null,
    last: modelled ? null : reader.number("last", { min: 0 }),
    close: reader.optionalNumber("close", { min: 0 }),
    impliedVolatility: modelled ? reader.number("iv", { min: 0.001, max: 10 }) : null,
    volatility: reader.number("volatility", { min: 0, max: 10 }, 0.3),
  };
  reader.done();
  return spec;
}

function readAccounts(root: MapReader, rates: ReadonlyMap<string, number>): readonly FutuAccountSpec[] {
  const accounts = root.children("accounts").map(([id, reader]): FutuAccountSpec => {
    if (!/^\d{1,20}$/.test(id) || BigInt(id) >= 1n << 64n) {
      reader.text.fault(reader.node, reader.path, "an account of OpenD is named by a whole number of at most 64 bits");
    }
    const env = reader.oneOf("env", ["REAL", "SIMULATE"] as const, "REAL");
    const margins = reader.child("margin");
    const account: FutuAccountSpec = {
      id,
      env,
      markets: reader.strings("markets", []),
      general: reader.flag("general", false),
      type: reader.oneOf("type", ["CASH", "MARGIN"] as const, "MARGIN"),
      securityFirm: env === "SIMULATE" ? null : reader.oneOf("firm", Object.keys(SECURITY_FIRM), "FUTUSECURITIES"),
      active: reader.flag("active", true),
      master: reader.flag("master", false),
      cardNumber: reader.optionalString("card"),
      currency: reader.string("currency", "HKD"),
      cash: reader.numbers("cash"),
      margin: {
        initial: margins.number("initial", { min: 0, max: 10 }, 0.3),
        maintenance: margins.number("maintenance", { min: 0, max: 10 }, 0.25),
      },
    };
    checkMarkets(reader, account.markets);
    for (const currency of new Set([account.currency, ...account.cash.keys()])) {
      if (currency === "HKD" || rates.has(currency)) continue;
      reader.fault("cash", `nothing says what ${currency} is worth; write market.rates_in_hkd: { ${currency}: … }`);
    }
    margins.done();
    reader.done();
    return account;
  });
  if (accounts.length === 0) root.fault("accounts", "must name at least one account");
  return accounts;
}

function checkMarkets(reader: MapReader, markets: readonly string[]): void {
  if (markets.length === 0) reader.fault("markets", "must name at least one market");
  for (const market of markets) {
    if (!(market in TRD_MARKET)) {
      reader.fault("markets", `${JSON.stringify(market)} is none of ${Object.keys(TRD_MARKET).join(", ")}`);
    }
  }
}

function isCurrency(name: string): boolean {
  return Object.values(CURRENCY).includes(name);
}

/** A second row for a contract in an account would silently replace the first. */
function readPositions(root: MapReader, names: FutuNames): readonly FutuPositionSpec[] {
  const seen = new Set<string>();
  return root.list("positions").map((reader) => {
    const position = {
      account: reader.reference("account", names.accounts, "account"),
      contract: reader.reference("contract", names.tradable, "contract that can be held"),
      quantity: reader.number("quantity", {}),
      averagePrice: reader.number("avg_price", {}),
    };
    const key = `${position.account} ${position.contract}`;
    if (seen.has(key)) reader.fault("contract", `${position.account} holds ${position.contract} twice`);
    seen.add(key);
    reader.done();
    return position;
  });
}

function readOrders(root: MapReader, names: FutuNames): readonly FutuOrderSpec[] {
  const seen = new Set<string>();
  return root.list("orders").map((reader) => {
    const order: FutuOrderSpec = {
      id: reader.string("id"),
      account: reader.reference("account", names.accounts, "account"),
      contract: reader.reference("contract", names.tradable, "contract that can be held"),
      side: reader.oneOf("side", SIDE_NAMES),
      quantity: reader.number("quantity", { min: 0 }),
      price: reader.optionalNumber("price", { min: 0 }),
      type: reader.oneOf("type", Object.keys(ORDER_TYPES) as (keyof typeof ORDER_TYPES)[], "NORMAL"),
      status: reader.oneOf("status", STATUS_NAMES, "SUBMITTED"),
      agoMs: reader.duration("ago", 0),
      remark: reader.optionalString("remark"),
    };
    if (seen.has(order.id)) reader.fault("id", `${order.id} is another order's`);
    seen.add(order.id);
    reader.done();
    return order;
  });
}

function readDeal(reader: MapReader, orders: readonly FutuOrderSpec[]): FutuDealSpec {
  const deal = {
    order: reader.reference("order", new Set(orders.map(({ id }) => id)), "order"),
    quantity: reader.number("quantity", { min: 0 }),
    price: reader.number("price", { min: 0 }),
    agoMs: reader.duration("ago", 0),
    status: reader.oneOf("status", Object.keys(DEAL_STATUSES) as (keyof typeof DEAL_STATUSES)[], "OK"),
  };
  reader.done();
  return deal;
}

function readHistory(reader: MapReader, names: FutuNames): FutuHistorySpec {
  const history = {
    account: reader.reference("account", names.accounts, "account"),
    contracts: reader.strings("contracts", []),
    orders: reader.number("orders", { min: 1, max: 100_000, integer: true }),
    deals: reader.number("deals", { min: 0, max: 100_000, integer: true }),
    from: readDate(reader, "from"),
    to: readDate(reader, "to"),
    seed: reader.number("seed", { min: 0, integer: true }, 1),
  };
  if (history.contracts.length === 0) reader.fault("contracts", "must name at least one contract");
  for (const contract of history.contracts) {
    if (!names.tradable.has(contract)) reader.fault("contracts", `${JSON.stringify(contract)} cannot be held`);
  }
  const bothDates = ![history.from, history.to].some((date) => date.startsWith("-"));
  if (bothDates && history.to < history.from) reader.fault("to", `must not be before ${history.from}`);
  reader.done();
  return history;
}

function readDate(reader: MapReader, key: string): string {
  const text = reader.string(key);
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (text !== "" && !date && !/^-\d+d$/.test(text)) {
    reader.fault(
      key,
      `must be a date YYYY-MM-DD, or -180d for so many days before the start, found ${JSON.stringify(text)}`,
    );
  }
  return text;
}
