/** The commands' side of the control channel: one connection, one question. */
import type { Clock } from "../ports/clock.ts";
import type { ByteStream, Network, StreamEvents } from "../ports/network.ts";
import type { ControlFile } from "./control_file.ts";
import { LineDecoder } from "./line_decoder.ts";
import {
  ControlFault,
  helloLine,
  isSameSecret,
  type Method,
  NO_PARAMS,
  type Params,
  readAnswer,
  readWelcome,
  requestLine,
  type Welcome,
} from "./protocol.ts";

export const ANSWER_WITHIN_MS = 3_000;
/** A snapshot of a thousand positions has about 2 MB. */
const ANSWER_BYTES = 64 * 1024 * 1024;
const LOOPBACK = "127.0.0.1";

/** `gone`: nobody listens. `foreign`: another program does. `silent`: whoever does says nothing. */
export type Unreached = "gone" | "foreign" | "silent";

/** No monitor has answered. */
export class MonitorUnreached extends Error {
  override readonly name = "MonitorUnreached";
  constructor(readonly kind: Unreached, message: string, cause?: unknown) {
    super(message, { cause });
  }
}

export interface ControlPorts {
  readonly network: Network;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The monitor's answer. The time-out counts from the last thing that came, so that a long answer may take longer.
 *
 * @throws {MonitorUnreached} when no monitor with this file's secrets answers
 * @throws {ControlFault} when it refuses
 */
export async function askMonitor(
  file: ControlFile,
  method: Method,
  params: Partial<Params>,
  ports: ControlPorts,
): Promise<unknown> {
  return await converse(file, ports, { id: 1, method, params: { ...NO_PARAMS, ...params } });
}

/**
 * Resolves when the monitor that wrote the file runs and answers.
 *
 * @throws as `askMonitor`
 */
export async function greetMonitor(file: ControlFile, ports: ControlPorts): Promise<void> {
  await converse(file, ports, null);
}

async function converse(
  file: ControlFile,
  { network, clock, signal }: ControlPorts,
  question: Parameters<typeof requestLine>[0] | null,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const lines = new LineDecoder(ANSWER_BYTES);
  const patience = new AbortController();
  let stream: ByteStream | null = null;
  let isWelcome = false;
  let cancel = (): void => {};
  const wait = (): void => {
    cancel();
    cancel = clock.after(ANSWER_WITHIN_MS, () => reject(new MonitorUnreached("silent", silentText(file))));
  };
  const read = (line: string): void => {
    if (isWelcome) return resolve(question === null ? null : readAnswer(line, question.id));
    welcomed(readWelcome(line), file);
    isWelcome = true;
    if (question === null) resolve(null);
    else send(stream!, requestLine(question));
  };
  const events: StreamEvents = {
    onData(bytes) {
      wait();
      try {
        for (const line of lines.push(bytes)) read(line);
      } catch (fault) {
        reject(isWelcome || fault instanceof ControlFault ? fault : foreign(file, fault));
      }
    },
    onClose(cause) {
      reject(
        isWelcome
          ? new MonitorUnreached("gone", `The monitor for ${file.env} ended while it answered`, cause)
          : foreign(file, cause),
      );
    },
  };
  const stop = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    wait();
    const opened = network.connect(
      { host: LOOPBACK, port: file.port },
      (own) => (stream = own, events),
      patience.signal,
    )
      .then((own) => send(own, helloLine(file.token)), (fault) => {
        throw new MonitorUnreached("gone", goneText(file), fault);
      });
    opened.catch(reject);
    return await promise;
  } finally {
    cancel();
    signal?.removeEventListener("abort", stop);
    patience.abort();
    (stream as ByteStream | null)?.close();
  }
}

function send(stream: ByteStream, line: string): void {
  stream.write(new TextEncoder().encode(line));
}

/** @throws what a welcome is not */
function welcomed(answer: Welcome | ControlFault | null, file: ControlFile): void {
  if (answer instanceof ControlFault) throw answer;
  if (answer === null || !isSameSecret(answer.proof, file.proof)) throw foreign(file, null);
}

function foreign(file: ControlFile, cause: unknown): MonitorUnreached {
  if (cause instanceof MonitorUnreached) return cause;
  return new MonitorUnreached(
    "foreign",
    `No monitor for ${file.env} runs here: the one of process ${file.pid} ended without tidying up, ` +
      `and another program has its port ${file.port} now; ${startText(file)}`,
    cause,
  );
}

function goneText(file: ControlFile): string {
  return `No monitor for ${file.env} runs here: the one that process ${file.pid} started at ${file.startedAt} ` +
    `ended without tidying up; ${startText(file)}`;
}

function silentText({ env, pid }: ControlFile): string {
  return `The monitor for ${env} (process ${pid}) does not answer within ${ANSWER_WITHIN_MS / 1000} s: ` +
    "it is stopped or stuck; its log says what it did last, and ending that process makes room for a new one";
}

function startText({ env }: ControlFile): string {
  return `start one with apex watch --env ${env}`;
}
