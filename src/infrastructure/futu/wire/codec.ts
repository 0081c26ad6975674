/**
 * Protocol Buffers (version 2) as tables: only what OpenD's messages are made of, which is varints, doubles, strings and
 * messages within messages. Fields that a table does not know are passed over, so that a newer OpenD does no harm.
 *
 * Wire format: https://protobuf.dev/programming-guides/encoding/
 */

/** Numbers of up to 32 bits and enumerations are `int32`; `id64` is an unsigned 64-bit number as decimal text. */
export type ScalarType = "int32" | "int64" | "id64" | "bool" | "double" | "string";

/** How often a field may be there. A required one that is absent makes the message unreadable. */
export type Cardinality = "required" | "optional" | "repeated";

export interface Field<
  Type extends ScalarType | MessageTable = ScalarType | MessageTable,
  C extends Cardinality = Cardinality,
> {
  readonly number: number;
  readonly type: Type;
  readonly cardinality: C;
}

// The name of a field is free; a table within a table makes the type refer to itself.
export interface MessageTable {
  readonly [name: string]: Field<ScalarType | MessageTable>;
}

interface ScalarValues {
  readonly int32: number;
  /** Refused beyond 2^53. */
  readonly int64: number;
  readonly id64: string;
  readonly bool: boolean;
  readonly double: number;
  readonly string: string;
}

type ValueOf<Type> = Type extends ScalarType ? ScalarValues[Type] : Type extends MessageTable ? Decoded<Type> : never;

/** A message as it was read: an optional field that is absent is null. */
export type Decoded<Table extends MessageTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Field<infer Type, infer C>
    ? C extends "repeated" ? readonly ValueOf<Type>[] : C extends "optional" ? ValueOf<Type> | null : ValueOf<Type>
    : never;
};

type GivenOf<Type> = Type extends ScalarType ? ScalarValues[Type] : Type extends MessageTable ? Encodable<Type> : never;

type RequiredNames<Table extends MessageTable> = {
  [Name in keyof Table]: Table[Name] extends Field<ScalarType | MessageTable, "required"> ? Name : never;
}[keyof Table];

/** A message to be written: what is optional or repeated may be left out, or null. */
export type Encodable<Table extends MessageTable> =
  & {
    readonly [Name in RequiredNames<Table>]: Table[Name] extends Field<infer Type> ? GivenOf<Type> : never;
  }
  & {
    readonly [Name in Exclude<keyof Table, RequiredNames<Table>>]?: Table[Name] extends Field<infer Type, infer C>
      ? (C extends "repeated" ? readonly GivenOf<Type>[] : GivenOf<Type>) | null
      : never;
  };

export function required<const Type extends ScalarType | MessageTable>(
  number: number,
  type: Type,
): Field<Type, "required"> {
  return { number, type, cardinality: "required" };
}

export function optional<const Type extends ScalarType | MessageTable>(
  number: number,
  type: Type,
): Field<Type, "optional"> {
  return { number, type, cardinality: "optional" };
}

export function repeated<const Type extends ScalarType | MessageTable>(
  number: number,
  type: Type,
): Field<Type, "repeated"> {
  return { number, type, cardinality: "repeated" };
}

/** The bytes are not the message that the table says, or a value does not fit into its field. */
export class CodecFault extends Error {
  override readonly name = "CodecFault";
}

enum WireType {
  varint = 0,
  fixed64 = 1,
  bytes = 2,
  fixed32 = 5,
}

/** @throws {CodecFault} for a value that does not fit its field */
export function encode<Table extends MessageTable>(table: Table, message: Encodable<Table>): Uint8Array {
  const writer = new Writer();
  writeMessage(writer, table, message as Readonly<Record<string, unknown>>);
  return writer.bytes();
}

/** @throws {CodecFault} for bytes that are cut off, malformed, or lack a required field */
export function decode<Table extends MessageTable>(table: Table, bytes: Uint8Array): Decoded<Table> {
  return readMessage(table, bytes) as Decoded<Table>;
}

type GivenValue = number | string | boolean | Readonly<Record<string, unknown>>;

function writeMessage(writer: Writer, table: MessageTable, message: Readonly<Record<string, unknown>>): void {
  for (const [name, field] of Object.entries(table)) {
    const given = message[name] as GivenValue | readonly GivenValue[] | null | undefined;
    if (given === undefined || given === null) {
      if (field.cardinality === "required") throw new CodecFault(`Cannot write a message without its field ${name}`);
    } else if (Array.isArray(given)) {
      for (const value of given as readonly GivenValue[]) writeField(writer, name, field, value);
    } else {
      writeField(writer, name, field, given as GivenValue);
    }
  }
}

function writeField(writer: Writer, name: string, { number, type }: Field, value: GivenValue): void {
  if (typeof type !== "string") {
    const inner = new Writer();
    writeMessage(inner, type, value as Readonly<Record<string, unknown>>);
    writer.tag(number, WireType.bytes);
    writer.block(inner.bytes());
    return;
  }
  switch (type) {
    case "double":
      writer.tag(number, WireType.fixed64);
      writer.double(value as number);
      return;
    case "string":
      writer.tag(number, WireType.bytes);
      writer.block(new TextEncoder().encode(value as string));
      return;
    default:
      writer.tag(number, WireType.varint);
      writer.varint(varintOf(name, type, value as number | string | boolean));
  }
}

/** Negative numbers travel as their two's complement of 64 bits. */
function varintOf(name: string, type: "int32" | "int64" | "id64" | "bool", value: number | string | boolean): bigint {
  if (type === "bool") return value === true ? 1n : 0n;
  const fits = type === "id64"
    ? /^\d{1,20}$/.test(String(value)) && BigInt(value) < 1n << 64n
    : type === "int64"
    ? Number.isSafeInteger(value)
    : Number.isInteger(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
  if (!fits) throw new CodecFault(`Cannot write ${String(value)} as field ${name}: it is no ${type}`);
  return BigInt.asUintN(64, BigInt(value));
}

class Writer {
  #bytes = new Uint8Array(128);
  #length = 0;

  tag(number: number, wireType: WireType): void {
    this.varint(BigInt(number << 3 | wireType));
  }

  varint(value: bigint): void {
    this.#reserve(10);
    // Almost all are small.
    if (value < 128n) {
      this.#bytes[this.#length++] = Number(value);
      return;
    }
    for (; value >= 128n; value >>= 7n) this.#bytes[this.#length++] = Number(value & 127n) | 128;
    this.#bytes[this.#length++] = Number(value);
  }

  double(value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  block(bytes: Uint8Array): void {
    this.varint(BigInt(bytes.length));
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const longer = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    longer.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = longer;
  }
}

/** Tables by field number, made on first use. */
const byNumber = new WeakMap<MessageTable, ReadonlyMap<number, readonly [string, Field]>>();

function fieldsOf(table: MessageTable): ReadonlyMap<number, readonly [string, Field]> {
  let fields = byNumber.get(table);
  if (fields === undefined) {
    fields = new Map(Object.entries(table).map(([name, field]) => [field.number, [name, field] as const]));
    byNumber.set(table, fields);
  }
  return fields;
}

function readMessage(table: MessageTable, bytes: Uint8Array): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const [name, { cardinality }] of Object.entries(table)) message[name] = cardinality === "repeated" ? [] : null;
  const fields = fieldsOf(table);
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag();
    const known = fields.get(number);
    if (known === undefined) {
      reader.skip(wireType);
      continue;
    }
    const [name, field] = known;
    readField(reader, name, field, wireType, (value) => {
      if (field.cardinality === "repeated") (message[name] as unknown[]).push(value);
      else message[name] = value;
    });
  }
  for (const [name, { cardinality }] of Object.entries(table)) {
    if (cardinality === "required" && message[name] === null) throw new CodecFault(`A message lacks its field ${name}`);
  }
  return message;
}

function readField(
  reader: Reader,
  name: string,
  { type, cardinality }: Field,
  wireType: number,
  take: (value: unknown) => void,
): void {
  const expected = typeof type !== "string" || type === "string"
    ? WireType.bytes
    : type === "double"
    ? WireType.fixed64
    : WireType.varint;
  if (wireType !== expected) {
    // Whoever writes repeated numbers may pack them into one block.
    if (cardinality !== "repeated" || wireType !== WireType.bytes) {
      throw new CodecFault(`Field ${name} has wire type ${wireType}, not ${expected}`);
    }
    const packed = new Reader(reader.block());
    while (!packed.isAtEnd) take(readScalar(packed, name, type as ScalarType));
    return;
  }
  take(typeof type === "string" ? readScalar(reader, name, type) : readMessage(type, reader.block()));
}

function readScalar(reader: Reader, name: string, type: ScalarType): number | string | boolean {
  switch (type) {
    case "double":
      return reader.double();
    case "string":
      return new TextDecoder().decode(reader.block());
    case "bool":
      return reader.varint() !== 0n;
    case "id64":
      return String(reader.varint());
    case "int32":
      return Number(BigInt.asIntN(32, reader.varint()));
    case "int64": {
      const value = Number(BigInt.asIntN(64, reader.varint()));
      if (!Number.isSafeInteger(value)) throw new CodecFault(`Field ${name} holds ${value}: too large to be exact`);
      return value;
    }
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  tag(): { readonly number: number; readonly wireType: number } {
    const tag = this.varint();
    const number = Number(tag >> 3n);
    if (number === 0 || number >= 2 ** 29) throw new CodecFault(`A message has a field number ${number}`);
    return { number, wireType: Number(tag & 7n) };
  }

  varint(): bigint {
    let low = 0;
    // The first four groups fit into a number; almost all values end there.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 127) << shift;
      if (byte < 128) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new CodecFault("A number has more than ten bytes");
  }

  double(): number {
    const bytes = this.#take(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }

  block(): Uint8Array {
    return this.#take(Number(this.varint()));
  }

  skip(wireType: number): void {
    switch (wireType) {
      case WireType.varint:
        this.varint();
        return;
      case WireType.fixed64:
        this.#take(8);
        return;
      case WireType.bytes:
        this.block();
        return;
      case WireType.fixed32:
        this.#take(4);
        return;
      default:
        throw new CodecFault(`A message has a field of wire type ${wireType}, which is not used`);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new CodecFault("A message ends in the middle of a field");
    this.#at++;
    return byte;
  }

  #take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw new CodecFault("A message ends in the middle of a field");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
