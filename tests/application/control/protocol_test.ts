import assert from "node:assert/strict";
import {
  ControlFault,
  helloLine,
  idOf,
  isSameSecret,
  METHODS,
  readAnswer,
  readHello,
  readRequest,
  readWelcome,
  requestLine,
  welcomeLine,
} from "../../../src/application/control/protocol.ts";
import fc from "../../support/property.ts";

const TOKEN = "ab".repeat(32);
/** Anything at all on a line: noise, and JSON that is nearly right. */
const lines = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.record({
    id: fc.anything(),
    method: fc.oneof(fc.constantFrom(...METHODS), fc.anything()),
    params: fc.oneof(fc.dictionary(fc.constantFrom("account", "breach", "note", "x"), fc.anything()), fc.anything()),
    apex: fc.anything(),
    token: fc.anything(),
    proof: fc.anything(),
    error: fc.anything(),
  }, { requiredKeys: [] }).map(jsonOf),
);

Deno.test("whatever comes as a line is a request or a fault, and nothing else happens", () => {
  fc.assert(
    fc.property(lines, (line) => {
      try {
        const { id, method, params } = readRequest(line);
        assert.ok(Number.isSafeInteger(id) && METHODS.includes(method));
        for (const value of Object.values(params)) assert.ok(value === null || value.length <= 500);
      } catch (fault) {
        assert.ok(fault instanceof ControlFault, String(fault));
      }
      const id = idOf(line);
      assert.ok(id === null || id >= 0);
    }),
    { numRuns: 500 },
  );
});

Deno.test("whatever another program says is no welcome, no token and no answer", () => {
  fc.assert(fc.property(lines, (line) => {
    assert.equal(readHello(line), null);
    const welcome = readWelcome(line);
    assert.ok(welcome === null || welcome instanceof ControlFault);
    try {
      readAnswer(line, 77_123);
      assert.fail("an answer");
    } catch (fault) {
      assert.ok(fault instanceof ControlFault, String(fault));
    }
  }));
});

Deno.test("what one side writes the other reads", () => {
  assert.equal(readHello(helloLine(TOKEN)), TOKEN);
  const welcome = { proof: TOKEN, env: "demo", version: "0.1.0" } as const;
  assert.deepEqual(readWelcome(welcomeLine(welcome)), welcome);
  const request = {
    id: 7,
    method: "acknowledge",
    params: { account: null, symbol: null, breach: "max_drawdown_pct", note: "seen" },
  } as const;
  assert.deepEqual(readRequest(requestLine(request)), request);
  assert.deepEqual(readAnswer('{"id":7,"result":null}', 7), null);
});

Deno.test("a note carries nothing that moves a cursor", () => {
  const note = "a\u001b[31mred\u0007\r\nb\u202ec";
  const request = readRequest(JSON.stringify({ id: 1, method: "acknowledge", params: { note } }));
  assert.equal(request.params.note, "a [31mred b c");
  assert.equal(readRequest('{"id":1,"method":"status","params":{"note":"\\u0007"}}').params.note, null);
});

Deno.test("only methods that read or acknowledge exist", () => {
  assert.deepEqual([...METHODS], [
    ...["status", "snapshot", "positions", "breaches", "acknowledge", "takeBack", "completions"],
  ]);
  assert.throws(() => readRequest('{"id":1,"method":"placeOrder"}'), { code: "unknown-method" });
});

Deno.test("secrets are the same when every character is", () => {
  assert.equal(isSameSecret(TOKEN, TOKEN), true);
  for (const other of ["", "ab", `${TOKEN}ab`, TOKEN.replace(/^a/, "b"), TOKEN.replace(/b$/, "a")]) {
    assert.equal(isSameSecret(TOKEN, other), false, other);
    assert.equal(isSameSecret(other, TOKEN), false, other);
  }
});

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part) => typeof part === "bigint" ? String(part) : part) ?? "";
  } catch {
    // Generated values may hold themselves.
    return "{}";
  }
}
