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

/**
 * Of a field that comes several times the last one counts, whole: messages are not merged. Bytes of a text that are no UTF-8
 * become U+FFFD, for a name that cannot be read is no reason to lose a book.
 *
 * @throws {CodecFault} for bytes that are cut off, malformed, or lack a required field
 */
export function decode<Table extends MessageTable>(table: Table, bytes: Uint8Array): Decoded<Table> {
  return readMessage(planOf(table), new Reader(bytes)) as Decoded<Table>;
}

/** A table made ready for reading and writing: ten thousand rows of thirty fields are read at once. */
interface Plan {
  readonly fields: readonly PlannedField[];
  readonly byNumber: ReadonlyMap<number, PlannedField>;
  /** What a message is before its first field; the lists of repeated fields are made for each message. */
  readonly absent: Readonly<Record<string, null>>;
  readonly required: readonly string[];
  readonly repeated: readonly string[];
}

interface PlannedField extends Field {
  readonly name: string;
  readonly wireType: WireType;
  readonly isRepeated: boolean;
}

/** Plans are made on first use. */
const plans = new WeakMap<MessageTable, Plan>();

function planOf(table: MessageTable): Plan {
  let plan = plans.get(table);
  if (plan === undefined) {
    const fields = Object.entries(table).map(([name, field]): PlannedField => ({
      ...field,
      name,
      wireType: wireTypeOf(field.type),
      isRepeated: field.cardinality === "repeated",
    }));
    plan = {
      fields,
      byNumber: new Map(fields.map((field) => [field.number, field])),
      absent: Object.fromEntries(fields.map(({ name }) => [name, null])),
      required: fields.filter(({ cardinality }) => cardinality === "required").map(({ name }) => name),
      repeated: fields.filter(({ isRepeated }) => isRepeated).map(({ name }) => name),
    };
    plans.set(table, plan);
  }
  return plan;
}

function wireTypeOf(type: ScalarType | MessageTable): WireType {
  if (typeof type !== "string" || type === "string") return WireType.bytes;
  return type === "double" ? WireType.fixed64 : WireType.varint;
}

type GivenValue = number | string | boolean | Readonly<Record<string, unknown>>;

function writeMessage(writer: Writer, table: MessageTable, message: Readonly<Record<string, unknown>>): void {
  for (const field of planOf(table).fields) {
    const given = message[field.name] as GivenValue | readonly GivenValue[] | null | undefined;
    if (given === undefined || given === null) {
      if (field.cardinality === "required") {
        throw new CodecFault(`Cannot write a message without its field ${field.name}`);
      }
    } else if (field.isRepeated) {
      for (const value of given as readonly GivenValue[]) writeField(writer, field, value);
    } else {
      writeField(writer, field, given as GivenValue);
    }
  }
}

function writeField(writer: Writer, { name, number, type, wireType }: PlannedField, value: GivenValue): void {
  writer.tag(number, wireType);
  if (typeof type !== "string") {
    writer.nested(() => writeMessage(writer, type, value as Readonly<Record<string, unknown>>));
    return;
  }
  switch (type) {
    case "double":
      writer.double(value as number);
      return;
    case "string":
      writer.block(utf8Encoder.encode(value as string));
      return;
    default:
      writer.varint(varintOf(name, type, value as number | string | boolean));
  }
}

/** Negative numbers travel as their two's complement of 64 bits. */
function varintOf(
  name: string,
  type: "int32" | "int64" | "id64" | "bool",
  value: number | string | boolean,
): number | bigint {
  if (type === "bool") return value === true ? 1 : 0;
  const fits = type === "id64"
    ? /^\d{1,20}$/.test(String(value)) && BigInt(value) < 1n << 64n
    : type === "int64"
    ? Number.isSafeInteger(value)
    : Number.isInteger(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
  if (!fits) throw new CodecFault(`Cannot write ${String(value)} as field ${name}: it is no ${type}`);
  return typeof value === "number" && value >= 0 ? value : BigInt.asUintN(64, BigInt(value));
}

const utf8Encoder = new TextEncoder();
// A mark of byte order at the start is part of the text here.
const utf8Decoder = new TextDecoder("utf-8", { ignoreBOM: true });

class Writer {
  #bytes = new Uint8Array(128);
  #length = 0;

  tag(number: number, wireType: WireType): void {
    this.varint(number * 8 + wireType);
  }

  varint(value: number | bigint): void {
    this.#reserve(10);
    let rest = value;
    if (typeof rest === "bigint") {
      for (; rest >= 128n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 127n) | 128;
    } else {
      for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = rest % 128 | 128;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  double(value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  block(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What `write` writes, with its length before it: that is known afterwards only, so the content moves up to make room. */
  nested(write: () => void): void {
    const start = this.#length;
    write();
    const end = this.#length;
    this.varint(end - start);
    const lengthBytes = this.#bytes.slice(end, this.#length);
    this.#bytes.copyWithin(start + lengthBytes.length, start, end);
    this.#bytes.set(lengthBytes, start);
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

/** Reads to the end of `reader`. */
function readMessage(plan: Plan, reader: Reader): Record<string, unknown> {
  const message: Record<string, unknown> = { ...plan.absent };
  for (const name of plan.repeated) message[name] = [];
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const field = plan.byNumber.get(tag >>> 3);
    if (field === undefined) reader.skip(tag & 7);
    else if ((tag & 7) !== field.wireType) readPacked(reader, field, tag & 7, message);
    else if (field.isRepeated) (message[field.name] as unknown[]).push(readValue(reader, field));
    else message[field.name] = readValue(reader, field);
  }
  for (const name of plan.required) {
    if (message[name] === null) throw new CodecFault(`A message lacks its field ${name}`);
  }
  return message;
}

/** Whoever writes repeated numbers may pack them into one block. */
function readPacked(reader: Reader, field: PlannedField, found: number, message: Record<string, unknown>): void {
  if (!field.isRepeated || found !== WireType.bytes) {
    throw new CodecFault(`Field ${field.name} has wire type ${found}, not ${field.wireType}`);
  }
  const values = message[field.name] as unknown[];
  reader.within(() => {
    while (!reader.isAtEnd) values.push(readValue(reader, field));
  });
}

function readValue(reader: Reader, { name, type }: PlannedField): unknown {
  if (typeof type !== "string") return reader.within(() => readMessage(planOf(type), reader));
  switch (type) {
    case "double":
      return reader.double();
    case "string":
      return utf8Decoder.decode(reader.block());
    case "bool":
      return BigInt(reader.varint()) !== 0n;
    case "id64":
      return String(reader.varint());
    case "int32": {
      const value = reader.varint();
      return typeof value === "number" ? value : Number(BigInt.asIntN(32, value));
    }
    case "int64": {
      const value = Number(BigInt.asIntN(64, BigInt(reader.varint())));
      if (!Number.isSafeInteger(value)) throw new CodecFault(`Field ${name} holds ${value}: too large to be exact`);
      return value;
    }
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#end = bytes.length;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** The number of a field, shifted by three bits, and its wire type: 32 bits without a sign. */
  tag(): number {
    const tag = Number(this.varint());
    if (tag < 8 || tag >= 2 ** 32) throw new CodecFault(`A message has a field number ${Math.floor(tag / 8)}`);
    return tag;
  }

  /** Without a sign. The first four groups fit into a number, and almost all values end there; others are bigint. */
  varint(): number | bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 127) << shift;
      if (byte < 128) return low;
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
    return this.#view.getFloat64(this.#pass(8), true);
  }

  block(): Uint8Array {
    const length = Number(this.varint());
    const from = this.#pass(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Lets `read` read a block as if nothing followed it. */
  within<T>(read: () => T): T {
    const length = Number(this.varint());
    const outerEnd = this.#end;
    this.#end = this.#pass(length) + length;
    this.#at -= length;
    const value = read();
    this.#end = outerEnd;
    return value;
  }

  skip(wireType: number): void {
    switch (wireType) {
      case WireType.varint:
        this.varint();
        return;
      case WireType.fixed64:
        this.#pass(8);
        return;
      case WireType.bytes:
        this.#pass(Number(this.varint()));
        return;
      case WireType.fixed32:
        this.#pass(4);
        return;
      default:
        throw new CodecFault(`A message has a field of wire type ${wireType}, which is not used`);
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new CodecFault("A message ends in the middle of a field");
    return this.#bytes[this.#at++]!;
  }

  /** Where the next `count` bytes begin; they are then behind us. */
  #pass(count: number): number {
    if (count > this.#end - this.#at) throw new CodecFault("A message ends in the middle of a field");
    this.#at += count;
    return this.#at - count;
  }
}
