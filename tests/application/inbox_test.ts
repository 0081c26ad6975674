import assert from "node:assert/strict";
import { Inbox } from "../../src/application/inbox.ts";
import { type BookEvent, QuoteField } from "../../src/domain/event.ts";
import { InstrumentRegistry } from "../../src/domain/instrument_registry.ts";
import { option, stock } from "../support/book_builder.ts";

function boxed(bound = 1_000) {
  const registry = new InstrumentRegistry();
  const inbox = new Inbox(registry, bound);
  const drain = (): string[] => {
    const seen: string[] = [];
    inbox.drainTo({
      apply: (event) => seen.push(nameOf(event)),
      tick: (instrument, field, value, at) => seen.push(`${instrument} ${QuoteField[field]} ${value} @${at}`),
      brokerTime: (instrument, time) => seen.push(`${instrument} time ${time}`),
    });
    return seen;
  };
  return { registry, inbox, drain };
}

function nameOf(event: BookEvent): string {
  return event.kind === "execution" ? event.execId : event.kind === "fx" ? `fx ${event.rate}` : event.kind;
}

function fill(execId: string): BookEvent {
  return { kind: "execution", source: "IB", account: "DU1", instrument: 0, execId, quantity: 1, price: 1, time: 0 };
}

function rate(value: number): BookEvent {
  return { kind: "fx", currency: "EUR", base: "USD", rate: value, at: 0 };
}

Deno.test("inbox: of several ticks of one field the newest arrives, once, with its own time", () => {
  const { inbox, drain } = boxed();
  inbox.tick(0, QuoteField.bid, 1, 10);
  inbox.tick(0, QuoteField.delta, 0.5, 11);
  inbox.tick(0, QuoteField.bid, 2, 12);
  inbox.tick(0, QuoteField.vega, 0.1, 13);
  assert.deepEqual(drain().sort(), ["0 bid 2 @12", "0 delta 0.5 @11", "0 vega 0.1 @13"]);
  assert.deepEqual(drain(), []);
  assert.deepEqual([inbox.conflated, inbox.ticks], [1, 4]);
});

Deno.test("inbox: a value that becomes missing is as new as any other", () => {
  const { inbox, drain } = boxed();
  inbox.tick(0, QuoteField.bid, 1, 10);
  inbox.tick(0, QuoteField.bid, NaN, 12);
  assert.deepEqual(drain(), ["0 bid NaN @12"]);
});

Deno.test("inbox: fills keep their order and none is dropped, however many (mistake 23)", () => {
  const { inbox, drain } = boxed(10);
  const ids = Array.from({ length: 500 }, (_, i) => `fill ${i}`);
  for (const id of ids) {
    inbox.push(fill(id));
    inbox.tick(0, QuoteField.bid, 1, 10);
    inbox.push(rate(1.1));
  }
  assert.deepEqual(drain().filter((line) => line.startsWith("fill")), ids);
});

Deno.test("inbox: figures of which only the newest counts are conflated, and stand where the newest came", () => {
  const { inbox, drain } = boxed();
  inbox.push(rate(1.1));
  inbox.push(fill("fill 1"));
  inbox.push(rate(1.2));
  assert.deepEqual(drain(), ["fill 1", "fx 1.2"]);
  assert.equal(inbox.conflated, 1);
});

Deno.test("inbox: the same figure of another account, contract or currency is not conflated", () => {
  const { inbox, drain } = boxed();
  const pnl = { dailyPnl: 1, unrealizedPnl: 1, realizedPnl: 1 };
  for (const account of ["DU1", "DU2"]) {
    inbox.push({ kind: "account-pnl", source: "IB", account, pnl, at: 0 });
    for (const instrument of [0, 1]) {
      const figures = { quantity: 1, pnl, marketValue: 1, at: 0 };
      inbox.push({ kind: "leaf-pnl", source: "IB", account, instrument, ...figures });
    }
  }
  assert.equal(drain().length, 6);
});

Deno.test("inbox: two brokers' price of one contract, or figure of one name, are two", () => {
  const { inbox, drain } = boxed();
  const pnl = { dailyPnl: 1, unrealizedPnl: 1, realizedPnl: 1 };
  for (const source of ["IB", "FUTU"] as const) {
    inbox.push({ kind: "broker-mark", source, instrument: 0, price: 1, at: 0 });
    inbox.push({ kind: "account-pnl", source, account: "A", pnl, at: 0 });
    inbox.push({ kind: "leaf-pnl", source, account: "A", instrument: 0, quantity: 1, pnl, marketValue: 1, at: 0 });
    inbox.push({ kind: "cash", source, account: "A", currency: "USD", amount: 1, at: 0 });
  }
  assert.equal(drain().length, 8);
});

Deno.test("inbox: positions and links are never conflated", () => {
  const { inbox, drain } = boxed();
  const row = { account: "DU1", instrument: 0, quantity: 1, avgPrice: 1 };
  for (let i = 0; i < 3; i++) inbox.push({ kind: "position", source: "IB", row, at: i });
  for (const status of ["down", "up"] as const) inbox.push({ kind: "link", source: "IB", status, detail: "", at: 0 });
  assert.deepEqual(drain(), ["position", "position", "position", "link", "link"]);
});

Deno.test("inbox: what is urgent asks for a turn at once, and so does a full box", () => {
  const { inbox } = boxed(3);
  let wakes = 0;
  inbox.onUrgent(() => wakes++);
  inbox.push(rate(1));
  assert.equal(wakes, 0);
  inbox.push(fill("fill 1"), true);
  assert.equal(wakes, 1);
  inbox.push(fill("fill 2"));
  assert.equal(wakes, 2);
});

Deno.test("inbox: what piles up of quotes is bounded by what can be quoted, without allocating a tick", () => {
  const { inbox, drain } = boxed();
  for (let i = 0; i < 100_000; i++) inbox.tick(i % 7, QuoteField.bid, i, i);
  assert.equal(inbox.waiting, 0);
  assert.equal(drain().length, 7);
});

Deno.test("inbox: one contract has one index, another class or currency another", () => {
  const { inbox, registry } = boxed();
  const spx = inbox.instrument(option("SPX 2026-12-18 6000 C", { tradingClass: "SPX" }));
  const spxw = inbox.instrument(option("SPX 2026-12-18 6000 C", { tradingClass: "SPXW" }));
  const dollars = inbox.instrument(stock("SAP"));
  const euros = inbox.instrument(stock("SAP", { currency: "EUR" }));
  assert.equal(new Set([spx, spxw, dollars, euros]).size, 4);
  assert.equal(inbox.instrument(stock("SAP", { tradingClass: "NMS", localSymbol: "SAP NMS" })), dollars);
  assert.equal(registry.size, 4);
});
