/** A long history: one account, fifty contracts, ids that look like the broker's and come in no order. */
import type { ExecutionRecord } from "../../src/application/ports/store_records.ts";
import { AAPL_PUT, execution, NOW } from "./stored_history.ts";

export function manyExecutions(count: number): ExecutionRecord[] {
  const contracts = Array.from({ length: 50 }, (_, at) => ({ ...AAPL_PUT, strike: 100 + at, conId: 700_000_000 + at }));
  return Array.from({ length: count }, (_, at) => {
    // An odd factor visits each 32-bit number once.
    const id = (Math.imul(at, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
    return execution(`0000e0d5.${id}.01.01`, {
      instrument: contracts[at % contracts.length]!,
      quantity: at % 2 === 0 ? 5 : -5,
      price: 6.12 + (at % 1000) / 100,
      executedAt: NOW + at * 250,
    });
  });
}
