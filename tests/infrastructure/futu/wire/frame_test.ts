import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "../../../support/property.ts";
import { encodeFrame, type Frame, FrameFault, FrameReader } from "../../../../src/infrastructure/futu/wire/frame.ts";

const HEADER_BYTES = 44;
const FRAME: Frame = { protoId: 2102, serial: 7, body: Uint8Array.of(1, 2, 3, 250) };

Deno.test("a frame is FT, message, format, version, serial, length, SHA-1, 8 zeros, body", () => {
  const bytes = encodeFrame({ protoId: 1001, serial: 0x01020304, body: Uint8Array.of(9, 8) });
  const hash = createHash("sha1").update(Uint8Array.of(9, 8)).digest();
  assert.deepEqual([...bytes], [
    ...[0x46, 0x54],
    // 1001 = 0x03e9, little endian.
    ...[0xe9, 0x03, 0, 0],
    ...[0, 0],
    ...[4, 3, 2, 1],
    ...[2, 0, 0, 0],
    ...hash,
    ...Array(8).fill(0),
    ...[9, 8],
  ]);
});

Deno.test("a frame split at every byte is the same frame", () => {
  const bytes = encodeFrame(FRAME);
  for (let at = 0; at <= bytes.length; at++) {
    const reader = new FrameReader();
    const frames = [...reader.read(bytes.subarray(0, at)), ...reader.read(bytes.subarray(at))];
    assert.deepEqual(frames, [FRAME], `split at ${at}`);
    assert.equal(reader.pending, 0);
  }
});

Deno.test("frames cut into pieces of any size come out whole and in order", () => {
  const frame = fc.record({
    protoId: fc.nat({ max: 2 ** 32 - 1 }),
    serial: fc.nat({ max: 2 ** 32 - 1 }),
    body: fc.uint8Array({ maxLength: 300 }),
  }, { noNullPrototype: true });
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      (sent, sizes) => {
        const stream = joined(sent.map(encodeFrame));
        const reader = new FrameReader();
        const got: Frame[] = [];
        for (let at = 0; at < stream.length;) {
          const size = sizes.next().value;
          got.push(...reader.read(stream.subarray(at, at + size)));
          at += size;
        }
        assert.deepEqual(got, sent);
        assert.equal(reader.pending, 0);
      },
    ),
  );
});

Deno.test("several frames in one read come out one after the other, and the beginning of the next waits", () => {
  const bytes = joined([
    encodeFrame(FRAME),
    encodeFrame({ ...FRAME, serial: 8 }),
    encodeFrame(FRAME).subarray(0, 47),
  ]);
  const reader = new FrameReader();
  assert.deepEqual([...reader.read(bytes)].map(({ serial }) => serial), [7, 8]);
  assert.equal(reader.pending, 47);
});

Deno.test("whoever stops at one frame finds the next at the following read", () => {
  const reader = new FrameReader();
  const bytes = joined([encodeFrame(FRAME), encodeFrame({ ...FRAME, serial: 8 })]);
  for (const { serial } of reader.read(bytes)) {
    assert.equal(serial, 7);
    break;
  }
  assert.deepEqual([...reader.read(new Uint8Array())].map(({ serial }) => serial), [8]);
});

Deno.test("a frame keeps its body when the bytes that it came in are used again", () => {
  const bytes = encodeFrame(FRAME);
  const reader = new FrameReader();
  const [first] = [...reader.read(bytes)];
  bytes.fill(0);
  const other = encodeFrame({ ...FRAME, body: Uint8Array.of(7, 7, 7, 7) });
  assert.equal([...reader.read(other)].length, 1);
  assert.deepEqual(first?.body, FRAME.body);
});

Deno.test("a frame without a body is a frame", () => {
  const empty = { protoId: 1004, serial: 1, body: new Uint8Array() };
  assert.deepEqual([...new FrameReader().read(encodeFrame(empty))], [empty]);
});

Deno.test("a frame of 3 MB in pieces of 64 KB is read in time that grows with its size alone", () => {
  const body = new Uint8Array(3_000_000).map((_, at) => at * 31);
  const bytes = encodeFrame({ protoId: 2102, serial: 1, body });
  const reader = new CountingReader();
  let frames = 0;
  for (let at = 0; at < bytes.length; at += 65_536) frames += reader.take(bytes.subarray(at, at + 65_536));
  assert.equal(frames, 1);
  // Each byte is put into the buffer once, and moved when it grows: 64 KB, 128 KB, …, 4 MB add up to less than two more.
  assert(reader.copied < 4 * bytes.length, `${reader.copied} bytes were copied for ${bytes.length}`);
});

/** Counts what `Uint8Array.set` moves while a piece is read. */
class CountingReader {
  readonly #reader = new FrameReader();
  copied = 0;

  take(piece: Uint8Array): number {
    const set = Uint8Array.prototype.set;
    // deno-lint-ignore no-this-alias
    const counter = this;
    Uint8Array.prototype.set = function (this: Uint8Array, source: ArrayLike<number>, offset?: number) {
      counter.copied += source.length;
      set.call(this, source, offset);
    };
    try {
      return [...this.#reader.read(piece)].length;
    } finally {
      Uint8Array.prototype.set = set;
    }
  }
}

function faultOf(bytes: Uint8Array, maxBody?: number): RegExp | string {
  try {
    return `${[...new FrameReader(maxBody).read(bytes)].length} frames`;
  } catch (error) {
    assert(error instanceof FrameFault, String(error));
    return error.message;
  }
}

function withByte(at: number, byte: number): Uint8Array {
  const bytes = encodeFrame(FRAME);
  bytes[at] = byte;
  return bytes;
}

Deno.test("a wrong SHA-1 is a fault that names the message and the likely causes", () => {
  const said = "the SHA-1 of a frame (message 2102) is wrong: it was damaged, or encrypted by an OpenD with an RSA key";
  for (let at = 16; at < 36; at++) assert.equal(faultOf(withByte(at, encodeFrame(FRAME)[at]! ^ 1)), said);
  for (let at = HEADER_BYTES; at < HEADER_BYTES + 4; at++) {
    assert.equal(faultOf(withByte(at, encodeFrame(FRAME)[at]! ^ 1)), said);
  }
});

Deno.test("what does not begin with FT is a fault at its first byte", () => {
  assert.match(String(faultOf(withByte(0, 0x47))), /does not begin with FT/);
  assert.match(String(faultOf(withByte(1, 0x58))), /does not begin with FT/);
  assert.match(String(faultOf(new TextEncoder().encode("H"))), /does not begin with FT/);
  assert.match(String(faultOf(new TextEncoder().encode("FX"))), /does not begin with FT/);
});

Deno.test("a frame in JSON is a fault that says so", () => {
  assert.equal(faultOf(withByte(6, 1)), "a frame came in format 1; only 0 (protobuf) is read");
});

Deno.test("a frame longer than the bound is a fault as soon as its header is there", () => {
  const header = encodeFrame({ ...FRAME, body: new Uint8Array(11) }).subarray(0, HEADER_BYTES);
  assert.equal(faultOf(header, 10), "a frame announces 11 bytes; more than 10 are not read");
  assert.equal(faultOf(header, 11), "0 frames");
});

Deno.test("frames before a faulty one come out, and nothing after it", () => {
  const reader = new FrameReader();
  const got: number[] = [];
  const bytes = joined([encodeFrame(FRAME), withByte(20, 0), encodeFrame({ ...FRAME, serial: 9 })]);
  assert.throws(() => {
    for (const { serial } of reader.read(bytes)) got.push(serial);
  }, FrameFault);
  assert.deepEqual(got, [7]);
  assert.equal(reader.pending, 0);
  assert.throws(() => [...reader.read(encodeFrame(FRAME))], FrameFault);
});

Deno.test("any bytes are frames or a FrameFault, and never anything else", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
    faultOf(bytes);
    faultOf(joined([Uint8Array.of(0x46, 0x54), bytes]), 64);
  }));
});

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
