import assert from "node:assert/strict";
import { VirtualClock } from "../support/virtual_clock.ts";
import { OutputFailed, OutputStream } from "../../src/presentation/output_stream.ts";

/** Takes at most `limit` bytes a write, and only when released. */
class SlowWriter {
  text = "";
  #release: (() => void) | null = null;
  constructor(readonly limit: number) {}
  async write(bytes: Uint8Array): Promise<number> {
    await new Promise<void>((resolve) => this.#release = resolve);
    const part = bytes.subarray(0, this.limit);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }
  async release(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.#release?.();
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
}

Deno.test("a block that the writer takes in parts arrives whole", async () => {
  const writer = new SlowWriter(2);
  const output = new OutputStream(writer, 8);
  output.write("abcde");
  await writer.release(3);
  await output.flush();
  assert.equal(writer.text, "abcde");
});

Deno.test("a slow reader loses the oldest waiting blocks, which are counted, and never blocks the writer", async () => {
  const writer = new SlowWriter(100);
  const output = new OutputStream(writer, 2);
  for (const block of ["1", "2", "3", "4", "5"]) output.write(block);
  await writer.release(10);
  await output.flush();
  // "1" is being written, then two may wait: 2 and 3 make room for 4 and 5.
  assert.equal(writer.text, "145");
  assert.equal(output.dropped, 2);
});

Deno.test("a reader that goes away ends the output without an error", async () => {
  let closed = 0;
  const output = new OutputStream({ write: () => Promise.reject(new Deno.errors.BrokenPipe("pipe")) }, 2);
  output.onClosed(() => closed++);
  output.write("x");
  await output.flush();
  output.write("y");
  await output.flush();
  assert.equal(closed, 1);
});

Deno.test("a disk that is full ends the output with an error that says so", async () => {
  let closed = 0;
  const full = new Error("No space left on device (os error 28)");
  const output = new OutputStream({ write: () => Promise.reject(full) }, 2);
  output.onClosed(() => closed++);
  output.write("x");
  await assert.rejects(output.flush(), (fault) => {
    assert(fault instanceof OutputFailed);
    assert.match(fault.message, /^Cannot write all of it to standard output: No space left on device/);
    return true;
  });
  assert.equal(closed, 1);
});

Deno.test("at the end a reader that stands still is given up, and one that is only slow is not", async () => {
  const clock = new VirtualClock();
  const slow = new SlowWriter(1);
  const output = new OutputStream(slow, 2);
  output.write("abcdefgh");
  let taken = 0;
  let end = "";
  const finished = output.finish(clock, 5_000, () => taken++).then(() => end = "done", (fault) => end = fault.message);
  for (let i = 0; i < 4; i++) {
    await slow.release(1);
    await clock.advance(4_000);
  }
  assert.deepEqual([slow.text, taken, end], ["abcd", 4, ""]);
  await clock.advance(2_000);
  await finished;
  assert.equal(end, "Cannot write all of it to standard output: its reader took nothing for 5 s");
});

Deno.test("at the end what waits is written, and no timer stays behind", async () => {
  const clock = new VirtualClock();
  const slow = new SlowWriter(100);
  const output = new OutputStream(slow, 2);
  output.write("a");
  const finished = output.finish(clock, 5_000, () => {});
  await slow.release(1);
  await finished;
  assert.equal(slow.text, "a");
});
