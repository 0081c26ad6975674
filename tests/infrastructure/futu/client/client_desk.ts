/** A connection to a scripted OpenD under the virtual clock, with everything it hands over kept for looking at. */
import assert from "node:assert/strict";
import type { LogData, LogLevel } from "../../../../src/application/ports/log.ts";
import type { FutuSettings } from "../../../../src/application/settings.ts";
import {
  Connection,
  type ConnectionOwner,
  type OpenDPhase,
} from "../../../../src/infrastructure/futu/client/connection.ts";
import type { OpenDSession } from "../../../../src/infrastructure/futu/client/opend.ts";
import type { TrdHeader } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { MemoryNetwork } from "../../../support/memory_network.ts";
import { seededRandom, VirtualClock } from "../../../support/virtual_clock.ts";
import { RawOpenD } from "./raw_opend.ts";

export const SETTINGS: FutuSettings = {
  enabled: true,
  host: "127.0.0.1",
  port: 11111,
  securityFirm: "FUTUSECURITIES",
  trdEnv: "REAL",
  filterTrdmarket: "US",
  accounts: [],
  refreshMs: 15_000,
  optionRoots: new Map(),
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  reconnect: { firstDelayMs: 500, maxDelayMs: 60_000 },
};

export const HEADER: TrdHeader = { trdEnv: 1, accID: "281756473194939823", trdMarket: 2 };

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly data: LogData | undefined;
}

export interface Desk {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly opend: RawOpenD;
  readonly connection: Connection;
  readonly sessions: OpenDSession[];
  readonly lost: string[];
  readonly phases: OpenDPhase[];
  readonly pushes: { readonly name: string; readonly message: unknown }[];
  readonly log: LogLine[];
  phase(): OpenDPhase;
  /** Starts the connection and waits for its first session. */
  session(): Promise<OpenDSession>;
}

export interface DeskOptions {
  readonly listening?: boolean;
  readonly seed?: number;
  readonly settings?: Partial<FutuSettings>;
}

/** Ends with the connection stopped, and fails if it left a timer or a socket behind. */
export async function onDesk(
  { listening = true, seed = 1, settings = {} }: DeskOptions,
  work: (desk: Desk) => Promise<void>,
): Promise<void> {
  const desk = deskOf(seed, { ...SETTINGS, ...settings });
  if (listening) await desk.opend.listen();
  await work(desk);
  desk.connection.stop();
  await desk.clock.advance(5);
  assert.equal(desk.clock.pendingTimers, 0, "timers are left");
  assert.deepEqual(desk.opend.peers.filter(({ isClosed }) => !isClosed), [], "sockets are left");
}

function deskOf(seed: number, settings: FutuSettings): Desk {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const opend = new RawOpenD(network, () => clock.monotonic(), { host: settings.host, port: settings.port });
  const sessions: OpenDSession[] = [];
  const lost: string[] = [];
  const phases: OpenDPhase[] = [];
  const pushes: { name: string; message: unknown }[] = [];
  const log: LogLine[] = [];
  const owner: ConnectionOwner = {
    onSession: (session) => sessions.push(session),
    onLost: (reason) => lost.push(reason),
    onPhase: (phase) => phases.push(phase),
    onPush: ({ name }, message) => pushes.push({ name, message }),
  };
  const connection = new Connection({
    settings,
    network,
    clock,
    random: seededRandom(seed),
    log: { write: (level, _category, message, data) => log.push({ level, message, data }) },
    owner,
  });
  return {
    clock,
    network,
    opend,
    connection,
    sessions,
    lost,
    phases,
    pushes,
    log,
    phase: () => phases.at(-1)!,
    session: async () => {
      const before = sessions.length;
      connection.start();
      await clock.until(() => sessions.length > before, 10_000, "a session");
      return sessions.at(-1)!;
    },
  };
}

/** The outcome of a promise that must not be waited for. */
export interface Outcome<T> {
  value?: T;
  fault?: unknown;
  settled: number;
}

export function watch<T>(promise: Promise<T>): Outcome<T> {
  const outcome: Outcome<T> = { settled: 0 };
  promise.then((value) => {
    outcome.value = value;
    outcome.settled++;
  }, (fault) => {
    outcome.fault = fault;
    outcome.settled++;
  });
  return outcome;
}
