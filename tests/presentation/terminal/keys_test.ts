import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { type Key, KeyDecoder } from "../../../src/presentation/terminal/keys.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function keys(...pieces: readonly string[]): string[] {
  const decoder = new KeyDecoder();
  const read = pieces.flatMap((piece) => decoder.push(bytes(piece)));
  return [...read, ...decoder.flush()].map(told);
}

function told(key: Key): string {
  switch (key.kind) {
    case "named":
      return `<${key.name}>`;
    case "control":
      return `^${key.letter}`;
    case "paste":
      return `paste:${key.text}`;
    case "reply":
      return `reply:${key.text}`;
    case "text":
      return key.text;
  }
}

Deno.test("arrows, pages and ends are keys in both of the terminal's modes", () => {
  assert.deepEqual(keys("\x1b[A\x1b[B\x1bOA\x1bOB"), ["<up>", "<down>", "<up>", "<down>"]);
  assert.deepEqual(keys("\x1b[5~\x1b[6~\x1b[H\x1b[F\x1b[1~\x1b[4~"), [
    "<pageUp>",
    "<pageDown>",
    "<home>",
    "<end>",
    "<home>",
    "<end>",
  ]);
  assert.deepEqual(keys("\t\x1b[Z\r\x7f"), ["<tab>", "<shiftTab>", "<enter>", "<backspace>"]);
});

Deno.test("Ctrl+C and Ctrl+L are control keys", () => {
  assert.deepEqual(keys("\x03\x0c"), ["^c", "^l"]);
});

Deno.test("a lone Esc is a key once nothing follows it", () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.push(bytes("\x1b")), []);
  assert.equal(decoder.waiting, true);
  assert.deepEqual(decoder.flush().map(told), ["<escape>"]);
  assert.equal(decoder.waiting, false);
});

Deno.test("Esc and another key typed fast are two keys", () => {
  assert.deepEqual(keys("\x1bq"), ["<escape>", "q"]);
  assert.deepEqual(keys("\x1b\x1b"), ["<escape>", "<escape>"]);
});

Deno.test("a sequence may arrive in any pieces", () => {
  assert.deepEqual(keys("\x1b", "[", "5", "~", "j"), ["<pageUp>", "j"]);
});

Deno.test("a character of several bytes may be cut anywhere", () => {
  const whole = bytes("é漢👍");
  const decoder = new KeyDecoder();
  const read = [...whole].flatMap((byte) => decoder.push(Uint8Array.of(byte))).map(told);
  assert.deepEqual(read, ["é", "漢", "👍"]);
});

Deno.test("the mouse wheel scrolls and its buttons do nothing", () => {
  assert.deepEqual(keys("\x1b[<64;10;5M\x1b[<65;10;5M\x1b[<0;10;5M\x1b[<0;10;5m"), ["<wheelUp>", "<wheelDown>"]);
});

Deno.test("pasted text is one key, its control characters gone", () => {
  assert.deepEqual(keys("\x1b[200~buy\x1b[31m q\n300\x03\x1b[201~j"), ["paste:buy[31m q 300", "j"]);
  assert.deepEqual(keys("\x1b[200~ab", "cd\x1b[20", "1~"), ["paste:abcd"]);
});

Deno.test("pasted text whose end does not come is over once nothing follows, and keys are keys again", () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.push(bytes("\x1b[200~")).map(told), []);
  assert.ok(decoder.waiting && decoder.pasting);
  assert.deepEqual(decoder.push(bytes("quit")).map(told), []);
  assert.deepEqual(decoder.flush().map(told), ["paste:quit"]);
  assert.ok(!decoder.waiting && !decoder.pasting);
  assert.deepEqual(decoder.push(bytes("j")).map(told), ["j"]);
});

Deno.test("the answer about the background is no keystroke", () => {
  assert.deepEqual(keys("\x1b]11;rgb:ffff/ffff/ffff\x1b\\q"), ["reply:11;rgb:ffff/ffff/ffff", "q"]);
  assert.deepEqual(keys("\x1b]11;rgb:0000/0000/0000\x07"), ["reply:11;rgb:0000/0000/0000"]);
});

Deno.test("unknown sequences are dropped and the keys after them are read", () => {
  assert.deepEqual(keys("\x1b[99;99~\x1b[?62;4cj"), ["j"]);
});

Deno.test("no bytes at all, in any pieces, break the decoder or leave it waiting", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }), (pieces) => {
      const decoder = new KeyDecoder();
      for (const piece of pieces) decoder.push(piece);
      decoder.flush();
      assert.equal(decoder.waiting, false);
      assert.deepEqual(decoder.push(bytes("j")).map(told).at(-1), "j");
    }),
    { numRuns: 500 },
  );
});
