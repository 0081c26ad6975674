/**
 * The worker's side: waits for the request, runs the command, and keeps telling the supervisor how far it got. Errors
 * that nobody caught are caught here, so that the runtime does not print them across the screen.
 */
import type { Conclusion } from "../application/command.ts";
import { type Clock, every } from "../application/ports/clock.ts";
import type { CommandHost, WorkerConnection } from "../application/ports/host.ts";
import { failureOf } from "./failure.ts";
import { HEARTBEAT_MS, type ToSupervisor, type ToWorker, type Work } from "./protocol.ts";

/** The isolate the program runs in. */
export interface WorkerIsolate {
  post(message: ToSupervisor): void;
  onMessage(listener: (message: ToWorker) => void): void;
  /** Calls for errors and rejections that nobody caught, which the isolate then regards as dealt with. */
  onEscapedError(listener: (thrown: unknown) => void): void;
  embedded(path: string): string;
  startStoreWorker(hosts: readonly string[]): WorkerConnection;
}

export type RunWork = (work: Work, host: CommandHost) => Promise<Conclusion>;

/** Listens, then says that it is ready. */
export function serveWorker(isolate: WorkerIsolate, clock: Clock, run: RunWork): void {
  const stop = new AbortController();
  const resizeListeners = new Set<() => void>();
  let finished = 0;
  const host: CommandHost = {
    signal: stop.signal,
    onResize(listener) {
      resizeListeners.add(listener);
      return () => resizeListeners.delete(listener);
    },
    workFinished() {
      finished++;
    },
    embedded: (path) => isolate.embedded(path),
    startStoreWorker: (hosts) => isolate.startStoreWorker(hosts),
  };
  isolate.onEscapedError((thrown) => isolate.post({ kind: "failed", failure: failureOf(thrown), escaped: true }));
  isolate.onMessage((message) => {
    if (message.kind === "stop") stop.abort(message.signal);
    else if (message.kind === "resized") { for (const listener of resizeListeners) listener(); }
    else report(isolate, () => run(message.work, host));
  });
  every(clock, HEARTBEAT_MS, () => isolate.post({ kind: "heartbeat", finished }));
  isolate.post({ kind: "ready" });
}

function report(isolate: WorkerIsolate, run: () => Promise<Conclusion>): void {
  // Started inside the chain, so that what the command throws before its first await is reported the same way.
  Promise.resolve().then(run).then(
    (conclusion) => isolate.post({ kind: "concluded", conclusion }),
    (fault) => isolate.post({ kind: "failed", failure: failureOf(fault), escaped: false }),
  );
}
