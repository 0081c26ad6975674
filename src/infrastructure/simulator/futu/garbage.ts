/** Frames that OpenD should not send, and that may come all the same. */
import { encodeFrame } from "../../futu/wire/frame.ts";
import { NOTIFY, UPDATE_ORDER_FILL } from "../../futu/wire/messages.ts";
import { pushFrame } from "./answering.ts";
import type { GARBAGE } from "./scenario.ts";

const SERIAL = 900_001;
const UNKNOWN_PROTO = 9999;

/** Bytes of one kind of nonsense. `truncated` is the beginning of a frame whose rest never comes. */
export function garbage(form: typeof GARBAGE[number]): Uint8Array {
  switch (form) {
    case "bad-sha": {
      const frame = notice();
      // A bit of the SHA-1 itself.
      frame[16]! ^= 1;
      return frame;
    }
    case "truncated": {
      const frame = notice();
      return frame.subarray(0, frame.length - 9);
    }
    case "oversized": {
      const frame = notice();
      new DataView(frame.buffer).setUint32(12, 0x7fff_ffff, true);
      return frame;
    }
    case "unknown":
      return encodeFrame({ protoId: UNKNOWN_PROTO, serial: SERIAL, body: Uint8Array.of(8, 0, 34, 2, 8, 1) });
    case "unreadable":
      // A whole frame whose message breaks off in the middle of a field.
      return encodeFrame({
        protoId: UPDATE_ORDER_FILL.protoId,
        serial: SERIAL,
        body: Uint8Array.of(8, 0, 34, 200, 1, 10),
      });
  }
}

function notice(): Uint8Array {
  return pushFrame(NOTIFY, { type: 1, event: { eventType: 0, desc: "a notice that is damaged on its way" } }, SERIAL);
}
