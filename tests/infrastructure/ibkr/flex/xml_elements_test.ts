import assert from "node:assert/strict";
import { bytesSource } from "../../../../src/infrastructure/ibkr/flex/statement_source.ts";
import { UnreadableXml, XmlElements } from "../../../../src/infrastructure/ibkr/flex/xml_elements.ts";

interface Seen {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly depth: number;
}

function readAll(bytes: Uint8Array | string, pieceLength = 7): Seen[] {
  const seen: Seen[] = [];
  const elements = new XmlElements({
    open: (name, attributes, depth) => seen.push({ name, attributes: { ...attributes }, depth }),
  });
  const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  for (let from = 0; from < all.length; from += pieceLength) elements.write(all.subarray(from, from + pieceLength));
  elements.end();
  return seen;
}

Deno.test("elements come with their attributes decoded, wherever the pieces are cut", () => {
  const text = `<?xml version="1.0"?>\n<a><b name="M&amp;M &#233;&#x20AC; é€😀" empty=""/></a>`;
  for (let length = 1; length <= 12; length++) {
    assert.deepEqual(readAll(text, length), [
      { name: "a", attributes: {}, depth: 1 },
      { name: "b", attributes: { name: "M&M é€ é€😀", empty: "" }, depth: 2 },
    ]);
  }
});

Deno.test("a byte order mark before a document is passed over", () => {
  assert.equal(readAll("\uFEFF<a/>").length, 1);
});

Deno.test("attributes named like an object's own members are plain attributes", () => {
  const { attributes } = readAll(`<a __proto__="x" constructor="y"/>`)[0]!;
  assert.deepEqual(Object.entries(attributes), [["__proto__", "x"], ["constructor", "y"]]);
});

Deno.test("a document type is refused, and with it entities that grow without end", () => {
  const bomb = `<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a x="&c;"/>`;
  assert.throws(() => readAll(bomb), /document type/);
  assert.throws(() => readAll(`<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`), UnreadableXml);
});

Deno.test("an entity that XML does not define is refused", () => {
  assert.throws(() => readAll(`<a x="&c;"/>`), UnreadableXml);
});

Deno.test("a document that was cut off is refused, wherever it was cut", () => {
  const text = `<a><b c="d"/><e>f</e></a>`;
  for (let length = 0; length < text.length; length++) {
    assert.throws(() => readAll(text.slice(0, length)), UnreadableXml, `cut after ${length}`);
  }
  assert.equal(readAll(text).length, 3);
});

Deno.test("what is not well-formed is refused with its line", () => {
  assert.throws(() => readAll(`<a>\n<b x="1" x="2"/></a>`), /line 2.*duplicate attribute/);
  assert.throws(() => readAll(`<a>\n\n</b></a>`), /line 3/);
  assert.throws(() => readAll(`<a/><a/>`), UnreadableXml);
  assert.throws(() => readAll("AccountId,Symbol\n1,2"), UnreadableXml);
});

Deno.test("bytes that are no UTF-8 are refused", () => {
  assert.throws(() => readAll(new Uint8Array([60, 97, 32, 120, 61, 34, 0xff, 0xfe, 34, 47, 62])), /UTF-8/);
});

Deno.test("nesting without end is refused", () => {
  assert.throws(() => readAll("<a>".repeat(1_000_000), 65_536), /nest deeper/);
});

Deno.test("one attribute or text without end is refused before it fills memory", () => {
  const piece = new TextEncoder().encode("x".repeat(65_536));
  for (const start of [`<a x="`, "<a>", "<a><!--"]) {
    const elements = new XmlElements({ open() {} });
    elements.write(new TextEncoder().encode(start));
    assert.throws(() => {
      for (let count = 0; count < 100; count++) elements.write(piece);
    }, /more than 1048576 characters/);
  }
});

Deno.test("a source gives the same bytes each time it is opened", async () => {
  const source = bytesSource("x".repeat(100_000) + "é");
  for (let time = 0; time < 2; time++) {
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of source()) text += decoder.decode(piece, { stream: true });
    assert.equal(text.length, 100_001);
  }
});
