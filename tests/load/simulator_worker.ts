/** The simulated gateway as a worker: a question comes as a message, and so does its answer. */
import { type Answer, type Question, simulatorSide } from "./simulator_side.ts";

/** The part of a worker's global scope that is used here; the compiler's own libraries describe a window's. */
interface WorkerScope extends EventTarget {
  postMessage(message: Answer): void;
}

function isWorkerScope(scope: EventTarget): scope is WorkerScope {
  return "WorkerGlobalScope" in scope && "postMessage" in scope;
}

const scope: EventTarget = globalThis;
if (isWorkerScope(scope)) {
  const answer = simulatorSide();
  scope.addEventListener("message", (event) => {
    void answer((event as MessageEvent<Question>).data).then((given) => scope.postMessage(given));
  });
}
