/** What the gateway keeps and shows on request: contracts, the day's trades, working orders. */
import type { Clock } from "../../application/ports/clock.ts";
import { findContracts } from "./contract_search.ts";
import {
  commissionReport,
  contractDetails,
  contractDetailsEnd,
  error,
  executionDetails,
  executionDetailsEnd,
  openOrder,
  openOrderEnd,
  orderStatus,
} from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { ContractQuery, ExecutionFilter } from "./requests.ts";
import { dateIn, exchangeTime, type Execution, type Simulation } from "./simulation.ts";

/** Orders of the scenario are numbered from here for TWS's permanent ids. */
const FIRST_PERMANENT_ID = 1_800_000_000;

export class Records {
  constructor(readonly simulation: Simulation, readonly outbox: Outbox, readonly clock: Clock) {}

  details(id: number, query: ContractQuery): void {
    const found = findContracts(this.simulation.contracts, query);
    if (found.length === 0) {
      return this.outbox.add(error(id, 200, "No security definition has been found for the request"));
    }
    const { loginTimeZone } = this.simulation.scenario.gateway;
    for (const listed of found) {
      const today = dateIn(listed.spec.timeZone, this.clock.now());
      this.outbox.add(contractDetails(id, listed, loginTimeZone, today));
    }
    this.outbox.add(contractDetailsEnd(id));
  }

  /** Trades since midnight of the login's zone; older ones are not in TWS's memory. */
  executions(id: number, filter: ExecutionFilter): void {
    const zone = this.simulation.scenario.gateway.loginTimeZone;
    const today = dateIn(zone, this.clock.now());
    for (const execution of this.simulation.executions) {
      if (dateIn(zone, execution.at) === today && passes(execution, filter, zone)) this.execution(id, execution);
    }
    this.outbox.add(executionDetailsEnd(id));
  }

  /** One trade with its commission; that of a combination comes with its legs. */
  execution(id: number, execution: Execution): void {
    const { listed, execId, commission, realized, combo } = execution;
    this.outbox.add(executionDetails(id, execution));
    if (!combo) this.outbox.add(commissionReport(execId, commission, listed.spec.currency, realized));
  }

  /** One client's orders, or everybody's when null. Orders made in TWS itself have client id 0. */
  orders(clientId: number | null): void {
    this.simulation.scenario.orders.forEach((order, index) => {
      if (clientId !== null && order.clientId !== clientId) return;
      const permId = FIRST_PERMANENT_ID + index;
      const listed = this.simulation.contract(order.contract);
      this.outbox.add(openOrder(order, listed, permId), orderStatus(order, permId));
    });
    this.outbox.add(openOrderEnd());
  }
}

function passes(execution: Execution, filter: ExecutionFilter, zone: string): boolean {
  const { spec } = execution.listed;
  const side = execution.quantity < 0 ? "SELL" : "BUY";
  const wanted = filter.side.toUpperCase();
  const since = filter.time.replace(/\D/g, "");
  return (filter.clientId === 0 || filter.clientId === execution.clientId) &&
    (filter.account === "" || filter.account === execution.account) &&
    (filter.symbol === "" || filter.symbol === spec.symbol) &&
    (filter.secType === "" || filter.secType === (execution.combo ? "BAG" : spec.type)) &&
    (filter.exchange === "" || filter.exchange === execution.exchange) &&
    (wanted === "" || wanted === side || wanted === (side === "BUY" ? "BOT" : "SLD")) &&
    (since === "" || exchangeTime(zone, execution.at).replace(/\D/g, "").slice(0, 14) >= since.padEnd(14, "0"));
}
