/** Finding the contracts that a request means. */
import { compact, type Listed } from "./listing.ts";
import type { ContractQuery } from "./requests.ts";

/** Every contract that fits what a request names; the contract number, when given, decides alone. */
export function findContracts(contracts: readonly Listed[], query: ContractQuery): readonly Listed[] {
  if (query.conId > 0) {
    return contracts.filter((listed) => listed.conId === query.conId && tradesOn(listed, query.exchange));
  }
  if (query.symbol === "" && query.localSymbol === "") return [];
  return contracts.filter((listed) => fits(listed, query));
}

function fits(listed: Listed, query: ContractQuery): boolean {
  const { spec } = listed;
  const right = query.right.slice(0, 1).toUpperCase();
  return matches(query.symbol, spec.symbol) &&
    matches(query.secType, spec.type) &&
    matches(query.currency, spec.currency) &&
    matches(query.localSymbol, listed.localSymbol) &&
    matches(query.tradingClass, listed.tradingClass) &&
    matches(query.primaryExchange, spec.primaryExchange) &&
    (query.multiplier === "" || Number(query.multiplier) === spec.multiplier) &&
    (query.strike === 0 || query.strike === (spec.strike ?? 0)) &&
    // Some messages write "no right" as 0 or ?, and clients send back what they were given.
    (right === "" || right === "0" || right === "?" || right === spec.right) &&
    expires(listed, query.lastTradeDate) &&
    tradesOn(listed, query.exchange);
}

function matches(wanted: string, actual: string): boolean {
  return wanted === "" || wanted.toUpperCase() === actual.toUpperCase();
}

/** A day (expiry or last trade date), or a month. */
function expires(listed: Listed, wanted: string): boolean {
  if (wanted === "") return true;
  if (listed.expiry === null) return false;
  const expiry = compact(listed.expiry);
  return wanted.length === 6 ? expiry.startsWith(wanted) : wanted === expiry || wanted === listed.lastTradeDate;
}

function tradesOn({ spec }: Listed, exchange: string): boolean {
  return exchange === "" || exchange === spec.exchange || exchange === spec.primaryExchange ||
    spec.validExchanges.includes(exchange);
}
