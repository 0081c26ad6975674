/** Frames that no gateway should send, and some do. */
import { frame, UNSET } from "./frame.ts";
import type { GARBAGE } from "./scenario.ts";

/** Bytes of one kind of nonsense. `truncated` is the beginning of a frame whose rest never comes. */
export function garbage(form: typeof GARBAGE[number]): Uint8Array {
  switch (form) {
    case "negative-length":
      return Uint8Array.of(0xff, 0xff, 0xff, 0xfc, 0x31, 0x00);
    case "oversize":
      return Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 0x31, 0x00);
    case "unknown-message":
      return frame([4711, 1, "of a later version", UNSET]);
    case "text-for-number":
      return frame([1, 6, "one", "bid", "n/a", "many", 0]);
    case "missing-fields":
      return frame([61, 3]);
    case "truncated":
      return frame([61, 3, "DU1", 76792991, "TSLA", "STK"]).subarray(0, 12);
  }
}
