/** Messages of a table with every field there or not, for properties. */
import fc from "../../../support/property.ts";
import type { Encodable, Field, MessageTable, ScalarType } from "../../../../src/infrastructure/futu/wire/codec.ts";

export type Message = Encodable<MessageTable>;

/** As the codec reads it: what is absent is null, what is repeated a list. */
export function messageOf(table: MessageTable): fc.Arbitrary<Message> {
  return fc.record(Object.fromEntries(Object.entries(table).map(([name, field]) => [name, fieldValue(field)])), {
    noNullPrototype: true,
  }) as fc.Arbitrary<Message>;
}

function fieldValue({ type, cardinality }: Field): fc.Arbitrary<unknown> {
  const value = typeof type === "string" ? scalar(type) : messageOf(type);
  if (cardinality === "repeated") return fc.array(value, { maxLength: 3 });
  return cardinality === "optional" ? fc.option(value) : value;
}

function scalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case "int32":
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    case "int64":
      return fc.maxSafeInteger();
    case "id64":
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    case "bool":
      return fc.boolean();
    case "double":
      return fc.double({ noNaN: true });
    case "string":
      return fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "\uFEFF腾讯控股", "苹果 251219 150.00C"));
  }
}
