import assert from "node:assert/strict";
import { LineDecoder, LineTooLong } from "../../../src/application/control/line_decoder.ts";
import fc from "../../support/property.ts";

const encoder = new TextEncoder();

Deno.test("lines come out whole, however their bytes are cut", () => {
  const line = fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\n", ""));
  fc.assert(fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(20), { maxLength: 60 }), (lines, cuts) => {
    const decoder = new LineDecoder(400);
    const bytes = encoder.encode(lines.map((text) => `${text}\n`).join(""));
    assert.deepEqual(cut(bytes, cuts).flatMap((part) => [...decoder.push(part)]), lines.map(asDecoded));
  }));
});

Deno.test("any bytes give lines within the bound, or the end of them", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (parts) => {
    const decoder = new LineDecoder(50);
    const longest = Math.max(...splitLengths(parts));
    try {
      for (const part of parts) for (const line of decoder.push(part)) assert.ok(line.length <= 50);
      assert.ok(longest <= 50);
    } catch (fault) {
      assert.ok(fault instanceof LineTooLong && longest > 50, String(fault));
    }
  }));
});

Deno.test("a line that never ends is refused at the bound, without waiting for its end", () => {
  const decoder = new LineDecoder(10);
  assert.deepEqual([...decoder.push(encoder.encode("0123456789"))], []);
  assert.throws(() => [...decoder.push(encoder.encode("x"))], LineTooLong);
});

Deno.test("lines before one that is too long are given first", () => {
  const seen: string[] = [];
  const decoder = new LineDecoder(4);
  assert.throws(() => {
    for (const line of decoder.push(encoder.encode("one\ntwo\nthree\n"))) seen.push(line);
  }, LineTooLong);
  assert.deepEqual(seen, ["one", "two"]);
});

Deno.test("bytes of a buffer that is used again are kept", () => {
  const decoder = new LineDecoder(100);
  const buffer = encoder.encode("ab");
  assert.deepEqual([...decoder.push(buffer)], []);
  buffer.fill(0x78);
  assert.deepEqual([...decoder.push(encoder.encode("c\n"))], ["abc"]);
});

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const length of lengths) {
    parts.push(bytes.subarray(from, from + length));
    from += length;
  }
  return [...parts, bytes.subarray(from)];
}

/** A lone surrogate does not survive UTF-8; a mark of the byte order at the start is no text. */
function asDecoded(text: string): string {
  return new TextDecoder().decode(encoder.encode(text));
}

function splitLengths(parts: readonly Uint8Array[]): number[] {
  let length = 0;
  const lengths = [0];
  for (const byte of parts.flatMap((part) => [...part])) {
    if (byte === 0x0a) length = 0;
    else lengths.push(++length);
  }
  return lengths;
}
