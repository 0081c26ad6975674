import assert from "node:assert/strict";
import type { MessageTable } from "../../../../src/infrastructure/futu/wire/codec.ts";
import * as codes from "../../../../src/infrastructure/futu/wire/codes.ts";
import * as messages from "../../../../src/infrastructure/futu/wire/messages.ts";
import { ENUMERATIONS, PROTO_IDS, PUBLISHED, type PublishedField, TABLES } from "./published.ts";

const KNOWN = [...messages.EXCHANGES, ...messages.PUSHES];

Deno.test("every field of every table has the published name, number, type and cardinality", () => {
  for (const { name, table } of TABLES) compare(name, table);
});

/** Goes down into the messages within. */
function compare(message: string, table: MessageTable): void {
  for (const [name, { number, type, cardinality }] of Object.entries(table)) {
    const [publishedNumber, publishedType, publishedCardinality] = publishedField(message, name);
    const inner = PUBLISHED[publishedType] === undefined ? null : publishedType;
    const found = typeof type === "string" ? publishedScalar(type) : inner;
    assert.deepEqual(
      [number, found, cardinality],
      [publishedNumber, publishedType, publishedCardinality],
      `${message}.${name}`,
    );
    if (typeof type !== "string") compare(publishedType, type);
  }
}

function publishedField(message: string, name: string): PublishedField {
  const field = PUBLISHED[message]?.[name];
  assert(field !== undefined, `${message}.${name} is not among the published fields`);
  return field;
}

function publishedScalar(type: string): string {
  return type === "id64" ? "uint64" : type;
}

Deno.test("no table lacks a required field: whoever reads or writes it needs them all", () => {
  for (const { name, table } of TABLES) complete(name, table);
});

function complete(message: string, table: MessageTable): void {
  for (const [name, [, type, cardinality]] of Object.entries(PUBLISHED[message] ?? {})) {
    const own = table[name];
    assert(own !== undefined || cardinality !== "required", `${message}.${name} is required`);
    if (own !== undefined && typeof own.type !== "string") complete(type, own.type);
  }
}

Deno.test("no table requires what older definitions do not have, so that an older OpenD is understood", () => {
  for (const { name, table } of TABLES) requiresNothingNew(name, table);
  assert.equal(PUBLISHED["Trd_Common.Position"]?.positionType?.[3], "absent in 10.02");
});

function requiresNothingNew(message: string, table: MessageTable): void {
  for (const [name, { type, cardinality }] of Object.entries(table)) {
    const [, publishedType, , note] = publishedField(message, name);
    assert(note === undefined || cardinality !== "required", `${message}.${name} is ${note}`);
    if (typeof type !== "string") requiresNothingNew(publishedType, type);
  }
}

Deno.test("every message has its published number, and each number one table", () => {
  for (const { name, protoId } of KNOWN) assert.equal(protoId, PROTO_IDS[name], name);
  assert.equal(new Set(KNOWN.map(({ protoId }) => protoId)).size, KNOWN.length);
});

Deno.test("every message that the tables export can be found by its number", () => {
  const listed = new Set<unknown>(KNOWN);
  const exported = Object.entries(messages).filter(([, value]) => typeof value === "object" && "protoId" in value);
  assert(exported.length > 0);
  assert.deepEqual(exported.filter(([, value]) => !listed.has(value)).map(([name]) => name), []);
});

Deno.test("no message that places, changes, confirms or unlocks anything has a table", () => {
  const acting = Object.entries(PROTO_IDS).filter(([name]) => /Place|Modify|Unlock|Confirm|Verification/i.test(name));
  // Trd_ReconfirmOrder, 2237, is published without its number.
  const numbers = [...acting.map(([, protoId]) => protoId), 2237];
  for (const protoId of [2005, 2202, 2205, 2227]) assert(numbers.includes(protoId), String(protoId));
  assert.deepEqual(KNOWN.filter(({ protoId }) => numbers.includes(protoId)), []);
  assert.deepEqual(KNOWN.filter(({ name }) => /Place|Modify|Unlock|Confirm/i.test(name)), []);
});

Deno.test("the messages that APEX asks with are these and no others", () => {
  assert.deepEqual(messages.EXCHANGES.map(({ protoId }) => protoId), [
    ...[1001, 1002, 1004, 2001, 2008, 2101, 2102, 2201, 2211, 2221, 2222, 2225, 3202],
  ]);
  assert.deepEqual(messages.PUSHES.map(({ protoId }) => protoId), [1003, 2208, 2218]);
});

Deno.test("the numbers of enumerations are the published ones", () => {
  const named = (enumeration: string, prefix: string, own: Readonly<Record<string, number>>) => {
    const theirs = Object.entries(ENUMERATIONS[enumeration] ?? {});
    for (const [name, number] of Object.entries(own)) {
      const found = theirs.find(([published]) => published.toUpperCase() === `${prefix}_${name}`.toUpperCase());
      assert.deepEqual([name, found?.[1]], [name, number], enumeration);
    }
  };
  named("Trd_Common.TrdEnv", "TrdEnv", codes.TRD_ENV);
  named("Trd_Common.SecurityFirm", "SecurityFirm", codes.SECURITY_FIRM);
  named("Trd_Common.TrdMarket", "TrdMarket", codes.TRD_MARKET);
  named("Trd_Common.PositionSide", "PositionSide", codes.POSITION_SIDE);
  named("Trd_Common.OrderFillStatus", "OrderFillStatus", codes.FILL_STATUS);
  named(
    "Trd_Common.Currency",
    "Currency",
    Object.fromEntries(Object.entries(codes.CURRENCY).map(([number, name]) => [name, Number(number)])),
  );
  named("Common.RetType", "RetType", { Succeed: codes.RET_OK });
  named("Common.ProgramStatusType", "ProgramStatusType", { Ready: codes.PROGRAM_READY });
  named("Trd_Common.TrdAccStatus", "TrdAccStatus", { Active: codes.ACC_ACTIVE });
  named("Qot_Common.SecurityType", "SecurityType", codes.SECURITY_TYPE);
  named("Qot_Common.WarrantType", "WarrantType", codes.WARRANT_TYPE);
  const { SH, SZ, ...markets } = codes.SEC_MARKET;
  named("Trd_Common.TrdSecMarket", "TrdSecMarket", { ...markets, CN_SH: SH, CN_SZ: SZ });
  for (const [name, number] of Object.entries(codes.QOT_MARKET)) {
    const theirs = name === "SH" || name === "SZ" ? `CN${name}` : name;
    named("Qot_Common.QotMarket", "QotMarket", { [`${theirs}_Security`]: number });
  }
});

Deno.test("what is bought or bought back adds, what is sold or sold short takes away, and another side is not known", () => {
  const sides = ENUMERATIONS["Trd_Common.TrdSide"] ?? {};
  const signs = Object.fromEntries(Object.entries(sides).map(([name, number]) => [name, codes.signOfSide(number)]));
  assert.deepEqual(signs, {
    TrdSide_Unknown: null,
    TrdSide_Buy: 1,
    TrdSide_Sell: -1,
    TrdSide_SellShort: -1,
    TrdSide_BuyBack: 1,
  });
});
