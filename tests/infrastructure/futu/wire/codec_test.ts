import assert from "node:assert/strict";
import fc from "../../../support/property.ts";
import {
  CodecFault,
  decode,
  encode,
  type MessageTable,
  optional,
  repeated,
  required,
} from "../../../../src/infrastructure/futu/wire/codec.ts";
import { GET_POSITION_LIST, responseOf } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { messageOf } from "./generated_messages.ts";
import { PUBLISHED, readByReference, reference, TABLES } from "./published.ts";

Deno.test("every message of every table comes back as it was written", () => {
  for (const { table } of TABLES) {
    fc.assert(fc.property(messageOf(table), (message) => {
      assert.deepEqual(decode(table, encode(table, message)), message);
    }));
  }
});

Deno.test("every message is written byte for byte as protobufjs writes it", () => {
  for (const { name, table } of TABLES) {
    const type = reference(name);
    fc.assert(fc.property(messageOf(table), (message) => {
      const theirs = type.encode(type.fromObject(present(message))).finish();
      assert.deepEqual(encode(table, message), new Uint8Array(theirs));
    }));
  }
});

Deno.test("protobufjs reads what we write, field for field", () => {
  for (const { name, table } of TABLES) {
    fc.assert(fc.property(messageOf(table), (message) => {
      assert.deepEqual(knownTo(table, readByReference(name, encode(table, message))), message);
    }));
  }
});

Deno.test("we read what protobufjs writes with every published field, and pass over those that are not in our tables", () => {
  for (const { name, table } of TABLES) {
    const type = reference(name);
    fc.assert(
      fc.property(messageOf(publishedTable(name)), (message) => {
        const bytes = type.encode(type.fromObject(present(message))).finish();
        assert.deepEqual(decode(table, new Uint8Array(bytes)), knownTo(table, message));
      }),
      { numRuns: 30 },
    );
  }
});

/** Without what is null, which protobufjs does not take. */
function present(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return value as never;
  if (Array.isArray(value)) return value.map(present) as never;
  const given = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(given.map(([name, one]) => [name, present(one)]));
}

/** Those fields that the table has, null for those that are absent. */
function knownTo(table: MessageTable, message: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { type, cardinality }]) => {
      const value = message[name] ?? (cardinality === "repeated" ? [] : null);
      if (typeof type === "string" || value === null) return [name, type === "int64" ? number(value) : value];
      return [
        name,
        Array.isArray(value) ? value.map((one) => knownTo(type, one)) : knownTo(type, value as typeof message),
      ];
    }),
  );
}

/** protobufjs gives every 64-bit number as text. */
function number(value: unknown): unknown {
  return value === null ? null : Number(value);
}

/** The whole published message as a table of ours. */
function publishedTable(name: string): MessageTable {
  return Object.fromEntries(
    Object.entries(PUBLISHED[name] ?? {}).map(([field, [fieldNumber, type, cardinality]]) => {
      const own = type === "uint64" ? "id64" : PUBLISHED[type] === undefined ? type : publishedTable(type);
      return [field, { number: fieldNumber, type: own, cardinality } as MessageTable[string]];
    }),
  );
}

Deno.test("a message cut off anywhere is a CodecFault or a shorter message, and never anything else", () => {
  for (const { table } of TABLES) {
    fc.assert(
      fc.property(messageOf(table), (message) => {
        const bytes = encode(table, message);
        for (let length = 0; length < bytes.length; length++) onlyFaults(() => decode(table, bytes.slice(0, length)));
      }),
      { numRuns: 10 },
    );
  }
});

Deno.test("bytes that are no message are a CodecFault or a message, and never anything else", () => {
  for (const { table } of TABLES) {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => onlyFaults(() => decode(table, bytes))));
  }
});

Deno.test("a byte that changes in a message makes a CodecFault or another message, and never anything else", () => {
  const table: MessageTable = responseOf(GET_POSITION_LIST);
  fc.assert(fc.property(messageOf(table), fc.nat(), fc.nat({ max: 255 }), (message, at, byte) => {
    const bytes = encode(table, message);
    bytes[at % bytes.length] = byte;
    onlyFaults(() => decode(table, bytes));
  }));
});

function onlyFaults(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert(error instanceof CodecFault, String(error));
  }
}

const NUMBERS = {
  int32: optional(1, "int32"),
  int64: optional(2, "int64"),
  id64: optional(3, "id64"),
  bool: optional(4, "bool"),
} as const;

Deno.test("a negative number of 32 bits takes ten bytes on the wire", () => {
  // Tag 08, then -1 as 64 bits of ones in groups of seven.
  const bytes = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  assert.deepEqual([...encode(NUMBERS, { int32: -1 })], bytes);
  assert.equal(decode(NUMBERS, Uint8Array.from(bytes)).int32, -1);
});

Deno.test("a negative number of 32 bits that came in five bytes is the same number", () => {
  assert.equal(decode(NUMBERS, Uint8Array.of(0x08, 0xff, 0xff, 0xff, 0xff, 0x0f)).int32, -1);
});

Deno.test("an unsigned 64-bit number keeps its last digit as text, up to the largest", () => {
  for (const id64 of ["0", "9007199254740993", "18446744073709551615"]) {
    assert.equal(decode(NUMBERS, encode(NUMBERS, { id64 })).id64, id64);
  }
});

Deno.test("a signed 64-bit number is exact up to 2^53, and refused beyond", () => {
  for (const int64 of [2 ** 53 - 1, -(2 ** 53 - 1), 0, -1]) {
    assert.equal(decode(NUMBERS, encode(NUMBERS, { int64 })).int64, int64);
  }
  assert.throws(() => encode(NUMBERS, { int64: 2 ** 53 }), CodecFault);
  const beyond = encode({ id64: required(2, "id64") }, { id64: String(2n ** 53n) });
  assert.throws(() => decode(NUMBERS, beyond), { name: "CodecFault", message: /int64 holds 9007199254740992/ });
});

Deno.test("a value that does not fit its field is not written", () => {
  for (const int32 of [2 ** 31, -(2 ** 31) - 1, 1.5, NaN]) assert.throws(() => encode(NUMBERS, { int32 }), CodecFault);
  for (const id64 of ["-1", "1e3", "", "18446744073709551616", "0x10", " 1"]) {
    assert.throws(() => encode(NUMBERS, { id64 }), { name: "CodecFault", message: /field id64/ });
  }
});

Deno.test("a number of more than ten bytes is a CodecFault", () => {
  assert.throws(() => decode(NUMBERS, Uint8Array.from([0x08, ...Array(10).fill(0xff), 0x01])), CodecFault);
});

Deno.test("a required field that is missing is a CodecFault that names it, written or read", () => {
  const table = { trdEnv: required(1, "int32"), accID: required(2, "id64") } as const;
  assert.throws(() => encode(table, { trdEnv: 1 } as never), { name: "CodecFault", message: /accID/ });
  assert.throws(() => decode(table, Uint8Array.of(0x08, 0x01)), { name: "CodecFault", message: /accID/ });
});

Deno.test("repeated numbers are read packed into a block, one by one, or both", () => {
  const table = { list: repeated(1, "int32"), prices: repeated(2, "double") } as const;
  // Field 1: a 5 by itself, then a block of 6, 300 and -1.
  const numbers = [0x08, 5, 0x0a, 13, 6, 0xac, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  const prices = new Uint8Array(Float64Array.of(1.5, -2).buffer);
  const read = decode(table, Uint8Array.from([...numbers, 0x12, 16, ...prices]));
  assert.deepEqual(read, { list: [5, 6, 300, -1], prices: [1.5, -2] });
});

Deno.test("a packed block that ends within a number is a CodecFault", () => {
  const table = { list: repeated(1, "int32"), tail: optional(2, "int32") } as const;
  // The block has one byte, the first half of a number; what follows must not be taken for its second half.
  assert.throws(() => decode(table, Uint8Array.of(0x0a, 1, 0xac, 0x10, 1)), CodecFault);
});

Deno.test("a message within that ends within a field is a CodecFault, whatever follows it", () => {
  const table = { inner: optional(1, { text: optional(1, "string") }), text: optional(2, "string") } as const;
  assert.throws(() => decode(table, Uint8Array.of(0x0a, 3, 0x0a, 5, 0x61, 0x12, 2, 0x62, 0x63)), CodecFault);
});

Deno.test("unknown fields of every wire type are passed over", () => {
  const table = { known: required(1, "int32") } as const;
  const varint = [0xf8, 0x01, 0xff, 0xff, 0x03];
  const fixed64 = [0xf9, 0x01, 1, 2, 3, 4, 5, 6, 7, 8];
  const block = [0xfa, 0x01, 3, 0x08, 0xff, 0x00];
  const fixed32 = [0xfd, 0x01, 1, 2, 3, 4];
  const bytes = Uint8Array.from([...varint, ...fixed64, 0x08, 7, ...block, ...fixed32]);
  assert.deepEqual(decode(table, bytes), { known: 7 });
});

Deno.test("groups, which OpenD's messages do not have, and field 0 are a CodecFault", () => {
  const table = { known: optional(1, "int32") } as const;
  for (const byte of [0x13, 0x14, 0x16, 0x17, 0x00]) {
    assert.throws(() => decode(table, Uint8Array.of(byte, 0)), CodecFault);
  }
});

Deno.test("a known field of another wire type is a CodecFault that names it", () => {
  const table = { price: optional(1, "double"), name: optional(2, "string") } as const;
  assert.throws(() => decode(table, Uint8Array.of(0x08, 1)), { name: "CodecFault", message: /price/ });
  assert.throws(() => decode(table, Uint8Array.of(0x10, 1)), { name: "CodecFault", message: /name/ });
});

Deno.test("of a field that comes twice the last counts, a message within too", () => {
  const table = {
    number: optional(1, "int32"),
    inner: optional(2, { a: optional(1, "int32"), b: optional(2, "int32") }),
  } as const;
  const bytes = Uint8Array.of(0x08, 1, 0x12, 2, 0x08, 1, 0x08, 2, 0x12, 2, 0x10, 9);
  assert.deepEqual(decode(table, bytes), { number: 2, inner: { a: null, b: 9 } });
});

Deno.test("a text that is no UTF-8 has a mark where it cannot be read, and the rest of the message is there", () => {
  const table = { name: required(1, "string"), next: required(2, "int32") } as const;
  // "a", the first half of a Chinese character in GBK, "b".
  assert.deepEqual(decode(table, Uint8Array.of(0x0a, 3, 0x61, 0xcc, 0x62, 0x10, 7)), { name: "a\uFFFDb", next: 7 });
});

Deno.test("an empty message is one whose optional fields are absent", () => {
  assert.deepEqual(decode(NUMBERS, new Uint8Array()), { int32: null, int64: null, id64: null, bool: null });
  assert.equal(encode(NUMBERS, {}).length, 0);
});

Deno.test("bytes in the middle of a larger buffer are read by themselves", () => {
  const table = { price: required(1, "double") } as const;
  const bytes = encode(table, { price: 123.45 });
  const larger = new Uint8Array(bytes.length + 20).fill(0xff);
  larger.set(bytes, 7);
  assert.deepEqual(decode(table, larger.subarray(7, 7 + bytes.length)), { price: 123.45 });
});
