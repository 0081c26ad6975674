/**
 * Runs a command in a worker and stays beside it: hands on signals, notices when it breaks or gets stuck, and says how
 * it ended. Touches no terminal and ends no process; `main.ts` does.
 */
import type { Clock } from "../application/ports/clock.ts";
import type { Failure } from "./failure.ts";
import type { Outcome, StopSignal, ToSupervisor, ToWorker, Work } from "./protocol.ts";
import { type StallLimits, StallWatch } from "./stall_watch.ts";

/** The worker as the supervisor sees it. */
export interface WorkerLink {
  post(message: ToWorker): void;
  /** Ends the worker's messages. Its thread may go on if it is stuck: only the end of the process ends that. */
  terminate(): void;
}

export interface WorkerEvents {
  onMessage(message: ToSupervisor): void;
  /** An error that the worker itself could not catch. */
  onError(failure: Failure): void;
}

export interface SupervisorPorts {
  readonly clock: Clock;
  startWorker(events: WorkerEvents): WorkerLink;
  /** Calls for each signal and each change of the terminal's size; the returned function ends that. */
  listen(onStop: (signal: StopSignal) => void, onResize: () => void): () => void;
}

export interface SupervisionLimits extends StallLimits {
  /** How long a command may take to tidy up once it was told to stop, in milliseconds. */
  readonly stopMs: number;
}

export const SUPERVISION_LIMITS: SupervisionLimits = { silenceMs: 10_000, checkMs: 1000, stopMs: 10_000 };

/** Resolves with how the command ended; rejects only when the worker cannot be started at all. */
export function supervise(
  work: Work,
  ports: SupervisorPorts,
  limits: SupervisionLimits = SUPERVISION_LIMITS,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const cleanups: (() => void)[] = [];
    const end = (outcome: Outcome) => {
      for (const cleanup of cleanups.splice(0)) cleanup();
      resolve(outcome);
    };
    const lose = (message: string) => end({ kind: "worker-lost", failure: plainFailure("WorkerLost", message) });
    try {
      const watch = new StallWatch(ports.clock, limits, (silentMs) => lose(stalledSentence(silentMs)));
      cleanups.push(() => watch.stop());
      const link = ports.startWorker({
        onMessage: (message) => {
          if (message.kind === "ready") link.post({ kind: "run", work });
          else if (message.kind === "heartbeat") watch.heartbeat(message.finished);
          else if (message.kind === "failed" && message.escaped) {
            end({ kind: "worker-lost", failure: broken(message.failure) });
          } else end(message);
        },
        onError: (failure) => end({ kind: "worker-lost", failure: broken(failure) }),
      });
      cleanups.push(() => link.terminate());
      cleanups.push(relaySignals(link, ports, limits, end, lose));
    } catch (fault) {
      for (const cleanup of cleanups.splice(0)) cleanup();
      reject(fault);
    }
  });
}

/**
 * One Ctrl+C can arrive twice: from the terminal, and from a task runner in between that hands on what it got. A
 * second signal sooner than this, in milliseconds, is an echo of the first.
 */
const ECHO_MS = 500;

/** The first signal asks the command to stop. A second one, or too long a wait, ends it as it is. */
function relaySignals(
  link: WorkerLink,
  ports: SupervisorPorts,
  limits: SupervisionLimits,
  end: (outcome: Outcome) => void,
  lose: (message: string) => void,
): () => void {
  let stoppingSince: number | null = null;
  let cancelWait = () => {};
  const unlisten = ports.listen((signal) => {
    const now = ports.clock.monotonic();
    if (stoppingSince !== null) {
      if (now - stoppingSince >= ECHO_MS) end({ kind: "cut-short" });
      return;
    }
    stoppingSince = now;
    link.post({ kind: "stop", signal });
    cancelWait = ports.clock.after(limits.stopMs, () => {
      lose(`The monitor did not stop within ${limits.stopMs / 1000} s of ${signal} and was ended as it was`);
    });
  }, () => link.post({ kind: "resized" }));
  return () => {
    unlisten();
    cancelWait();
  };
}

function stalledSentence(silentMs: number): string {
  return `The monitor got stuck: it finished nothing for ${Math.round(silentMs / 1000)} s and was ended; ` +
    `start it again, and keep data/logs/live_risk.log to show what it was doing`;
}

/** An error from a timer or a forgotten promise says nothing about what it broke. */
function broken(failure: Failure): Failure {
  return { ...failure, message: `The monitor broke and was ended; start it again. The error was: ${failure.message}` };
}

function plainFailure(name: string, message: string): Failure {
  return { name, message, code: null, stack: null, cause: null };
}
