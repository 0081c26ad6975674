/**
 * Whatever stands in any field of any message (a sentinel, NaN, text, nothing), no such number reaches a snapshot: fields
 * are replaced on their way from the gateway, over the whole path.
 */
import assert from "node:assert/strict";
import type { ByteStream, Network } from "../../src/application/ports/network.ts";
import { MemoryNetwork } from "../support/memory_network.ts";
import { seededRandom, VirtualClock } from "../support/virtual_clock.ts";
import { assemble } from "../support/world.ts";

const SEEDS = 40;
const REPLACEMENTS = [
  "1.7976931348623157E308",
  "-1.7976931348623157E308",
  "NaN",
  "Infinity",
  "-1",
  "-2",
  "",
  "x",
];
/** Far above anything that the drill book holds, far below a sentinel. */
const ABSURD = 1e13;
const FIRST_TAMPERED = 6;

const scenario = await Deno.readTextFile(new URL("./drill_book.yaml", import.meta.url));

for (let seed = 1; seed <= SEEDS; seed++) {
  Deno.test(`tampered fields, seed ${seed}: no sentinel, NaN or text reaches a number of the snapshot`, async () => {
    const clock = new VirtualClock();
    const random = seededRandom(seed);
    const network = new MemoryNetwork(clock);
    let tampered = 0;
    const world = await assemble(
      { scenario, seed, settings: (settings) => ({ ...settings, manual: { ...settings.manual, enabled: false } }) },
      clock,
      tamperingWith(network, random, () => tampered++),
      7497,
    );
    for (let second = 0; second < 30; second++) {
      world.gateway.happen({ kind: "price", contract: "AAPL", price: null, change: (random() - 0.5) * 0.01 });
      await clock.advance(1_000);
    }
    assert.ok(tampered > 20, `only ${tampered} fields were replaced`);
    assert.ok(world.snapshots.length > 50);
    for (const snapshot of world.snapshots) assertSane(snapshot, "snapshot");
    world.monitor.stop();
    const stopped = Promise.all([world.feed.stop(), world.gateway.stop()]);
    await clock.advance(100);
    await stopped;
  });
}

/** Replaces a field in some of the messages that come back, once the session stands. */
function tamperingWith(network: Network, random: () => number, note: () => void): Network {
  return {
    listen: (address, accept) => network.listen(address, accept),
    connect: (address, events, signal) =>
      network.connect(address, (stream: ByteStream) => {
        const inner = events(stream);
        let messages = 0;
        return {
          onData(bytes) {
            inner.onData(mapFrames(bytes, (fields) => {
              if (++messages <= FIRST_TAMPERED || random() > 0.1 || fields.length < 3) return fields;
              note();
              const place = 1 + Math.floor(random() * (fields.length - 2));
              const changed = [...fields];
              changed[place] = REPLACEMENTS[Math.floor(random() * REPLACEMENTS.length)]!;
              return changed;
            }));
          },
          onClose: (cause) => inner.onClose(cause),
        };
      }, signal),
  };
}

/** The simulated gateway writes whole messages, so a chunk never ends within one. */
function mapFrames(bytes: Uint8Array, change: (fields: readonly string[]) => readonly string[]): Uint8Array {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const parts: number[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = view.getUint32(at);
    const fields = decoder.decode(bytes.subarray(at + 4, at + 4 + length)).split("\0");
    const body = encoder.encode(change(fields).join("\0"));
    parts.push(body.length >>> 24, (body.length >>> 16) & 255, (body.length >>> 8) & 255, body.length & 255, ...body);
    at += 4 + length;
  }
  return Uint8Array.from(parts);
}

function assertSane(value: unknown, path: string): void {
  if (typeof value === "number") {
    assert.ok(Number.isFinite(value) && Math.abs(value) < ABSURD, `${path} is ${value}`);
  } else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) assertSane(inner, `${path}.${key}`);
  }
}
