/**
 * What a command and a running monitor say to each other over the control channel: lines of JSON.
 *
 * The command begins with a hello that carries the token of the monitor's file; the monitor answers with a welcome that
 * carries the file's other secret, by which the command knows that it is not another program on a port that became free.
 * Then each request has one answer, in order. No method sends an order or changes a setting.
 */
import type { Environment } from "../settings.ts";

/** What both sides speak; a change that an older side would misread gets another number. */
export const PROTOCOL = "apex.control/1";

export const METHODS = [
  "status",
  "snapshot",
  "positions",
  "breaches",
  "acknowledge",
  "takeBack",
  "completions",
] as const;
export type Method = typeof METHODS[number];

/** A secret is 32 random bytes in hexadecimal. */
const SECRET = /^[0-9a-f]{64}$/;
const LONGEST_ID = 200;
const LONGEST_NOTE = 500;

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly params: Params;
}

/** What the methods can be told; each looks at its own. */
export interface Params {
  readonly account: string | null;
  readonly symbol: string | null;
  /** A breach's. */
  readonly breach: string | null;
  readonly note: string | null;
}

export const NO_PARAMS: Params = { account: null, symbol: null, breach: null, note: null };

export interface Welcome {
  readonly proof: string;
  readonly env: Environment;
  readonly version: string;
}

export type FaultCode =
  /** The line is no request: nothing more is read from the connection. */
  | "malformed"
  | "token-refused"
  | "busy"
  | "unknown-method"
  | "not-yet"
  | "not-open"
  | "unknown-account"
  | "stopping"
  | "failed";

/** The answer is an error, which names the remedy. */
export class ControlFault extends Error {
  override readonly name = "ControlFault";
  constructor(readonly code: FaultCode, message: string) {
    super(message);
  }
}

export function helloLine(token: string): string {
  return `${JSON.stringify({ apex: PROTOCOL, token })}\n`;
}

/** The token that a hello carries; null for what is no hello of this protocol. */
export function readHello(line: string): string | null {
  const hello = parsed(line);
  if (hello === null || hello["apex"] !== PROTOCOL) return null;
  const token = hello["token"];
  return isSecret(token) ? token : null;
}

export function welcomeLine({ proof, env, version }: Welcome): string {
  return `${JSON.stringify({ apex: PROTOCOL, proof, env, version })}\n`;
}

/** A welcome; the fault that came in its place; null for what another program says. */
export function readWelcome(line: string): Welcome | ControlFault | null {
  const welcome = parsed(line);
  if (welcome === null) return null;
  const fault = faultIn(welcome);
  if (fault !== null) return fault;
  const { apex, proof, env, version } = welcome;
  if (apex !== PROTOCOL || !isSecret(proof) || typeof version !== "string") return null;
  return env === "dev" || env === "prod" || env === "demo" ? { proof, env, version } : null;
}

export function requestLine({ id, method, params }: Request): string {
  return `${JSON.stringify({ id, method, params })}\n`;
}

/** @throws {ControlFault} for what is no request */
export function readRequest(line: string): Request {
  const request = parsed(line);
  if (request === null) throw new ControlFault("malformed", "A request is an object of JSON on one line");
  const { id, method, params = {} } = request;
  if (!Number.isSafeInteger(id) || Number(id) < 0) {
    throw new ControlFault("malformed", "A request has an id: a whole number from 0 on");
  }
  const known = METHODS.find((name) => name === method);
  if (known === undefined) {
    throw new ControlFault("unknown-method", `There is no such method; there are ${METHODS.join(", ")}`);
  }
  if (!isRecord(params)) throw new ControlFault("malformed", "The params of a request are an object");
  return {
    id: Number(id),
    method: known,
    params: {
      account: textIn(params, "account", LONGEST_ID),
      symbol: textIn(params, "symbol", LONGEST_ID),
      breach: textIn(params, "breach", LONGEST_ID),
      note: withoutControls(textIn(params, "note", LONGEST_NOTE)),
    },
  };
}

/** The id of a request whose rest makes no sense; null where that does not either. */
export function idOf(line: string): number | null {
  const id = parsed(line)?.["id"];
  return Number.isSafeInteger(id) && Number(id) >= 0 ? Number(id) : null;
}

export function faultLine(id: number | null, { code, message }: ControlFault): string {
  return `${JSON.stringify({ id, error: { code, message } })}\n`;
}

/** The result of the request with that id. @throws {ControlFault} for the fault that came in its place */
export function readAnswer(line: string, id: number): unknown {
  const answer = parsed(line);
  const fault = answer === null ? null : faultIn(answer);
  if (fault !== null) throw fault;
  if (answer === null || answer["id"] !== id || !("result" in answer)) {
    throw new ControlFault("malformed", "The monitor's answer makes no sense: both must be the same version of apex");
  }
  return answer["result"];
}

export function isSecret(value: unknown): value is string {
  return typeof value === "string" && SECRET.test(value);
}

/** Takes the same time wherever the first difference is. */
export function isSameSecret(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at % other.length);
  return difference === 0;
}

function faultIn({ error }: Readonly<Record<string, unknown>>): ControlFault | null {
  if (!isRecord(error)) return null;
  const { code, message } = error;
  return typeof code === "string" && typeof message === "string" ? new ControlFault(code as FaultCode, message) : null;
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    // A SyntaxError: no JSON at all.
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textIn(params: Readonly<Record<string, unknown>>, key: string, longest: number): string | null {
  const value = params[key] ?? null;
  if (value === null) return null;
  if (typeof value !== "string" || value.length > longest) {
    throw new ControlFault("malformed", `The parameter ${key} is a text of at most ${longest} characters`);
  }
  return value;
}

/** A note is shown on screens: nothing in it may move their cursor. */
function withoutControls(note: string | null): string | null {
  const clean = note?.replace(/[\p{C}\u2028\u2029]+/gu, " ").trim() ?? "";
  return clean === "" ? null : clean;
}
