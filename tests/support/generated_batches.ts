/** Batches of every shape, with numbers and texts that are easily lost on the way. */
import type { StoreBatch } from "../../src/application/ports/store.ts";
import type { Peak } from "../../src/domain/signals/trailing_peaks.ts";
import fc from "./property.ts";
import {
  account,
  breach,
  commission,
  dailyPnl,
  execution,
  futuDeal,
  futuFee,
  futuOrder,
  NOW,
  position,
  positionChange,
  risk,
  syncState,
} from "./stored_history.ts";

/** Any double, the odd ones among them. */
const number = fc.oneof(fc.double(), fc.constantFrom(-0, NaN, Infinity, -Infinity, 0.1 + 0.2, 5e-324, 2 ** 53 + 2));
const missing = fc.option(number);
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\ud800", "line\nbreak", "股票", "\u0000", "$map"),
);
const time = fc.double({ min: 0, max: 8e12, noNaN: true }).map((at) => NOW + Math.round(at) / 1000);
const peaks: fc.Arbitrary<ReadonlyMap<string, Peak>> = fc
  .array(fc.tuple(
    text,
    fc.record({ profit: number, size: number, side: fc.constantFrom(1 as const, -1 as const) }, {
      noNullPrototype: true,
    }),
  ))
  .map((pairs) => new Map(pairs));
const cash = fc.dictionary(fc.oneof(text, fc.constantFrom("$number", "$object", "__proto__", "USD")), number, {
  noNullPrototype: true,
});

export const batches: fc.Arbitrary<StoreBatch> = fc.record({
  executions: fc.array(
    fc.record({ id: text, price: number, at: time, raw: fc.option(text) }).map(({ id, price, at, raw }) =>
      execution(id, { price, executedAt: at, raw })
    ),
    { maxLength: 3 },
  ),
  commissions: fc.array(fc.tuple(text, missing).map(([id, realizedPnl]) => commission(id, { realizedPnl }))),
  futuOrders: fc.array(
    fc.record({ id: text, price: missing, at: time, remark: fc.option(text) }).map(({ id, price, at, remark }) =>
      futuOrder(id, { price, updatedAt: at, remark })
    ),
    { maxLength: 3 },
  ),
  futuDeals: fc.array(
    fc.record({ id: text, orderId: fc.option(text), price: number, at: time, raw: fc.option(text) })
      .map(({ id, at, ...fields }) => futuDeal(id, { executedAt: at, ...fields })),
    { maxLength: 3 },
  ),
  futuFees: fc.array(
    fc.tuple(text, number, fc.option(text)).map(([id, amount, items]) => futuFee(id, { amount, items })),
    {
      maxLength: 3,
    },
  ),
  positions: fc.array(
    fc.tuple(time, fc.array(missing.map((mark) => position({ mark })), { maxLength: 3 }))
      .map(([takenAt, positions]) => ({ account: "DU1", source: "IB" as const, takenAt, positions })),
    { maxLength: 3 },
  ),
  accounts: fc.array(fc.tuple(time, cash).map(([takenAt, cash]) => account({ takenAt, cash })), { maxLength: 3 }),
  risk: fc.array(fc.tuple(time, text).map(([takenAt, document]) => risk({ takenAt, document })), { maxLength: 3 }),
  breaches: fc.array(time.map((at) => breach("opened", at)), { maxLength: 3 }),
  trailingPeaks: peaks,
  dailyPnl: fc.array(missing.map((result) => dailyPnl("2026-11-20", { dailyPnl: result })), { maxLength: 2 }),
  positionChanges: fc.array(time.map((at) => positionChange(at)), { maxLength: 2 }),
  syncStates: fc.array(fc.option(time).map((watermark) => syncState({ watermark })), { maxLength: 2 }),
}, { requiredKeys: [], noNullPrototype: true });
