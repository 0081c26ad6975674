/** What Futu publishes of the messages that APEX reads, and the same messages as a codec that is not ours understands them. */
import protobuf from "protobufjs/light.js";
import published from "./published.json" with { type: "json" };
import type { MessageTable } from "../../../../src/infrastructure/futu/wire/codec.ts";
import { EXCHANGES, PUSHES, requestOf, responseOf } from "../../../../src/infrastructure/futu/wire/messages.ts";

/** Number, type (a scalar's or a message's name), cardinality, and a note where older definitions differ. */
export type PublishedField = readonly [number: number, type: string, cardinality: string, note?: string];

export const PROTO_IDS: Readonly<Record<string, number>> = published.protoIds;
export const ENUMERATIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = published.enumerations;
export const PUBLISHED = published.messages as unknown as Readonly<
  Record<string, Readonly<Record<string, PublishedField>>>
>;

/** A table and the published message that it stands for. */
export interface TableCase {
  readonly name: string;
  readonly table: MessageTable;
}

/** Every message that is sent or received, in its wrapping. */
export const TABLES: readonly TableCase[] = [
  ...EXCHANGES.flatMap((exchange): TableCase[] => [
    { name: `${exchange.name}.Request`, table: requestOf<MessageTable>(exchange) },
    { name: `${exchange.name}.Response`, table: responseOf<MessageTable>(exchange) },
  ]),
  ...PUSHES.map((push): TableCase => ({ name: `${push.name}.Response`, table: responseOf<MessageTable>(push) })),
];

const root = protobuf.Root.fromJSON({ nested: namespaces() });

/** The message in protobufjs, with all of its published fields. */
export function reference(name: string): protobuf.Type {
  return root.lookupType(name);
}

/** What protobufjs reads, in the form of ours: absent fields null, 64 bits as decimal text. */
export function readByReference(name: string, bytes: Uint8Array): Record<string, unknown> {
  const type = reference(name);
  return type.toObject(type.decode(bytes), { longs: String, arrays: true });
}

function namespaces(): Record<string, protobuf.INamespace> {
  const nested: Record<string, { nested: Record<string, protobuf.IType & { edition: string }> }> = {};
  for (const [fullName, fields] of Object.entries(PUBLISHED)) {
    const [space = "", message = ""] = fullName.split(".");
    nested[space] ??= { nested: {} };
    nested[space].nested[message] = {
      // Without it a false or 0 would count as absent.
      edition: "proto2",
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, [id, type, cardinality]]) => [name, {
          id,
          type,
          ...(cardinality === "optional" ? {} : { rule: cardinality as "required" | "repeated" }),
        }]),
      ),
    };
  }
  return nested;
}
