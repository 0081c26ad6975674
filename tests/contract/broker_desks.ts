/**
 * The adapters of both brokers on simulated ones that hold the same book, in memory and under the virtual clock: every byte
 * as over TCP.
 */
import type { MarketDataFeed } from "../../src/application/ports/feed.ts";
import type { LogLevel } from "../../src/application/ports/log.ts";
import type { FutuSettings } from "../../src/application/settings.ts";
import type { Source } from "../../src/domain/event.ts";
import { futuFeed } from "../../src/infrastructure/futu/feed.ts";
import { ibkrFeed } from "../../src/infrastructure/ibkr/feed.ts";
import { loadFutuScenario } from "../../src/infrastructure/simulator/futu/load_scenario.ts";
import { type OpenD, startOpenD } from "../../src/infrastructure/simulator/futu/open_d.ts";
import { type Gateway, startGateway } from "../../src/infrastructure/simulator/gateway.ts";
import { loadScenario } from "../../src/infrastructure/simulator/load_scenario.ts";
import { SETTINGS as FUTU_SETTINGS } from "../infrastructure/futu/client/client_desk.ts";
import { RecordingSink, SETTINGS as IBKR_SETTINGS } from "../infrastructure/ibkr/bench_desk.ts";
import { MemoryNetwork } from "../support/memory_network.ts";
import { seededRandom, VirtualClock } from "../support/virtual_clock.ts";

export interface BrokerDesk {
  readonly source: Source;
  readonly clock: VirtualClock;
  readonly sink: RecordingSink;
  readonly feed: MarketDataFeed;
  readonly log: readonly { readonly level: LogLevel; readonly message: string }[];
  /** As words about the connection name it. */
  readonly address: string;
  /** One with holdings, one that is short, one that is flat. */
  readonly accounts: readonly [string, string, string];
  /** The broker starts to listen; not yet there when a desk is made. */
  listen(): Promise<void>;
  /** Its connections are cut; new ones are taken at once. */
  unplug(): void;
  /** Its connections are cut and new ones refused for so long. */
  refuse(seconds: number): void;
  /** Connections stay open, and nothing comes over them for so long. */
  freeze(seconds: number): void;
  /** Trades AAPL in the first account at 271. */
  fill(quantity: number): void;
  /** Connections that the broker has let in. */
  clients(): number;
  stop(): Promise<void>;
}

/** What several adapters feed together; left out: each desk has its own. */
export interface SharedParts {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly sink: RecordingSink;
}

export function sharedParts(): SharedParts {
  const clock = new VirtualClock();
  return { clock, network: new MemoryNetwork(clock), sink: new RecordingSink() };
}

const LOOPBACK = "127.0.0.1";

const IB_BOOK = `
market: { speed: 0 }
gateway: { account_refresh: 20s }
accounts:
  DU1: { currency: USD, cash: { USD: 100_000, HKD: 5_000 } }
  DU2: { currency: USD, cash: { USD: 50_000 } }
  DU3: { currency: USD, cash: { USD: 1_000 } }
contracts:
  HKD.USD: { type: CASH, symbol: HKD, con_id: 12345777, last: 0.1285 }
  AAPL: { con_id: 265598, last: 271.34, close: 268.55, long_name: APPLE INC }
  CALL: { type: OPT, underlying: AAPL, expiry: third-friday+1, strike: 280, right: C, iv: 0.2436, con_id: 2001 }
  SPX: { type: IND, last: 6602.99, close: 6585.21, con_id: 416904, exchange: CBOE }
  PUT: { type: OPT, underlying: SPX, trading_class: SPXW, expiry: friday+3, strike: 6400, right: P, iv: 0.205, con_id: 2002 }
positions:
  - { account: DU1, contract: AAPL, quantity: 100, avg_price: 250.5 }
  - { account: DU1, contract: CALL, quantity: -2, avg_price: 6.5 }
  - { account: DU1, contract: PUT, quantity: 1, avg_price: 40 }
  - { account: DU2, contract: AAPL, quantity: -25, avg_price: 260 }
executions:
  - { account: DU1, contract: AAPL, ago: 30m, quantity: 10, price: 270, commission: 1, exec_id: a.01.01 }
orders:
  - { account: DU1, contract: AAPL, action: SELL, quantity: 50, limit: 300, tif: GTC, client_id: 3, order_id: 7 }
`;

const FUTU_BOOK = `
market: { speed: 0, rates_in_hkd: { USD: 7.78 } }
accounts:
  "281756455983234001": { general: true, markets: [HK, US], currency: HKD, cash: { USD: 100_000, HKD: 5_000 } }
  "281756455983234002": { general: true, markets: [US], currency: HKD, cash: { USD: 50_000 } }
  "281756455983234003": { markets: [US], currency: USD, cash: { USD: 1_000 } }
  "281756455983234004": { markets: [US], currency: USD, cash: { USD: 1_000 }, active: false }
contracts:
  AAPL: { last: 271.34, close: 268.55 }
  CALL: { type: OPTION, underlying: AAPL, expiry: third-friday+1, strike: 280, right: C, iv: 0.2436 }
  .SPX: { type: INDEX, last: 6602.99, close: 6585.21 }
  PUT: { type: OPTION, underlying: .SPX, root: SPXW, expiry: friday+3, strike: 6400, right: P, iv: 0.205 }
positions:
  - { account: "281756455983234001", contract: AAPL, quantity: 100, avg_price: 250.5 }
  - { account: "281756455983234001", contract: CALL, quantity: -2, avg_price: 6.5 }
  - { account: "281756455983234001", contract: PUT, quantity: 1, avg_price: 40 }
  - { account: "281756455983234002", contract: AAPL, quantity: -25, avg_price: 260 }
orders:
  - { id: DONE, account: "281756455983234001", contract: AAPL, side: BUY, quantity: 10, price: 270, ago: 30m, status: FILLED_ALL }
  - { id: OPEN, account: "281756455983234001", contract: AAPL, side: SELL, quantity: 50, price: 300, ago: 2h, status: SUBMITTED }
deals:
  - { order: DONE, quantity: 10, price: 270, ago: 30m }
`;

export interface DeskOptions {
  readonly seed?: number;
  readonly shared?: SharedParts;
}

export function ibDesk({ seed = 1, shared = sharedParts() }: DeskOptions = {}): BrokerDesk {
  const { clock, network, sink } = shared;
  const { log, lines } = recordedLog();
  const feed = ibkrFeed({
    settings: IBKR_SETTINGS,
    network,
    clock,
    random: seededRandom(seed),
    log,
    sink,
    betaReference: null,
    instrumentAt: (index) => sink.registry.at(index),
  });
  const gateway: { current: Gateway | null } = { current: null };
  const there = () => present(gateway.current);
  return {
    source: "IB",
    clock,
    sink,
    feed,
    log: lines,
    address: `${LOOPBACK}:${IBKR_SETTINGS.port}`,
    accounts: ["DU1", "DU2", "DU3"],
    async listen() {
      const address = { host: LOOPBACK, port: IBKR_SETTINGS.port };
      const scenario = loadScenario(IB_BOOK, "ib.yaml");
      gateway.current = await startGateway({ network, clock, seed, address, scenario, log });
    },
    unplug: () => there().fault({ kind: "drop" }),
    refuse: (seconds) => there().fault({ kind: "refuse", seconds }),
    freeze: (seconds) => there().fault({ kind: "freeze", seconds }),
    fill: (quantity) =>
      there().happen({ kind: "fill", account: "DU1", contract: "AAPL", quantity, price: 271, commission: 1 }),
    clients: () => gateway.current?.clients ?? 0,
    stop: () => stopped(feed, gateway.current, clock),
  };
}

export interface FutuDeskOptions extends DeskOptions {
  readonly settings?: Partial<FutuSettings>;
  /** Whether OpenD's lists of the past hold the current day. */
  readonly historyHasToday?: boolean;
}

export interface FutuBrokerDesk extends BrokerDesk {
  openD(): OpenD;
}

export function futuDesk(options: FutuDeskOptions = {}): FutuBrokerDesk {
  const { seed = 1, shared = sharedParts(), settings = {}, historyHasToday = true } = options;
  const { clock, network, sink } = shared;
  const { log, lines } = recordedLog();
  const feed = futuFeed({
    settings: { ...FUTU_SETTINGS, ...settings },
    network,
    clock,
    random: seededRandom(seed),
    log,
    sink,
    baseCurrency: "USD",
    find: (key) => sink.registry.find(key),
  });
  const openD: { current: OpenD | null } = { current: null };
  const there = () => present(openD.current);
  const account = "281756455983234001";
  return {
    source: "FUTU",
    clock,
    sink,
    feed,
    log: lines,
    address: `${LOOPBACK}:${FUTU_SETTINGS.port}`,
    accounts: [account, "281756455983234002", "281756455983234003"],
    async listen() {
      const address = { host: LOOPBACK, port: FUTU_SETTINGS.port };
      const scenario = loadFutuScenario(`${FUTU_BOOK}opend: { history_has_today: ${historyHasToday} }\n`, "futu.yaml");
      openD.current = await startOpenD({ network, clock, seed, address, scenario, log: recordedLog().log });
    },
    unplug: () => there().fault({ kind: "drop" }),
    refuse: (seconds) => there().fault({ kind: "refuse", seconds }),
    freeze: (seconds) => there().fault({ kind: "freeze", seconds }),
    fill: (signed) => {
      const [side, quantity] = signed > 0 ? ["BUY", signed] as const : ["SELL", -signed] as const;
      there().happen({ kind: "fill", order: null, account, contract: "AAPL", side, quantity, price: 271 });
    },
    clients: () => openD.current?.clients ?? 0,
    stop: () => stopped(feed, openD.current, clock),
    openD: there,
  };
}

function recordedLog() {
  const lines: { level: LogLevel; message: string }[] = [];
  return {
    lines,
    log: { write: (level: LogLevel, _category: string, message: string) => void lines.push({ level, message }) },
  };
}

function present<T>(broker: T | null): T {
  if (broker === null) throw new Error("the broker does not listen yet");
  return broker;
}

async function stopped(feed: MarketDataFeed, broker: Gateway | OpenD | null, clock: VirtualClock): Promise<void> {
  const ending = feed.stop();
  await clock.advance(100);
  await ending;
  const closing = broker?.stop();
  await clock.advance(100);
  await closing;
}
