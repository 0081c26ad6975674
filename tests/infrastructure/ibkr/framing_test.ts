import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { FrameFault, FrameReader, MAX_FRAME_BYTES } from "../../../src/infrastructure/ibkr/framing.ts";

function framed(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, 4);
  return frame;
}

function withLength(length: number): Uint8Array {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

Deno.test("frames come out whole and in order, however the bytes were cut", () => {
  const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from([...bytes, 0]));
  fc.assert(
    fc.property(fc.array(body, { maxLength: 12 }), fc.array(fc.nat(400), { maxLength: 40 }), (bodies, cuts) => {
      const seen: number[][] = [];
      const reader = new FrameReader((frame) => seen.push([...frame]));
      const stream = new Uint8Array(bodies.flatMap((each) => [...framed(each)]));
      let at = 0;
      for (const cut of cuts) {
        reader.push(stream.subarray(at, at + cut));
        at = Math.min(stream.length, at + cut);
      }
      reader.push(stream.subarray(at));
      assert.deepEqual(seen, bodies.map((each) => [...each]));
    }),
  );
});

for (const length of [0xfffffffc, 0x80000000, 0x7fffffff, MAX_FRAME_BYTES + 1, 0]) {
  Deno.test(`a length of 0x${length.toString(16)} is refused before anything else is read`, () => {
    const reader = new FrameReader(() => assert.fail("no frame can be there"));
    assert.throws(() => reader.push(withLength(length)), FrameFault);
  });
}

Deno.test("a frame that does not end in NUL is refused", () => {
  const reader = new FrameReader(() => assert.fail("the frame is broken"));
  assert.throws(() => reader.push(framed(Uint8Array.from([0x34, 0, 0x31]))), /does not end in NUL/);
});

Deno.test("half a frame waits for its other half", () => {
  let frames = 0;
  const reader = new FrameReader(() => frames++);
  const frame = framed(Uint8Array.from([0x39, 0]));
  reader.push(frame.subarray(0, 5));
  assert.equal(frames, 0);
  reader.push(frame.subarray(5));
  assert.equal(frames, 1);
});

Deno.test("nothing is handed out after the reader was stopped, even of bytes already there", () => {
  let frames = 0;
  const reader = new FrameReader(() => {
    frames++;
    reader.stop();
  });
  const frame = framed(Uint8Array.from([0x39, 0]));
  reader.push(Uint8Array.from([...frame, ...frame]));
  assert.equal(frames, 1);
});
