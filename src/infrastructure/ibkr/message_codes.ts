/**
 * IBKR's message codes: what each one makes us do, and what to tell the user to do about it.
 *
 * A code arrives with the number of the request it belongs to, or with −1 when it speaks of the whole session.
 */

/** What a code means for the session when it names no request. */
export type SessionAction =
  /** TWS lost IBKR's servers; the socket to TWS is fine and stays. */
  | "servers-lost"
  /** Back, and every subscription must be asked for again. */
  | "servers-back-data-lost"
  /** Back, and every subscription goes on. */
  | "servers-back-data-kept"
  | "farm-down"
  | "farm-up"
  | "farm-idle"
  /** Another client uses our id: wait, then try again. */
  | "client-id-in-use"
  /** TWS will close or has closed the connection. */
  | "disconnect"
  | "too-fast"
  | "competing-session"
  /** A simulated gateway says what it is. */
  | "simulated"
  /** Nothing to do but note it. */
  | "note";

/** What a code means for the request it names. */
export type RequestAction =
  /** The stream ended for lack of a subscription; asked for again at `retryMs`. */
  | "no-permission"
  /** The stream ended because the same user looks at live data elsewhere; asked for again soon. */
  | "competing-session"
  /** Only a part is missing; the stream goes on. */
  | "partly-no-permission"
  /** Delayed data comes instead; the stream goes on. */
  | "delayed"
  /** The contract or the request is wrong; asking again would not help soon. */
  | "refused"
  /** No market-data line is left. */
  | "no-line-left"
  /** The number is taken or unknown: ask again under a new one, or nothing. */
  | "ask-again"
  | "already-ended"
  /** A warning; the stream goes on. */
  | "note";

export interface MessageCode {
  readonly code: number;
  readonly session: SessionAction;
  readonly request: RequestAction;
  /** When a stream that this code ended is asked for again; null: not before the next connection. */
  readonly retryMs: number | null;
  /** What the user can do, as the end of a sentence; empty when nothing. */
  readonly remedy: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

type Row = readonly [
  code: number,
  session: SessionAction,
  request: RequestAction,
  retryMs: number | null,
  remedy: string,
];

const ROWS: readonly Row[] = [
  [100, "too-fast", "note", null, "lower ibkr.requests_per_second; other clients of the same TWS count too"],
  [
    101,
    "note",
    "no-line-left",
    HOUR,
    "close watch lists in TWS, lower ibkr.market_data_lines, or buy quote booster packs",
  ],
  [102, "note", "ask-again", 0, ""],
  [103, "note", "ask-again", 0, ""],
  [110, "note", "refused", null, ""],
  [162, "note", "refused", 5 * MINUTE, ""],
  // What IBKR's history servers have to say; the answer or a 162 still comes.
  [165, "note", "note", null, ""],
  [200, "note", "refused", null, "the contract is unknown, expired or ambiguous at IBKR"],
  [203, "note", "refused", null, "the account may not trade this product"],
  [300, "note", "already-ended", null, ""],
  [310, "note", "already-ended", null, ""],
  [320, "note", "refused", null, "TWS could not read the request"],
  [321, "note", "refused", null, "TWS did not accept the request's fields"],
  [322, "note", "ask-again", 0, ""],
  [326, "client-id-in-use", "note", null, "give APEX an ibkr.client_id of its own, or close the other client"],
  [354, "note", "no-permission", HOUR, "subscribe to this exchange's data in Client Portal > Settings > Market Data"],
  [365, "note", "already-ended", null, ""],
  [366, "note", "already-ended", null, ""],
  [420, "note", "no-permission", HOUR, "subscribe to this exchange's data for API use"],
  [430, "note", "refused", null, ""],
  [501, "note", "note", null, ""],
  [502, "disconnect", "note", null, "start TWS or IB Gateway and allow API clients on that port"],
  [503, "disconnect", "note", null, "update TWS or IB Gateway"],
  [504, "note", "note", null, ""],
  [506, "disconnect", "note", null, "use a TWS or IB Gateway whose protocol this version speaks"],
  [507, "disconnect", "note", null, "something else may have written to the socket; the connection is made anew"],
  [508, "disconnect", "note", null, "the connection is made anew"],
  [1100, "servers-lost", "note", null, "TWS reconnects by itself; check its internet connection if it lasts"],
  [1101, "servers-back-data-lost", "note", null, ""],
  [1102, "servers-back-data-kept", "note", null, ""],
  [1300, "disconnect", "note", null, "the API port was changed in TWS: set ibkr.port to the new one"],
  [2100, "note", "note", null, ""],
  [2101, "note", "refused", 5 * MINUTE, ""],
  [2102, "note", "note", null, ""],
  [2103, "farm-down", "note", null, ""],
  [2104, "farm-up", "note", null, ""],
  [2105, "farm-down", "note", null, ""],
  [2106, "farm-up", "note", null, ""],
  [2107, "farm-idle", "note", null, ""],
  [2108, "farm-idle", "note", null, ""],
  [2110, "servers-lost", "note", null, "TWS reconnects by itself; check its internet connection if it lasts"],
  [2119, "note", "note", null, ""],
  [2150, "note", "refused", null, ""],
  [2157, "farm-down", "note", null, ""],
  [2158, "farm-up", "note", null, ""],
  [2199, "simulated", "note", null, ""],
  [
    10089,
    "note",
    "no-permission",
    HOUR,
    "subscribe to this exchange's data for API use, or set ibkr.market_data_type: 4 for delayed data",
  ],
  [10090, "note", "partly-no-permission", null, "part of this contract's data needs a subscription"],
  [10091, "note", "partly-no-permission", null, "part of this contract's data needs a subscription for API use"],
  [10148, "note", "note", null, ""],
  [10167, "note", "delayed", null, "live data of this exchange is not subscribed; delayed data is shown"],
  [
    10168,
    "note",
    "no-permission",
    HOUR,
    "subscribe to this exchange's data; where it offers delayed data, ibkr.market_data_type: 4 shows that instead",
  ],
  [
    10186,
    "note",
    "no-permission",
    HOUR,
    "subscribe to this exchange's data; where it offers delayed data, ibkr.market_data_type: 4 shows that instead",
  ],
  [10189, "note", "no-permission", HOUR, "subscribe to this exchange's data for API use"],
  [
    10197,
    "competing-session",
    "competing-session",
    30 * SECOND,
    "the same user takes live data elsewhere (TWS, mobile, Client Portal): log out there, or use a paper or second user",
  ],
  [10230, "note", "note", null, ""],
  [10285, "note", "refused", null, "update TWS or IB Gateway"],
];

const TABLE: ReadonlyMap<number, MessageCode> = new Map(
  ROWS.map(([code, session, request, retryMs, remedy]) => [code, { code, session, request, retryMs, remedy }]),
);

/** Every code of the table, for tests and documentation. */
export function messageCodes(): readonly MessageCode[] {
  return [...TABLE.values()];
}

/**
 * What a code makes us do. Codes that are not in the table: 2100 to 2199 are IBKR's warnings and change nothing; any
 * other ends the request it names, which is asked for again after five minutes in case it was passing.
 */
export function meaningOf(code: number): MessageCode {
  const known = TABLE.get(code);
  if (known !== undefined) return known;
  const warning = code >= 2100 && code < 2200;
  return {
    code,
    session: "note",
    request: warning ? "note" : "refused",
    retryMs: warning ? null : 5 * MINUTE,
    remedy: "",
  };
}

/** The farm that a message is about: "Market data farm connection is broken:usfarm" names `usfarm`. */
export function farmNameIn(text: string): string {
  const colon = text.lastIndexOf(":");
  return (colon < 0 ? text : text.slice(colon + 1)).trim().replace(/\.$/, "") || "unnamed";
}

/** Code, words and remedy as one line for the screen. */
export function describeMessage(code: number, text: string): string {
  const { remedy } = meaningOf(code);
  const said = text.trim().replace(/\s+/g, " ").slice(0, 200).replace(/[.;:]$/, "");
  return remedy === "" ? `IBKR ${code}: ${said}` : `IBKR ${code}: ${said} (${remedy})`;
}
