/** A scenario file, read and checked as a whole. */
import { readContracts } from "./contract_reader.ts";
import {
  type AccountSpec,
  type ContractSpec,
  type ExecutionSpec,
  type Fault,
  GARBAGE,
  type Happening,
  type OrderSpec,
  type PositionSpec,
  type Scenario,
  type TimedEvent,
} from "./scenario.ts";
import { type MapReader, ScenarioError, ScenarioText } from "./scenario_reader.ts";

/**
 * Reads a scenario.
 *
 * @throws {ScenarioError} listing every fault with file, line, column and key
 */
export function loadScenario(text: string, fileName: string): Scenario {
  const source = new ScenarioText(text, fileName);
  const root = source.root();
  const name = root.string("name", fileName);
  const gateway = readGateway(root.child("gateway"));
  const market = readMarket(root.child("market"));
  const accounts = readAccounts(root);
  const contracts = readContracts(root);
  const names: Names = {
    accounts: new Set(accounts.map(({ id }) => id)),
    contracts: new Map(contracts.map((contract) => [contract.id, contract])),
    contractIds: new Set(contracts.map(({ id }) => id)),
    farms: new Set(contracts.map(({ farm }) => farm)),
  };
  const positions = readPositions(root, names);
  const executions = root.list("executions").map((reader) => readExecution(reader, names));
  const orders = root.list("orders").map((reader) => readOrder(reader, names));
  const events = root.list("events").map((reader) => readEvent(reader, names));
  root.done();
  checkRates(root, accounts, contracts, [...positions, ...executions, ...events.filter((event) => "account" in event)]);
  if (source.faults.length > 0) {
    throw new ScenarioError(fileName, [...source.faults].sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return {
    name,
    gateway,
    market,
    accounts,
    contracts,
    positions,
    executions,
    orders,
    events: [...events].sort((a, b) => a.atMs - b.atMs),
  };
}

interface Names {
  readonly accounts: ReadonlySet<string>;
  readonly contracts: ReadonlyMap<string, ContractSpec>;
  readonly contractIds: ReadonlySet<string>;
  readonly farms: ReadonlySet<string>;
}

function readGateway(reader: MapReader): Scenario["gateway"] {
  const gateway = {
    loginTimeZone: readZone(reader, "login_time_zone", "America/New_York"),
    marketDataLines: reader.number("market_data_lines", { min: 1, integer: true }, 100),
    stepMs: reader.duration("step", 50),
    accountRefreshMs: reader.duration("account_refresh", 180_000),
    pnlRefreshMs: reader.duration("pnl_refresh", 1000),
    ticksPerSecond: reader.number("ticks_per_second", { min: 0 }, 0),
    liveExecutions: reader.flag("live_executions", true),
  };
  if (gateway.stepMs < 1) reader.fault("step", "must be at least 1ms");
  reader.done();
  return gateway;
}

function readZone(reader: MapReader, key: string, otherwise: string): string {
  const zone = reader.string(key, otherwise);
  try {
    Temporal.Now.zonedDateTimeISO(zone);
    return zone;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    reader.fault(key, `${JSON.stringify(zone)} is no time zone`);
    return otherwise;
  }
}

function readMarket(reader: MapReader): Scenario["market"] {
  const market = {
    rate: reader.number("rate", { min: -0.1, max: 1 }, 0.04),
    speed: reader.number("speed", { min: 0 }, 1),
  };
  reader.done();
  return market;
}

function readAccounts(root: MapReader): readonly AccountSpec[] {
  const accounts = root.children("accounts").map(([id, reader]): AccountSpec => {
    const currency = reader.string("currency");
    const type = reader.string("type", "INDIVIDUAL");
    const cash = reader.numbers("cash");
    const margins = reader.child("margin");
    const margin = {
      maintenance: margins.number("maintenance", { min: 0, max: 10 }, 0.25),
      initial: margins.number("initial", { min: 0, max: 10 }, 0.3),
      fixed: margins.number("fixed", { min: 0 }, 0),
    };
    margins.done();
    reader.done();
    return { id, currency, type, cash, margin };
  });
  if (accounts.length === 0) root.fault("accounts", "must name at least one account");
  return accounts;
}

/** A second row for a contract in an account would silently replace the first. */
function readPositions(root: MapReader, names: Names): readonly PositionSpec[] {
  const seen = new Set<string>();
  return root.list("positions").map((reader) => {
    const position = readPosition(reader, names);
    const { account, contract } = position;
    const key = `${account} ${contract}`;
    if (seen.has(key)) reader.fault("contract", `${account} holds ${contract} twice; write one row with the sum`);
    seen.add(key);
    return position;
  });
}

function readPosition(reader: MapReader, names: Names): PositionSpec {
  const position = {
    account: reader.reference("account", names.accounts, "account"),
    contract: reader.reference("contract", names.contractIds, "contract"),
    quantity: reader.number("quantity", {}),
    averagePrice: reader.number("avg_price", {}),
  };
  reader.done();
  return position;
}

function readExecution(reader: MapReader, names: Names): ExecutionSpec {
  const contract = reader.reference("contract", names.contractIds, "contract");
  const quantity = readTradeQuantity(reader);
  const execution = {
    account: reader.reference("account", names.accounts, "account"),
    contract,
    combo: reader.flag("combo", false),
    agoMs: reader.duration("ago"),
    quantity,
    price: reader.number("price", {}),
    commission: reader.number("commission", { min: 0 }, usualCommission(names.contracts.get(contract), quantity)),
    realized: reader.optionalNumber("realized", {}),
    execId: reader.optionalString("exec_id"),
  };
  reader.done();
  return execution;
}

function readTradeQuantity(reader: MapReader): number {
  const quantity = reader.number("quantity", {});
  if (quantity === 0 && reader.has("quantity")) {
    reader.fault("quantity", "must not be 0: negative sells, positive buys");
  }
  return quantity;
}

/** What such a trade costs at IB, roughly. */
function usualCommission(contract: ContractSpec | undefined, quantity: number): number {
  switch (contract?.type) {
    case "OPT":
      return round(0.65 * Math.abs(quantity));
    case "FUT":
    case "FOP":
      return round(2.25 * Math.abs(quantity));
    case "CASH":
      return 2;
    default:
      return round(Math.max(1, 0.005 * Math.abs(quantity)));
  }
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function readOrder(reader: MapReader, names: Names): OrderSpec {
  const order = {
    account: reader.reference("account", names.accounts, "account"),
    contract: reader.reference("contract", names.contractIds, "contract"),
    orderId: reader.number("order_id", { integer: true }, 0),
    clientId: reader.number("client_id", { min: 0, integer: true }, 0),
    action: reader.oneOf("action", ["BUY", "SELL"] as const),
    quantity: reader.number("quantity", { min: 0 }),
    filled: reader.number("filled", { min: 0 }, 0),
    orderType: reader.string("type", "LMT"),
    limitPrice: reader.optionalNumber("limit", {}),
    timeInForce: reader.string("tif", "DAY"),
    status: reader.string("status", "Submitted"),
  };
  reader.done();
  return order;
}

const EVENT_KINDS = [
  "price",
  "volatility",
  "fill",
  "position",
  "drop",
  "refuse",
  "freeze",
  "connectivity",
  "farm",
  "client-id-in-use",
  "competing-session",
  "garbage",
] as const;

function readEvent(reader: MapReader, names: Names): TimedEvent {
  const atMs = reader.duration("at");
  const kind = reader.oneOf("kind", EVENT_KINDS);
  const event = { atMs, ...readWhat(reader, kind, names) };
  reader.done();
  return event;
}

function readWhat(
  reader: MapReader,
  kind: typeof EVENT_KINDS[number],
  names: Names,
): Happening | Fault {
  const contract = () => reader.reference("contract", names.contractIds, "contract");
  const account = () => reader.reference("account", names.accounts, "account");
  switch (kind) {
    case "price": {
      const event = {
        kind,
        contract: contract(),
        price: reader.optionalNumber("price", { min: 0 }),
        change: reader.optionalNumber("change", { min: -0.99, max: 10 }),
      };
      if ((event.price === null) === (event.change === null)) {
        reader.fault("kind", "needs either price or change (a fraction: -0.02 is two per cent down)");
      }
      return event;
    }
    case "volatility":
      return { kind, contract: contract(), change: reader.number("change", { min: -2, max: 5 }) };
    case "fill": {
      const id = contract();
      const quantity = readTradeQuantity(reader);
      return {
        kind,
        account: account(),
        contract: id,
        quantity,
        price: reader.optionalNumber("price", {}),
        commission: reader.number("commission", { min: 0 }, usualCommission(names.contracts.get(id), quantity)),
      };
    }
    case "position":
      return {
        kind,
        account: account(),
        contract: contract(),
        quantity: reader.number("quantity", {}),
        averagePrice: reader.number("avg_price", {}),
      };
    default:
      return readFault(reader, kind, names);
  }
}

function readFault(reader: MapReader, kind: Fault["kind"], names: Names): Fault {
  switch (kind) {
    case "drop":
      return { kind };
    case "refuse":
    case "freeze":
    case "client-id-in-use":
    case "competing-session":
      return { kind, seconds: reader.duration("for") / 1000 };
    case "connectivity":
      return { kind, code: Number(reader.oneOf("code", ["1100", "1101", "1102"])) as 1100 | 1101 | 1102 };
    case "farm":
      return {
        kind,
        farm: reader.reference("farm", names.farms, "data farm"),
        up: reader.flag("up", false),
        lose: reader.flag("lose", false),
      };
    case "garbage":
      return { kind, form: reader.oneOf("form", GARBAGE) };
  }
}

/** Every amount must reach its account's currency, or sums would be wrong without a word. */
function checkRates(
  root: MapReader,
  accounts: readonly AccountSpec[],
  contracts: readonly ContractSpec[],
  bookings: readonly { readonly account: string; readonly contract: string }[],
): void {
  const direct = (from: string, to: string) =>
    from === to ||
    contracts.some(({ type, symbol, currency }) =>
      type === "CASH" && ((symbol === from && currency === to) || (symbol === to && currency === from))
    );
  const reaches = (from: string, to: string) => direct(from, to) || (direct(from, "USD") && direct("USD", to));
  for (const { id, currency, cash } of accounts) {
    const held = bookings.filter(({ account }) => account === id)
      .map(({ contract }) => contracts.find((other) => other.id === contract)?.currency ?? currency);
    for (const other of new Set([...cash.keys(), ...held])) {
      if (reaches(other, currency)) continue;
      root.fault(
        "contracts",
        `${id} holds ${other} but no currency pair leads to ${currency}; list ${other}.${currency}`,
      );
    }
  }
}
