/**
 * IBKR's Flex web service: a statement is asked for (`SendRequest`), made, and fetched by its reference (`GetStatement`).
 *
 * Only the configured host is spoken to, whatever address an answer names: the token goes with each request. The token stands
 * in no error, for it opens the account's whole history.
 */
import type { Clock } from "../../../application/ports/clock.ts";
import {
  type StatementRequest,
  type StatementService,
  StatementUnavailable,
} from "../../../application/ports/statements.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { firstElement, kindOfBody, readServiceAnswer, type ServiceAnswer } from "./service_answer.ts";
import { SILENCE_MS, SilenceWatch } from "./silence_watch.ts";
import { IN_PROGRESS, meaningOfCode, TOO_MANY_REQUESTS } from "./service_codes.ts";

/** The build must allow its host, port 443. */
export const FLEX_WEB_SERVICE = "https://ndcdyn.interactivebrokers.com/AccountManagement/FlexWebService";

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

export interface FlexWebServiceOptions {
  readonly url: string;
  readonly token: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** How long to wait for a statement to be made. 10 minutes when left out. */
  readonly patienceMs?: number;
}

/** The service allows one request a second and ten a minute; a statement takes seconds to minutes. */
const WAITS_MS = [5_000, 5_000, 10_000, 10_000, 20_000, 30_000];
/** After too many requests a whole minute must pass. */
const HOLD_MS = 60_000;
const PATIENCE_MS = 10 * 60_000;
/** An answer that is no statement is a few hundred bytes. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** A statement comes as its bytes; anything else the service says is an answer about one. */
type Outcome = { readonly statement: AsyncIterable<Uint8Array> } | { readonly answer: ServiceAnswer };

export class FlexWebService implements StatementService {
  readonly #options: FlexWebServiceOptions;
  readonly #url: URL;

  /** @throws {RangeError} for an address that is not https (http is for this machine alone), or an empty token */
  constructor(options: FlexWebServiceOptions) {
    this.#url = safeAddress(options.url);
    if (!/^[\x21-\x7e]+$/.test(options.token)) {
      throw new RangeError("Cannot use the Flex token: it is empty or has characters that no token has");
    }
    this.#options = options;
  }

  async download(request: StatementRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const deadline = this.#options.clock.now() + (this.#options.patienceMs ?? PATIENCE_MS);
    const days: Record<string, string> = request.days === null
      ? {}
      : { fd: request.days.from.replaceAll("-", ""), td: request.days.to.replaceAll("-", "") };
    const reference = await this.#persist(deadline, signal, "ask for the statement", async () => {
      const outcome = await this.#ask("SendRequest", { q: request.queryId, ...days }, signal);
      if ("statement" in outcome) {
        throw this.#unavailable("the service answered a request with a statement", null, false);
      }
      return outcome.answer.isSuccess && outcome.answer.reference !== null ? outcome.answer.reference : outcome.answer;
    });
    // The service does not know a reference in the first second.
    await this.#pause(WAITS_MS[0]!, signal);
    return await this.#persist(deadline, signal, "fetch the statement", async () => {
      const outcome = await this.#ask("GetStatement", { q: reference }, signal);
      return "statement" in outcome ? outcome.statement : outcome.answer;
    });
  }

  /** Tries until there is a result, the answer is final, or patience ends. */
  async #persist<T>(
    deadline: EpochMs,
    signal: AbortSignal,
    attempt: string,
    ask: () => Promise<T | ServiceAnswer>,
  ): Promise<T> {
    for (let tries = 0;; tries++) {
      const fault = await this.#attempt(ask, attempt);
      if ("result" in fault) return fault.result;
      const waitMs = fault.code === TOO_MANY_REQUESTS ? HOLD_MS : WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]!;
      if (!fault.isTemporary) throw fault;
      if (this.#options.clock.now() + waitMs > deadline) throw this.#outOfPatience(fault);
      await this.#pause(waitMs, signal);
    }
  }

  async #attempt<T>(
    ask: () => Promise<T | ServiceAnswer>,
    attempt: string,
  ): Promise<{ readonly result: T } | StatementUnavailable> {
    try {
      const result = await ask();
      return isAnswer(result) ? this.#refused(result, attempt) : { result };
    } catch (fault) {
      if (fault instanceof StatementUnavailable) return fault;
      throw fault;
    }
  }

  async #ask(method: string, parameters: Record<string, string>, signal: AbortSignal): Promise<Outcome> {
    const url = new URL(`${this.#url.pathname.replace(/\/$/, "")}/${method}`, this.#url);
    url.search = new URLSearchParams({ t: this.#options.token, ...parameters, v: "3" }).toString();
    const watch = new SilenceWatch(this.#options.clock, signal);
    const response = await this.#fetch(url, watch);
    if (response.status !== 200) {
      await response.body?.cancel();
      watch.stop();
      const isTemporary = response.status === 429 || response.status >= 500;
      throw this.#unavailable(`${this.#url.host} answered ${response.status}`, null, isTemporary);
    }
    return await this.#read(this.#bytes(response, watch));
  }

  async #fetch(url: URL, watch: SilenceWatch): Promise<Response> {
    try {
      // A redirect would carry the token to a host that nobody configured.
      return await this.#options.fetch(url, {
        headers: { "user-agent": "apex/1" },
        redirect: "manual",
        signal: watch.signal,
      });
    } catch (fault) {
      watch.stop();
      throw this.#broken(fault, watch);
    }
  }

  async *#bytes(response: Response, watch: SilenceWatch): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of response.body ?? []) {
        watch.heard();
        yield bytes;
      }
    } catch (fault) {
      throw this.#broken(fault, watch);
    } finally {
      watch.stop();
    }
  }

  /** Looks at the beginning, which says what it is, and puts it back before the rest. */
  async #read(bytes: AsyncGenerator<Uint8Array>): Promise<Outcome> {
    const beginning: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { value, done } = await bytes.next();
      if (!done) {
        beginning.push(value);
        length += value.length;
      }
      const name = firstElement(new TextDecoder().decode(joined(beginning)));
      const kind = name === null ? null : kindOfBody(name);
      if (kind === "statement") return { statement: chained(beginning, bytes) };
      if (done || kind === "nonsense" || length > MOST_ANSWER_BYTES) break;
    }
    await bytes.return(undefined);
    const answer = readServiceAnswer(joined(beginning));
    if (answer === null) throw this.#unavailable("the service's answer makes no sense", null, true);
    return { answer };
  }

  #refused({ code, message }: ServiceAnswer, attempt: string): StatementUnavailable {
    const { when, remedy } = meaningOfCode(code);
    const said = message === "" ? "it gave no reason" : message;
    const reason = code === IN_PROGRESS ? "it is still being made" : `${said} (${code ?? "no code"})`;
    return this.#unavailable(`Cannot ${attempt} from ${this.#url.host}: ${reason}: ${remedy}`, code, when === "later");
  }

  #outOfPatience(last: StatementUnavailable): StatementUnavailable {
    const minutes = Math.round((this.#options.patienceMs ?? PATIENCE_MS) / 60_000);
    return this.#unavailable(`No statement within ${minutes} minutes: ${last.message}`, last.code, true);
  }

  #broken(fault: unknown, watch: SilenceWatch): unknown {
    if (watch.isAborted) return watch.reason;
    const host = this.#url.host;
    if (watch.isSilent) return this.#unavailable(`${host} sent nothing for ${SILENCE_MS / 1000} s`, null, true);
    if (fault instanceof Deno.errors.NotCapable) {
      const port = this.#url.port || "443";
      const remedy = `build it with APEX_ALLOW_NET=${this.#url.hostname}:${port}, or export the statement to a file`;
      return this.#unavailable(`This build does not allow ${host}: ${remedy}`, null, false);
    }
    const said = fault instanceof Error ? fault.message : String(fault);
    return this.#unavailable(`${host} cannot be reached: ${said}`, null, true);
  }

  /** The one place where errors are made: the token is taken out of whatever the system or the service said. */
  #unavailable(message: string, code: number | null, isTemporary: boolean): StatementUnavailable {
    const { token } = this.#options;
    const encoded = new URLSearchParams({ t: token }).toString().slice("t=".length);
    const plain = message.replaceAll(token, "***").replaceAll(encoded, "***").replaceAll(
      encodeURIComponent(token),
      "***",
    );
    return new StatementUnavailable(plain, code, isTemporary);
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const cancel = this.#options.clock.after(ms, () => {
        signal.removeEventListener("abort", stop);
        resolve();
      });
      const stop = () => {
        cancel();
        reject(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
    });
  }
}

function isAnswer(result: unknown): result is ServiceAnswer {
  return typeof result === "object" && result !== null && "isSuccess" in result;
}

async function* chained(
  beginning: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* beginning;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let from = 0;
  for (const piece of pieces) {
    whole.set(piece, from);
    from += piece.length;
  }
  return whole;
}

function safeAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url !== null && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isHere)) return url;
  throw new RangeError(
    "Cannot use the Flex web service's address: it must begin with https://, since the token goes with it",
  );
}
