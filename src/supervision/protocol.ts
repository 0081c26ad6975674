/** What the supervisor in the main isolate and the program in its worker say to each other. */
import type { CommandRequest, Conclusion, SelfTestRequest } from "../application/command.ts";
import type { Settings } from "../application/settings.ts";
import type { Failure } from "./failure.ts";

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Everything that runs in the worker. */
export type WorkerRequest = CommandRequest | SelfTestRequest;

/** What the worker is started for. */
export interface Work {
  readonly request: WorkerRequest;
  readonly settings: Settings;
  /** What was noticed before the worker started and belongs in the log. */
  readonly notes: readonly string[];
}

export type ToWorker =
  /** Sent once, after `ready`: a message that comes before the worker listens is lost. */
  | { readonly kind: "run"; readonly work: Work }
  | { readonly kind: "stop"; readonly signal: StopSignal }
  | { readonly kind: "resized" };

export type ToSupervisor =
  | { readonly kind: "ready" }
  /** How many pieces of work are finished, said every `HEARTBEAT_MS` even when there is none. */
  | { readonly kind: "heartbeat"; readonly finished: number }
  | { readonly kind: "concluded"; readonly conclusion: Conclusion }
  /** `escaped`: nobody was waiting for the promise or timer that threw, so the program may be left half done. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly escaped: boolean };

export const HEARTBEAT_MS = 1000;

/** How a supervised command ended. */
export type Outcome =
  | { readonly kind: "concluded"; readonly conclusion: Conclusion }
  /** The command ended with an error of its own. */
  | { readonly kind: "failed"; readonly failure: Failure }
  /** Told to stop a second time, it was not waited for any longer. */
  | { readonly kind: "cut-short" }
  /** The worker broke or went silent; what it had in hand is lost. */
  | { readonly kind: "worker-lost"; readonly failure: Failure };
