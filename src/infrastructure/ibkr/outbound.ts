/**
 * What may be written to TWS: requests for data, their cancellation, and the start of the session. Nothing else leaves
 * this program, so no order can be placed, changed, cancelled or exercised through it, whatever the library offers.
 */

/** Message numbers of the TWS protocol, by the names of IBKR's own clients. */
export const ALLOWED_REQUESTS: ReadonlyMap<number, string> = new Map([
  [1, "REQ_MKT_DATA"],
  [2, "CANCEL_MKT_DATA"],
  [6, "REQ_ACCOUNT_DATA"],
  [7, "REQ_EXECUTIONS"],
  [9, "REQ_CONTRACT_DATA"],
  // Not REQ_OPEN_ORDERS (5): with client id 0 it takes hold of orders entered by hand.
  [16, "REQ_ALL_OPEN_ORDERS"],
  [17, "REQ_MANAGED_ACCTS"],
  [20, "REQ_HISTORICAL_DATA"],
  [25, "CANCEL_HISTORICAL_DATA"],
  [49, "REQ_CURRENT_TIME"],
  [59, "REQ_MARKET_DATA_TYPE"],
  [61, "REQ_POSITIONS"],
  [62, "REQ_ACCOUNT_SUMMARY"],
  [63, "CANCEL_ACCOUNT_SUMMARY"],
  [64, "CANCEL_POSITIONS"],
  [71, "START_API"],
  [92, "REQ_PNL"],
  [93, "CANCEL_PNL"],
  [94, "REQ_PNL_SINGLE"],
  [95, "CANCEL_PNL_SINGLE"],
]);

/** Why a message must not be written, in words; null when it may. */
export type OutboundVerdict = string | null;

const GREETING = "API\0";

/**
 * Judges one message as it would stand on the wire: the greeting as the first of a connection, then frames that hold
 * exactly one message each, of an allowed number.
 */
export function judgeOutbound(bytes: Uint8Array, first: boolean): OutboundVerdict {
  if (first) return startsWithGreeting(bytes) ? null : "the first bytes of a connection must be the greeting";
  if (bytes.length < 6) return "it is too short to be a message";
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0);
  if (length !== bytes.length - 4) return `its length says ${length} and it has ${bytes.length - 4} bytes`;
  const number = leadingNumber(bytes);
  if (number === null) return "it does not start with a message number";
  return ALLOWED_REQUESTS.has(number) ? null : `message ${number} is not a request for data`;
}

function startsWithGreeting(bytes: Uint8Array): boolean {
  for (let i = 0; i < GREETING.length; i++) if (bytes[i] !== GREETING.charCodeAt(i)) return false;
  return true;
}

function leadingNumber(bytes: Uint8Array): number | null {
  let number = 0;
  for (let i = 4; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0) return i > 4 ? number : null;
    if (byte < 0x30 || byte > 0x39 || i > 8) return null;
    number = number * 10 + (byte - 0x30);
  }
  return null;
}
