/** What was seen of TWS or IB Gateway, and what it means. */
import type { Environment } from "../settings.ts";
import { fail, type Finding, ok, skipped, warn } from "./finding.ts";

/** How far a connection came. */
export type GatewayContact =
  | { readonly kind: "session"; readonly clientId: number; readonly serverVersion: number }
  /** Nobody listens. */
  | { readonly kind: "refused" }
  /** The sandbox does not allow the address. */
  | { readonly kind: "forbidden" }
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The port takes the connection, and nothing answers the greeting. */
  | { readonly kind: "silent" }
  /** The port takes the connection and closes it again. */
  | { readonly kind: "hung-up"; readonly reason: string }
  /** Something that is not TWS, or of another age, listens. */
  | { readonly kind: "stranger"; readonly reason: string }
  /** TWS greeted and did not start the session. */
  | { readonly kind: "waiting" }
  /** Every id of the range is taken. */
  | { readonly kind: "ids-in-use" };

/** What came of asking for one quote. */
export type QuoteAnswer =
  /** As TWS numbers them: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen. */
  | { readonly kind: "quotes"; readonly dataType: 1 | 2 | 3 | 4 }
  | { readonly kind: "refused"; readonly code: number; readonly words: string; readonly isPermission: boolean }
  | { readonly kind: "silent" };

export interface SeenAccount {
  /** With its middle hidden. */
  readonly shown: string;
  readonly isPaper: boolean;
}

export interface GatewayExamination {
  readonly contact: GatewayContact;
  /** Of the usual ports, those that something else listens on; asked only where the configured one is refused. */
  readonly openPorts: readonly number[];
  /** Client ids that were refused as taken before one was accepted. */
  readonly idsInUse: readonly number[];
  readonly accounts: readonly SeenAccount[];
  /** Configured accounts that the login does not manage, with their middle hidden. */
  readonly unknownAccounts: readonly string[];
  readonly isSimulated: boolean;
  /** In words; null while TWS has IBKR's servers. */
  readonly serversLost: string | null;
  readonly farmsDown: readonly string[];
  /** Of TWS's clock before this machine's; null: it did not say. */
  readonly clockAheadSeconds: number | null;
  /** Whether TWS refuses orders from the API; null: it cannot be told. */
  readonly isReadOnly: boolean | null;
  readonly quote: QuoteAnswer | null;
}

/** What the configuration says of the gateway. */
export interface GatewayExpectation {
  readonly env: Environment;
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  readonly clientIdRange: number;
}

/** The usual ports, and who listens there. */
export const USUAL_PORTS: ReadonlyMap<number, string> = new Map([
  [7496, "TWS live"],
  [7497, "TWS paper"],
  [4001, "IB Gateway live"],
  [4002, "IB Gateway paper"],
]);

/** The symbol that a quote is asked for: everybody's subscription to US stocks has it. */
export const PROBE_SYMBOL = "SPY";

/** TWS gives whole seconds, and an answer may take one. */
export const CLOCK_TOLERANCE_SECONDS = 3;
/** Ages of quotes and the day's end are wrong from here on. */
export const CLOCK_FAULT_SECONDS = 60;

const API_SETTINGS =
  "in TWS: Global Configuration > API > Settings; in IB Gateway: Configure > Settings > API > Settings";

export const GATEWAY_CHECKS = {
  connection: "TWS connection",
  clientId: "Client id",
  account: "TWS account",
  servers: "IBKR servers",
  quotes: "Market data",
  clock: "Clock",
  readOnly: "Read-only API",
} as const;

/** One finding for each of `GATEWAY_CHECKS`, in their order. */
export function gatewayFindings(seen: GatewayExamination, expected: GatewayExpectation): readonly Finding[] {
  const connection = connectionFinding(seen, expected);
  if (seen.contact.kind !== "session") return [connection, ...withoutSession(seen, expected)];
  return [
    connection,
    clientIdFinding(seen.contact.clientId, seen, expected),
    accountFinding(seen, expected),
    serversFinding(seen),
    quoteFinding(seen),
    clockFinding(seen.clockAheadSeconds),
    readOnlyFinding(seen.isReadOnly),
  ];
}

function withoutSession(seen: GatewayExamination, expected: GatewayExpectation): Finding[] {
  const { connection: _, clientId, ...rest } = GATEWAY_CHECKS;
  const unknown = (check: string) => skipped(check, "not known without a session with TWS");
  const own = seen.contact.kind === "ids-in-use" ? allIdsTaken(expected) : unknown(clientId);
  return [own, ...Object.values(rest).map(unknown)];
}

function connectionFinding(seen: GatewayExamination, expected: GatewayExpectation): Finding {
  const { connection: check } = GATEWAY_CHECKS;
  const address = addressOf(expected.host, expected.port);
  const { contact } = seen;
  switch (contact.kind) {
    case "session":
      return ok(
        check,
        `${address} answers${seen.isSimulated ? " (simulated)" : ""}, server version ${contact.serverVersion}`,
      );
    case "refused":
      return fail(check, `Nothing listens on ${address}`, otherPort(seen.openPorts, expected));
    case "forbidden":
      return fail(check, `This executable may not reach ${address}`, buildWith(address));
    case "unreachable":
      return fail(
        check,
        `Cannot reach ${address}: ${contact.reason}`,
        "Check ibkr.host, that machine, and any firewall between",
      );
    case "silent":
      return fail(
        check,
        `${address} takes the connection and does not answer`,
        `Switch on Enable ActiveX and Socket Clients (${API_SETTINGS}), and look at its screen for a question to answer ` +
          "(login, or Accept incoming connection)",
      );
    case "hung-up":
      return fail(
        check,
        `${address} takes the connection and ends it: ${contact.reason}`,
        `Add this machine to Trusted IPs, or switch off Allow connections from localhost only (${API_SETTINGS})`,
      );
    case "stranger":
      return fail(
        check,
        `${address} is not a TWS that APEX can speak with: ${contact.reason}`,
        `Set ibkr.port to the Socket port of TWS or IB Gateway (${usualPorts()}), or update it`,
      );
    case "waiting":
      return fail(
        check,
        `${address} greets and does not start the session`,
        "Look at its screen: it waits for the login, or for a click on Accept incoming connection",
      );
    case "ids-in-use":
      return ok(check, `${address} answers`);
  }
}

function otherPort(open: readonly number[], { env, host, port }: GatewayExpectation): string {
  const start = `Start TWS or IB Gateway, log in, switch on Enable ActiveX and Socket Clients (${API_SETTINGS}), and ` +
    "compare its Socket port with ibkr.port";
  if (open.length === 0) return start;
  const found = open.map((each) => `${each} (${USUAL_PORTS.get(each)})`).join(", ");
  const wanted = open.find((each) => isPaperPort(each) === (env !== "prod"));
  if (wanted !== undefined) {
    return `${host} listens on ${found}: set ibkr.port: ${wanted} in config/${env}.yaml (or APEX_IBKR_PORT=${wanted})`;
  }
  const other = env === "prod" ? "a paper" : "the live";
  const instead = env === "prod" ? "apex --env dev" : "apex --env prod";
  return `${host} listens on ${found}, which is ${other} account: watch that with "${instead}", or start ` +
    `${env === "prod" ? "the live" : "the paper"} one on ${port}`;
}

function isPaperPort(port: number): boolean {
  return port === 7497 || port === 4002;
}

function usualPorts(): string {
  return [...USUAL_PORTS].map(([port, name]) => `${name} ${port}`).join(", ");
}

function clientIdFinding(clientId: number, { idsInUse }: GatewayExamination, expected: GatewayExpectation): Finding {
  const { clientId: check } = GATEWAY_CHECKS;
  if (idsInUse.length === 0) return ok(check, `${clientId} is free`);
  return warn(
    check,
    `${idsInUse.join(", ")} in use (326), ${clientId} is free: APEX takes the first that is free of ${
      idRange(expected)
    }`,
    "Nothing, if a monitor runs already; else give APEX an ibkr.client_id that no other program uses",
  );
}

function allIdsTaken(expected: GatewayExpectation): Finding {
  return fail(
    GATEWAY_CHECKS.clientId,
    `${idRange(expected)}: all in use (326)`,
    "Set ibkr.client_id to a number that no other program uses, or close the other program; TWS frees an id seconds " +
      "after its connection ended",
  );
}

function idRange({ clientId, clientIdRange }: GatewayExpectation): string {
  return clientIdRange > 1 ? `${clientId} to ${clientId + clientIdRange - 1}` : `${clientId}`;
}

function accountFinding(seen: GatewayExamination, { env }: GatewayExpectation): Finding {
  const { account: check } = GATEWAY_CHECKS;
  const { accounts, unknownAccounts, isSimulated } = seen;
  const names = accounts.map(({ shown }) => shown).join(", ");
  if (unknownAccounts.length > 0) {
    return fail(
      check,
      `ibkr.accounts names ${unknownAccounts.join(", ")}, which this login does not manage (it has ${names})`,
      "Correct ibkr.accounts, set it to [] for all, or log in to TWS as the user who manages them",
    );
  }
  if (isSimulated && env === "prod") {
    return fail(
      check,
      `${names}: simulated, and --env prod is for the live account`,
      "Set ibkr.port to the live TWS (7496) or IB Gateway (4001), or use --env demo",
    );
  }
  if (isSimulated) return ok(check, `${names} (simulated)`);
  if (env === "prod" && accounts.some(({ isPaper }) => isPaper)) {
    return fail(
      check,
      `${names}: a paper account, and --env prod is for the live one`,
      "Set ibkr.port to the live TWS (7496) or IB Gateway (4001) and log in there, or use --env dev",
    );
  }
  if (env !== "prod" && accounts.some(({ isPaper }) => !isPaper)) {
    return warn(
      check,
      `${names}: a live account, and --env ${env} is for paper trading`,
      "Use --env prod, which is stricter with quotes, or set ibkr.port to the paper TWS (7497) or IB Gateway (4002)",
    );
  }
  return ok(check, `${names} (${env === "prod" ? "live" : "paper"})`);
}

function serversFinding({ serversLost, farmsDown }: GatewayExamination): Finding {
  const { servers: check } = GATEWAY_CHECKS;
  if (serversLost !== null) {
    return fail(check, serversLost, "TWS reconnects by itself; check its internet connection and login if it lasts");
  }
  if (farmsDown.length > 0) {
    return warn(
      check,
      `${farmsDown.length === 1 ? "farm" : "farms"} ${farmsDown.join(", ")} down`,
      "Wait: IBKR brings them back by itself, most often at night; check TWS's internet connection if it lasts",
    );
  }
  return ok(check, "connected");
}

const DATA_TYPES = { 1: "live", 2: "frozen at the close", 3: "delayed", 4: "delayed, frozen at the close" } as const;

function quoteFinding({ quote, farmsDown }: GatewayExamination): Finding {
  const { quotes: check } = GATEWAY_CHECKS;
  if (quote === null || quote.kind === "silent") {
    return warn(
      check,
      `no quote of ${PROBE_SYMBOL} came`,
      farmsDown.length > 0
        ? "Wait for the market-data farms that are down"
        : "Look at SPY in TWS: if it has no price there either, check the market-data subscription and TWS's connection",
    );
  }
  if (quote.kind === "quotes") {
    const found = `${PROBE_SYMBOL} is ${DATA_TYPES[quote.dataType]}`;
    return quote.dataType <= 2 ? ok(check, found) : warn(check, found, SUBSCRIBE);
  }
  const found = `${PROBE_SYMBOL} refused: ${quote.words}`;
  return warn(
    check,
    found,
    quote.isPermission ? SUBSCRIBE : "Do what IBKR's message asks for, and run apex doctor again",
  );
}

const SUBSCRIBE =
  "Subscribe to the exchanges you trade (Client Portal > Settings > Market Data Subscriptions), for API use " +
  "and for this user; a paper user shares the live user's through Settings > Paper Trading Account. Until then positions " +
  "are marked from delayed data or the account's own prices";

function clockFinding(aheadSeconds: number | null): Finding {
  const { clock: check } = GATEWAY_CHECKS;
  if (aheadSeconds === null) {
    return warn(check, "TWS did not say its time", "Restart TWS if it hangs, and run apex doctor again");
  }
  const apart = Math.abs(aheadSeconds);
  if (apart <= CLOCK_TOLERANCE_SECONDS) return ok(check, "TWS and this machine agree");
  const judge = apart >= CLOCK_FAULT_SECONDS ? fail : warn;
  return judge(
    check,
    `TWS's clock is ${apart} s ${aheadSeconds > 0 ? "ahead of" : "behind"} this machine's`,
    "Set both machines by network time (timedatectl set-ntp true): ages of quotes and the day's end depend on it",
  );
}

function readOnlyFinding(isReadOnly: boolean | null): Finding {
  const { readOnly: check } = GATEWAY_CHECKS;
  const never = "APEX sends no order in any case";
  if (isReadOnly === true) return ok(check, `on: TWS refuses orders, and hides working ones; ${never}`);
  if (isReadOnly === false) return ok(check, `off, which shows working orders too; ${never}`);
  return ok(check, `not known; ${never}`);
}

function buildWith(address: string): string {
  return `Build it with APEX_ALLOW_NET=${address} to add the address, or APEX_ALLOW_NET_ONLY=${address} to allow no other`;
}

/** `127.0.0.1:7497`, `[::1]:7497`. */
export function addressOf(host: string, port: number): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}
