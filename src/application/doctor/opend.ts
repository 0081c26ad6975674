/** What was seen of Futu OpenD, and what it means. */
import type { Environment } from "../settings.ts";
import { fail, type Finding, ok, skipped, warn } from "./finding.ts";
import { addressOf, CLOCK_FAULT_SECONDS, CLOCK_TOLERANCE_SECONDS } from "./gateway.ts";

/** How far a connection came. */
export type OpenDContact =
  | { readonly kind: "session"; readonly serverVersion: number }
  /** Nobody listens. */
  | { readonly kind: "refused"; readonly isUsualPortOpen: boolean }
  /** The sandbox does not allow the address. */
  | { readonly kind: "forbidden" }
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The port takes the connection, and nothing answers the greeting. */
  | { readonly kind: "silent" }
  /** The port takes the connection and ends it again. */
  | { readonly kind: "hung-up"; readonly reason: string }
  /** Something that is not OpenD listens. */
  | { readonly kind: "stranger"; readonly reason: string }
  /** OpenD wants what is sent to it to be encrypted. */
  | { readonly kind: "encrypted"; readonly reason: string }
  /** OpenD answered the greeting with a refusal. */
  | { readonly kind: "turned-away"; readonly reason: string }
  /** OpenD runs, and is not ready: it waits for its login, a code or a click. */
  | { readonly kind: "not-ready"; readonly reason: string };

/** An account as OpenD lists it. */
export interface SeenFutuAccount {
  /** With its beginning hidden. */
  readonly shown: string;
  readonly isListed: boolean;
  /** As the configuration writes it; null: OpenD does not say, or names one that is not known. */
  readonly firm: string | null;
  readonly trdEnv: "REAL" | "SIMULATE";
  readonly markets: readonly string[];
  readonly isActive: boolean;
  /** What the configuration asks for is this one. */
  readonly isWatched: boolean;
}

export interface OpenDExamination {
  readonly contact: OpenDContact;
  readonly isSimulated: boolean;
  readonly accounts: readonly SeenFutuAccount[];
  /** Configured accounts that OpenD does not have, with their beginning hidden. */
  readonly unknownAccounts: readonly string[];
  /** Why OpenD did not give the list of accounts; null: it did. */
  readonly noAccounts: string | null;
  /** What came of asking a watched account for its positions and funds. */
  readonly answers: readonly FutuAnswer[];
  /** Of OpenD's clock before this machine's; null: it did not say. */
  readonly clockAheadSeconds: number | null;
}

export type FutuAnswer =
  | {
    readonly kind: "read";
    readonly positions: number;
    /** Codes whose contract neither OpenD nor the configuration tells. */
    readonly unknownCodes: readonly string[];
  }
  | { readonly kind: "refused"; readonly what: "positions" | "funds"; readonly words: string };

/** What the configuration says of OpenD. */
export interface OpenDExpectation {
  readonly env: Environment;
  readonly host: string;
  readonly port: number;
  readonly securityFirm: string;
  readonly trdEnv: "REAL" | "SIMULATE";
  readonly filterTrdmarket: string;
  readonly accounts: readonly string[];
  /** Whether IB's book is watched beside it. */
  readonly besideIb: boolean;
}

/** Where OpenD listens unless told otherwise. */
export const USUAL_OPEND_PORT = 11111;

export const OPEND_CHECKS = {
  connection: "Futu OpenD",
  account: "Futu account",
  data: "Futu data",
  clock: "Futu clock",
} as const;

/** One finding for each of `OPEND_CHECKS`, in their order. */
export function openDFindings(seen: OpenDExamination, expected: OpenDExpectation): readonly Finding[] {
  const connection = connectionFinding(seen, expected);
  if (seen.contact.kind !== "session") {
    const { connection: _, ...rest } = OPEND_CHECKS;
    return [
      connection,
      ...Object.values(rest).map((check) => skipped(check, "not known without a session with OpenD")),
    ];
  }
  return [connection, accountFinding(seen, expected), dataFinding(seen), clockFinding(seen.clockAheadSeconds)];
}

export function openDOff(): Finding {
  return ok(OPEND_CHECKS.connection, "off (futu.enabled: false)");
}

/** OpenD takes connections that are not encrypted from its own machine alone. */
const KEY_FILE = "rsa_private_key in OpenD.xml (OpenD GUI: the encryption private key)";

function connectionFinding({ contact, isSimulated }: OpenDExamination, expected: OpenDExpectation): Finding {
  const { connection: check } = OPEND_CHECKS;
  const address = addressOf(expected.host, expected.port);
  switch (contact.kind) {
    case "session": {
      const version = versionText(contact.serverVersion);
      if (isSimulated && expected.env === "prod") {
        return fail(
          check,
          `${address} is a simulated OpenD, and --env prod is for the real one`,
          "Set futu.port to the api_port of OpenD (11111), or use --env demo",
        );
      }
      return ok(check, `${address} answers, version ${version}${isSimulated ? " (simulated)" : ""}`);
    }
    case "refused":
      return fail(
        check,
        `Nothing listens on ${address}`,
        contact.isUsualPortOpen
          ? `${expected.host} listens on ${USUAL_OPEND_PORT}, OpenD's own: set futu.port: ${USUAL_OPEND_PORT}`
          : "Start Futu OpenD on this machine and log in, and compare its api_port (OpenD.xml, or the port in its window) " +
            "with futu.port; without Futu set futu.enabled: false",
      );
    case "forbidden":
      return fail(
        check,
        `This executable may not reach ${address}`,
        `Build it with APEX_ALLOW_NET=${address} to add the address, or run OpenD on this machine`,
      );
    case "unreachable":
      return fail(
        check,
        `Cannot reach ${address}: ${contact.reason}`,
        "Check futu.host, that machine, and any firewall between; OpenD belongs on the machine that APEX runs on",
      );
    case "silent":
      return fail(
        check,
        `${address} takes the connection and does not answer`,
        "Set futu.port to OpenD's api_port (11111), not its websocket_port or telnet_port, and restart OpenD if it hangs",
      );
    case "hung-up":
      return fail(
        check,
        `${address} takes the connection and ends it: ${contact.reason}`,
        `Set futu.port to OpenD's api_port (11111), and take ${KEY_FILE} out: APEX speaks unencrypted, on one machine`,
      );
    case "stranger":
      return fail(
        check,
        `${address} is no OpenD: ${contact.reason}`,
        "Set futu.port to OpenD's api_port (11111), not its websocket_port or telnet_port, nor TWS's",
      );
    case "encrypted":
      return fail(
        check,
        `${address} wants an encrypted connection: ${contact.reason}`,
        `Take ${KEY_FILE} out, let OpenD listen on 127.0.0.1, and restart it`,
      );
    case "turned-away":
      return fail(
        check,
        `${address} refuses the connection: ${contact.reason}`,
        "Do what OpenD's message asks for; restart or update OpenD if it says nothing more",
      );
    case "not-ready":
      return fail(
        check,
        `${address} answers, but is not ready: ${contact.reason}`,
        "Log in to OpenD, in its window or with input_phone_verify_code and the like in its console, until it says Ready",
      );
  }
}

/** 905 is 9.5, 1004 is 10.4. */
function versionText(version: number): string {
  return `${Math.floor(version / 100)}.${version % 100}`;
}

function accountFinding(seen: OpenDExamination, expected: OpenDExpectation): Finding {
  const { account: check } = OPEND_CHECKS;
  const { accounts, unknownAccounts, noAccounts } = seen;
  if (noAccounts !== null) {
    return fail(check, `OpenD does not list its accounts: ${noAccounts}`, "Log in to OpenD's trading, or restart it");
  }
  if (unknownAccounts.length > 0) {
    return fail(
      check,
      `futu.accounts names ${unknownAccounts.join(", ")}, which this login does not have (it has ${namesOf(accounts)})`,
      "Correct futu.accounts, set it to [] for all that fit, or log in to OpenD as their owner",
    );
  }
  const watched = accounts.filter(({ isWatched }) => isWatched);
  if (watched.length === 0) return noneFits(accounts, expected);
  const disabled = watched.filter(({ isActive }) => !isActive);
  if (disabled.length > 0) {
    return warn(
      check,
      `${namesOf(disabled)} of futu.accounts ${disabled.length === 1 ? "is" : "are"} closed or disabled`,
      "Take it out of futu.accounts",
    );
  }
  const kind = expected.trdEnv === "REAL" ? "real" : "paper";
  const words = `${namesOf(watched)} (${kind}, ${expected.securityFirm}, ${marketWords(expected.filterTrdmarket)})`;
  if (expected.trdEnv === "SIMULATE" && expected.env === "prod") {
    return fail(
      check,
      `${words}: a paper account, and --env prod is for real ones`,
      "Set futu.trd_env: REAL, or use --env dev",
    );
  }
  if (expected.trdEnv === "REAL" && expected.env === "dev" && expected.besideIb) {
    return warn(
      check,
      `${words}: a real account, and --env dev watches IB's paper account beside it, so totals mix the two`,
      "Use --env prod, set futu.trd_env: SIMULATE, or set ibkr.enabled: false",
    );
  }
  return ok(check, words);
}

/** The first filter that leaves nothing says what to correct. */
function noneFits(accounts: readonly SeenFutuAccount[], expected: OpenDExpectation): Finding {
  const { account: check } = OPEND_CHECKS;
  const { trdEnv, securityFirm, filterTrdmarket } = expected;
  if (accounts.length === 0) {
    return fail(check, "OpenD has no account at all", "Open a securities account with Futu, or log in as its owner");
  }
  const inEnv = accounts.filter((account) => account.trdEnv === trdEnv);
  if (inEnv.length === 0) {
    const other = trdEnv === "REAL" ? "SIMULATE" : "REAL";
    return fail(
      check,
      `none is ${trdEnv === "REAL" ? "real" : "for paper trading"}: ${namesOf(accounts)}`,
      `Set futu.trd_env: ${other}, or log in to OpenD as the owner of a ${
        trdEnv === "REAL" ? "real" : "paper"
      } account`,
    );
  }
  const ofFirm = inEnv.filter(({ firm }) => firm === null || firm === securityFirm);
  if (ofFirm.length === 0) {
    const firms = [...new Set(inEnv.map(({ firm }) => firm ?? "another firm"))].join(" or ");
    return fail(check, `none is of ${securityFirm}: ${namesOf(inEnv)} of ${firms}`, `Set futu.security_firm: ${firms}`);
  }
  const inMarket = ofFirm.filter(({ markets }) => filterTrdmarket === "NONE" || markets.includes(filterTrdmarket));
  if (inMarket.length === 0) {
    const markets = [...new Set(ofFirm.flatMap((account) => account.markets))].join(", ");
    return fail(
      check,
      `none may trade in ${filterTrdmarket}: ${namesOf(ofFirm)} ${ofFirm.length === 1 ? "has" : "have"} ${markets}`,
      `Set futu.filter_trdmarket to one of ${markets}, or to NONE for all`,
    );
  }
  return fail(
    check,
    `${namesOf(inMarket)} ${inMarket.length === 1 ? "is" : "are all"} closed or disabled`,
    "Ask Futu to open the account again, or log in to OpenD with another",
  );
}

function marketWords(market: string): string {
  return market === "NONE" ? "all its markets" : market;
}

function namesOf(accounts: readonly SeenFutuAccount[]): string {
  return accounts.length === 0 ? "none" : accounts.map(({ shown }) => shown).join(", ");
}

function dataFinding({ answers }: OpenDExamination): Finding {
  const { data: check } = OPEND_CHECKS;
  if (answers.length === 0) return skipped(check, "not known without an account to ask");
  const refused = answers.find((answer) => answer.kind === "refused");
  if (refused !== undefined) {
    return fail(
      check,
      `OpenD does not give the ${refused.what}: ${refused.words}`,
      "Do what OpenD's message asks for, look at the account in Futu's own app, and run apex doctor again",
    );
  }
  const read = answers.filter((answer) => answer.kind === "read");
  const count = read.reduce((sum, { positions }) => sum + positions, 0);
  const unknown = [...new Set(read.flatMap(({ unknownCodes }) => unknownCodes))];
  const found = `${count} ${count === 1 ? "position" : "positions"} and the funds were read`;
  if (unknown.length > 0) {
    return warn(
      check,
      `${found}; nothing says what ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ", …" : ""} is`,
      "Name the option's root in futu.option_roots ({TCH: 700 x 100}); what stays unknown is listed and in no exposure",
    );
  }
  return ok(check, found);
}

function clockFinding(aheadSeconds: number | null): Finding {
  const { clock: check } = OPEND_CHECKS;
  if (aheadSeconds === null) {
    return warn(check, "OpenD did not say its time", "Restart OpenD if it hangs, and run apex doctor again");
  }
  const apart = Math.abs(aheadSeconds);
  if (apart <= CLOCK_TOLERANCE_SECONDS) return ok(check, "Futu and this machine agree");
  const judge = apart >= CLOCK_FAULT_SECONDS ? fail : warn;
  return judge(
    check,
    `Futu's clock is ${apart} s ${aheadSeconds > 0 ? "ahead of" : "behind"} this machine's`,
    "Set this machine by network time (timedatectl set-ntp true): the day's fills depend on it",
  );
}
