/**
 * One look at OpenD for `apex doctor`: how far a connection comes, which accounts it has, and whether those that are watched can
 * be read. A connection of its own, ended at once.
 */
import {
  type FutuAnswer,
  type OpenDContact,
  type OpenDExamination,
  type SeenFutuAccount,
  USUAL_OPEND_PORT,
} from "../../application/doctor/opend.ts";
import type { Clock } from "../../application/ports/clock.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Network } from "../../application/ports/network.ts";
import type { FutuSettings } from "../../application/settings.ts";
import { isListening, WatchedNetwork } from "../net/probe.ts";
import { maskedAccount } from "../telemetry/masking.ts";
import { type FutuAccount, readAccounts, scopesOf, selectAccounts } from "./accounts.ts";
import { Contracts } from "./contracts/contracts.ts";
import { askFunds } from "./funds.ts";
import { FutuInstruments } from "./contracts/instruments.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { RateLimit } from "./client/rate_limit.ts";
import { Session } from "./client/session.ts";
import { ACC_ACTIVE, SECURITY_FIRM, TRD_ENV, TRD_MARKET } from "./wire/codes.ts";
import { type FutuAccountRow, type FutuPosition, GET_GLOBAL_STATE, GET_POSITION_LIST } from "./wire/messages.ts";

/** Whoever looks does not wait as long as a monitor. */
const CONNECT_WITHIN_MS = 3_000;
const ANSWERS_WITHIN_MS = 5_000;
/** A login that is under way is waited for this long. */
const LOGIN_WITHIN_MS = 5_000;
/** More are not asked: ten questions in 30 s are all that there are. */
const MOST_ASKED = 3;

export interface OpenDExaminationOptions {
  readonly settings: FutuSettings;
  readonly baseCurrency: string | null;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export async function examineOpenD(options: OpenDExaminationOptions): Promise<OpenDExamination> {
  const look = new Look(options);
  try {
    const contact = await look.contact();
    options.signal.throwIfAborted();
    if (contact.kind !== "session") return { ...NOTHING, contact };
    const seen = await look.examined();
    options.signal.throwIfAborted();
    return { ...seen, contact, isSimulated: look.session.isSimulated };
  } finally {
    look.session.close();
  }
}

const NOTHING: OpenDExamination = {
  contact: { kind: "silent" },
  isSimulated: false,
  accounts: [],
  unknownAccounts: [],
  noAccounts: null,
  answers: [],
  clockAheadSeconds: null,
};

class Look {
  readonly session: Session;
  readonly #options: OpenDExaminationOptions;
  readonly #wire: WatchedNetwork;
  readonly #end = Promise.withResolvers<"ready" | OpenDFault>();
  #notReady: string | null = null;
  #cancelLogin: (() => void) | null = null;

  constructor(options: OpenDExaminationOptions) {
    const { settings, network, clock, log } = options;
    this.#options = options;
    this.#wire = new WatchedNetwork(network);
    this.session = new Session({
      settings: {
        ...settings,
        connectTimeoutMs: Math.min(settings.connectTimeoutMs, CONNECT_WITHIN_MS),
        requestTimeoutMs: Math.min(settings.requestTimeoutMs, ANSWERS_WITHIN_MS),
      },
      network: this.#wire,
      clock,
      log,
      rateLimit: new RateLimit(clock),
      purpose: "doctor",
    }, {
      onReady: () => this.#end.resolve("ready"),
      onNotReady: ({ words, needsPerson }) => {
        this.#notReady = words;
        if (needsPerson) this.session.close();
        else this.#cancelLogin ??= clock.after(LOGIN_WITHIN_MS, () => this.session.close());
      },
      onPush: () => {},
      onOver: ({ fault }) => this.#end.resolve(fault),
    });
  }

  async contact(): Promise<OpenDContact> {
    const { signal, settings, network, clock } = this.#options;
    const stop = () => this.session.close("told to stop");
    signal.throwIfAborted();
    signal.addEventListener("abort", stop, { once: true });
    try {
      this.session.start();
      const end = await this.#end.promise;
      if (end === "ready") return { kind: "session", serverVersion: this.session.serverVersion };
      const contact = this.#contactOf(end);
      if (contact.kind !== "refused" || settings.port === USUAL_OPEND_PORT) return contact;
      const usual = { host: settings.host, port: USUAL_OPEND_PORT };
      return { ...contact, isUsualPortOpen: await isListening(usual, network, clock) };
    } finally {
      signal.removeEventListener("abort", stop);
      this.#cancelLogin?.();
    }
  }

  async examined(): Promise<Omit<OpenDExamination, "contact" | "isSimulated">> {
    const { settings, log, signal } = this.#options;
    const clockAheadSeconds = await this.#clockAhead();
    let rows: readonly FutuAccountRow[];
    try {
      rows = await readAccounts(this.session, settings, log, signal);
    } catch (fault) {
      return { ...NOTHING, noAccounts: wordsOf(fault), clockAheadSeconds };
    }
    const { accounts: watched } = selectAccounts(rows, settings);
    return {
      accounts: rows.map((row) => seenAccount(row, watched, settings)),
      unknownAccounts: settings.accounts.filter((id) => !rows.some(({ accID }) => accID === id)).map(maskedAccount),
      noAccounts: null,
      answers: await this.#answers(watched.slice(0, MOST_ASKED)),
      clockAheadSeconds,
    };
  }

  async #clockAhead(): Promise<number | null> {
    const { clock, signal } = this.#options;
    try {
      const { time } = await this.session.ask(GET_GLOBAL_STATE, { userID: "0" }, { signal });
      // Whole seconds: half of one was over on average.
      return Math.round(time + 0.5 - clock.now() / 1000);
    } catch (fault) {
      if (!(fault instanceof OpenDFault)) throw fault;
      return null;
    }
  }

  async #answers(accounts: readonly FutuAccount[]): Promise<readonly FutuAnswer[]> {
    const answers: FutuAnswer[] = [];
    for (const account of accounts) answers.push(await this.#answer(account));
    return answers;
  }

  async #answer(account: FutuAccount): Promise<FutuAnswer> {
    const { baseCurrency, signal } = this.#options;
    let what: "positions" | "funds" = "funds";
    try {
      await askFunds(account, baseCurrency, this.session, signal);
      what = "positions";
      const rows = await readPositions(account, this.session, signal);
      return { kind: "read", positions: rows.length, unknownCodes: await this.#unknownCodes(rows) };
    } catch (fault) {
      if (!(fault instanceof OpenDFault)) throw fault;
      return { kind: "refused", what, words: fault.message };
    }
  }

  async #unknownCodes(rows: readonly FutuPosition[]): Promise<readonly string[]> {
    const { settings, clock, log, signal } = this.#options;
    const sink = { instrument: () => 0, push() {}, tick() {}, brokerTime() {} };
    const instruments = new FutuInstruments(settings.optionRoots);
    const contracts = new Contracts({ sink, clock, log, instruments, find: () => null });
    await contracts.resolve(rows, this.session, signal);
    const unknown = rows.filter((row) => contracts.of(row).instrument.assetType === "UNKNOWN");
    return [...new Set(unknown.map(({ code }) => code))];
  }

  #contactOf(fault: OpenDFault): OpenDContact {
    const { isOpened, hasEnded, failure } = this.#wire;
    if (failure instanceof Deno.errors.ConnectionRefused) return { kind: "refused", isUsualPortOpen: false };
    if (failure instanceof Deno.errors.NotCapable) return { kind: "forbidden" };
    if (!isOpened) return { kind: "unreachable", reason: failure === null ? "it does not answer" : wordsOf(failure) };
    if (this.#notReady !== null) return { kind: "not-ready", reason: this.#notReady };
    const reason = toldBy(fault.message);
    if (fault.kind === "unreadable") return { kind: isNoFrame(reason) ? "stranger" : "encrypted", reason };
    if (fault.kind === "refused") {
      return { kind: /encrypted connection/.test(reason) ? "encrypted" : "turned-away", reason };
    }
    return hasEnded ? { kind: "hung-up", reason } : { kind: "silent" };
  }
}

async function readPositions(
  account: FutuAccount,
  session: OpenDSession,
  signal: AbortSignal,
): Promise<readonly FutuPosition[]> {
  const rows: FutuPosition[] = [];
  for (const scope of scopesOf([account])) {
    rows.push(...(await session.ask(GET_POSITION_LIST, scope, { signal })).positionList);
  }
  return rows;
}

function seenAccount(row: FutuAccountRow, watched: readonly FutuAccount[], settings: FutuSettings): SeenFutuAccount {
  const { accID, trdEnv, securityFirm, trdMarketAuthList, accStatus } = row;
  return {
    shown: maskedAccount(accID),
    isListed: settings.accounts.includes(accID),
    firm: nameIn(SECURITY_FIRM, securityFirm),
    trdEnv: trdEnv === TRD_ENV.REAL ? "REAL" : "SIMULATE",
    markets: trdMarketAuthList.map((market) => nameIn(TRD_MARKET, market) ?? `market ${market}`),
    isActive: accStatus === null || accStatus === ACC_ACTIVE,
    isWatched: watched.some((account) => account.id === accID && account.trdEnv === trdEnv),
  };
}

function nameIn(names: Readonly<Record<string, number>>, number: number | null): string | null {
  return Object.keys(names).find((name) => names[name] === number) ?? null;
}

function isNoFrame(reason: string): boolean {
  return /begin with FT|came in format/.test(reason);
}

/** The part of the session's words between what was tried and what to check, which the doctor says in its own. */
function toldBy(words: string): string {
  return words.replace(/^Cannot (?:reach OpenD at \S+|read what OpenD at \S+ sends): /, "").replace(
    /\. (?:If OpenD has an RSA key|Start OpenD).*$/,
    "",
  );
}

function wordsOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
