/** The worker's own isolate, as Deno has it. */
import type { MessageLink, WorkerConnection } from "../application/ports/host.ts";
import type { ToSupervisor, ToWorker } from "./protocol.ts";
import type { WorkerIsolate } from "./worker_program.ts";

/** What the worker that keeps the store is started as, by which `main.ts` knows it. */
export const STORE_WORKER = "apex store";

/** The part of a worker's global scope that is used here; the compiler's own libraries describe a window's. */
export interface WorkerScope extends EventTarget {
  /** What the worker was started as. */
  readonly name: string;
  postMessage(message: unknown): void;
}

/** The scope of the worker that this code runs in; null in the main isolate. */
export function workerScope(): WorkerScope | null {
  const scope: EventTarget = globalThis;
  return isWorkerScope(scope) ? scope : null;
}

function isWorkerScope(scope: EventTarget): scope is WorkerScope {
  return "WorkerGlobalScope" in scope && "postMessage" in scope;
}

/** `entry` is `main.ts`, or its like inside the executable; the program's own files lie beside it. */
export function denoIsolate(
  scope: WorkerScope,
  entry: string,
  startStoreWorker: (entry: string, hosts: readonly string[]) => WorkerConnection,
): WorkerIsolate {
  return {
    embedded: (path) => embeddedText(entry, path),
    post: (message: ToSupervisor) => scope.postMessage(message),
    onMessage: (listener) =>
      scope.addEventListener("message", (event) => listener((event as MessageEvent<ToWorker>).data)),
    onEscapedError: (listener) => onEscapedError(scope, listener),
    startStoreWorker: (hosts) => startStoreWorker(entry, hosts),
  };
}

/** The store worker's own end. What escapes there is posted as a failure, so that the runtime prints nothing. */
export function storeWorkerLink(scope: WorkerScope): MessageLink {
  onEscapedError(scope, (thrown) => {
    scope.postMessage({ escaped: thrown instanceof Error ? thrown.message : String(thrown) });
  });
  return {
    post: (message) => scope.postMessage(message),
    onMessage: (listener) => scope.addEventListener("message", (event) => listener((event as MessageEvent).data)),
  };
}

export function embeddedText(entry: string, path: string): string {
  return Deno.readTextFileSync(new URL(path, entry));
}

/** The runtime then regards the error as dealt with. */
function onEscapedError(scope: WorkerScope, listener: (thrown: unknown) => void): void {
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    listener((event as ErrorEvent).error);
  });
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    listener((event as PromiseRejectionEvent).reason);
  });
}
