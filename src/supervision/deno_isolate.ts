/** The worker's own isolate, as Deno has it. */
import type { ToSupervisor, ToWorker } from "./protocol.ts";
import type { WorkerIsolate } from "./worker_program.ts";

/** The part of a worker's global scope that is used here; the compiler's own libraries describe a window's. */
export interface WorkerScope extends EventTarget {
  postMessage(message: ToSupervisor): void;
}

/** The scope of the worker that this code runs in; null in the main isolate. */
export function workerScope(): WorkerScope | null {
  const scope: EventTarget = globalThis;
  return isWorkerScope(scope) ? scope : null;
}

function isWorkerScope(scope: EventTarget): scope is WorkerScope {
  return "WorkerGlobalScope" in scope && "postMessage" in scope;
}

/** `root` is where the program's own files are: the folder of `main.ts`, or its like inside the executable. */
export function denoIsolate(scope: WorkerScope, root: URL): WorkerIsolate {
  return {
    embedded: (path) => Deno.readTextFileSync(new URL(path, root)),
    post: (message) => scope.postMessage(message),
    onMessage: (listener) =>
      scope.addEventListener("message", (event) => listener((event as MessageEvent<ToWorker>).data)),
    onEscapedError: (listener) => {
      scope.addEventListener("error", (event) => {
        event.preventDefault();
        listener((event as ErrorEvent).error);
      });
      scope.addEventListener("unhandledrejection", (event) => {
        event.preventDefault();
        listener((event as PromiseRejectionEvent).reason);
      });
    },
  };
}
