import assert from "node:assert/strict";
import { ascii, decimal, double, frame, RequestReader } from "../../../src/infrastructure/simulator/frame.ts";

Deno.test("double() writes numbers as a Java program does", () => {
  assert.deepEqual([12, 0, -0.5, 12345678.9, 1e7, 0.0001, 1e-3, 9999999].map(double), [
    "12.0",
    "0.0",
    "-0.5",
    "1.23456789E7",
    "1.0E7",
    "1.0E-4",
    "0.001",
    "9999999.0",
  ]);
});

Deno.test("double() has IB's placeholder for what is no number", () => {
  assert.equal(double(NaN), "1.7976931348623157E308");
  assert.equal(Number(double(Infinity)), Number.MAX_VALUE);
});

Deno.test("decimal() keeps fractional shares and never uses an exponent", () => {
  assert.deepEqual([5, -2.5, 0.0001, 123456789012].map(decimal), ["5", "-2.5", "0.0001", "123456789012"]);
  assert.equal(decimal(12.34), "12.34");
});

Deno.test("ascii() escapes what TWS does not send in seven bits", () => {
  assert.equal(ascii("Münchener Rück"), "M\\u00fcnchener R\\u00fcck");
});

Deno.test("RequestReader finds the same messages however the bytes are cut", () => {
  const greeting = new TextEncoder().encode("API\0\0\0\0\x09v100..178");
  const stream = Uint8Array.of(...greeting, ...frame([71, 2, 1, ""]), ...frame([61, 1]));
  for (let size = 1; size <= stream.length; size++) {
    const reader = new RequestReader();
    const messages: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      reader.push(stream.subarray(at, at + size));
      for (let next = reader.next(); next !== null; next = reader.next()) messages.push(next);
    }
    assert.deepEqual(messages, ["v100..178", "71\0" + "2\0" + "1\0\0", "61\0" + "1\0"], `cut every ${size} bytes`);
  }
});

Deno.test("RequestReader refuses a stream without the greeting, and lengths nobody sends", () => {
  const web = new RequestReader();
  web.push(new TextEncoder().encode("GET / HTTP/1.1\r\n"));
  assert.throws(() => web.next(), /does not greet/);
  const huge = new RequestReader();
  huge.push(Uint8Array.of(...new TextEncoder().encode("API\0"), 0x7f, 0xff, 0xff, 0xff));
  assert.throws(() => huge.next(), /request of 2147483647 bytes/);
});
