/** A gateway in memory under a virtual clock, and a client that has started the API. */
import { type Gateway, startGateway } from "../../../src/infrastructure/simulator/gateway.ts";
import type { LogLevel } from "../../../src/application/ports/log.ts";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { WireClient } from "./wire_client.ts";

export interface Stage {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly gateway: Gateway;
  readonly logged: { level: LogLevel; message: string }[];
  /** Connects and starts the API. */
  client(clientId?: number): Promise<WireClient>;
  /** Connects only. */
  connect(range?: string): Promise<WireClient>;
}

/** Runs a test against a scenario; the gateway is stopped afterwards. */
export async function onStage(scenario: string, play: (stage: Stage) => Promise<void>, seed = 1): Promise<void> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock, 1);
  const logged: { level: LogLevel; message: string }[] = [];
  const gateway = await startGateway({
    network,
    clock,
    seed,
    address: { host: "127.0.0.1", port: 0 },
    scenario: loadScenario(scenario, "stage.yaml"),
    log: { write: (level, _category, message) => void logged.push({ level, message }) },
  });
  const connect = async (range?: string) => {
    const connecting = WireClient.connect(network, gateway.port, range);
    // Handled here as well, so that a refusal is not unhandled while the clock moves on.
    connecting.catch(() => {});
    await clock.advance(10);
    return await connecting;
  };
  const client = async (clientId = 1) => {
    const made = await connect();
    made.startApi(clientId);
    await clock.advance(10);
    return made;
  };
  try {
    await play({ clock, network, gateway, logged, connect, client });
  } finally {
    await gateway.stop();
  }
}

/** A small book that holds still unless an event moves it. */
export const STILL = `
gateway: { market_data_lines: 6, account_refresh: 5s }
market: { speed: 0 }
accounts:
  DU1: { currency: USD, cash: { USD: 100_000, EUR: 500 } }
  DU2: { currency: USD, cash: { USD: 50_000 } }
contracts:
  EUR.USD: { type: CASH, symbol: EUR, con_id: 12087792, last: 1.15, close: 1.14 }
  TSLA: { con_id: 76792991, last: 398.60, close: 396.15, long_name: TESLA INC }
  CALL: { type: OPT, underlying: TSLA, expiry: third-friday+1, strike: 400, right: C, iv: 0.52, con_id: 2001 }
  WEEKLY: { type: OPT, underlying: TSLA, expiry: friday+1, strike: 420, right: C, iv: 0.45, con_id: 2002 }
  ES: { type: FUT, expiry: quarter+0, last: 6618.25, close: 6600.5, con_id: 3001 }
  SAP: { currency: EUR, last: 206.84, close: 208.1, permission: delayed, farm: eufarm, con_id: 4001 }
  DARK: { last: 50, permission: none, con_id: 4002 }
  PARTIAL: { type: OPT, underlying: TSLA, expiry: friday+1, strike: 410, right: C, iv: 0.45, permission: partial, con_id: 2003 }
  NOBID: { type: OPT, underlying: TSLA, expiry: friday+1, strike: 600, right: C, iv: 0.45, con_id: 2004,
    quote: { bid: -1, ask: 0 }, greeks: sentinel }
  UNSET: { type: OPT, underlying: TSLA, expiry: friday+1, strike: 590, right: C, iv: 0.45, con_id: 2005, greeks: unset }
  LSE: { currency: GBP, last: 12.34, con_id: 5001, price_magnifier: 100, min_tick: 0.0005 }
positions:
  - { account: DU1, contract: TSLA, quantity: 100, avg_price: 380 }
  - { account: DU2, contract: TSLA, quantity: 0.5, avg_price: 390 }
  - { account: DU1, contract: CALL, quantity: -2, avg_price: 25 }
  - { account: DU1, contract: ES, quantity: 1, avg_price: 6610 }
  - { account: DU1, contract: SAP, quantity: 10, avg_price: 200 }
executions:
  - { account: DU1, contract: TSLA, ago: 30m, quantity: 10, price: 397, commission: 1, exec_id: a.01.01 }
  - { account: DU1, contract: TSLA, ago: 30m, quantity: 10, price: 398, commission: 1, exec_id: a.01.02 }
  - { account: DU1, contract: TSLA, ago: 20m, quantity: 1, price: 3, combo: true }
  - { account: DU2, contract: TSLA, ago: 30h, quantity: 1, price: 390, commission: 1 }
orders:
  - { account: DU1, contract: TSLA, action: SELL, quantity: 50, limit: 415, tif: GTC, client_id: 3, order_id: 7 }
`;
