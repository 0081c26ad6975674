/** Two ends that talk as two isolates do: values are copied, in order, and never at once. */
import type { MessageLink, WorkerConnection } from "../../src/application/ports/host.ts";

export interface JoinedIsolates {
  /** The worker as the one that started it sees it. */
  readonly connection: WorkerConnection;
  readonly inside: MessageLink;
  /** As an error that nobody in the worker caught. */
  fail(words: string): void;
  readonly terminated: boolean;
}

export function joinedIsolates(): JoinedIsolates {
  let outward = (_message: unknown): void => {};
  let inward = (_message: unknown): void => {};
  let failed = (_words: string): void => {};
  let terminated = false;
  const later = (message: unknown, deliver: (copy: unknown) => void) => {
    const copy = structuredClone(message);
    void Promise.resolve().then(() => terminated || deliver(copy));
  };
  return {
    connection: {
      post: (message) => later(message, (copy) => inward(copy)),
      onMessage: (listener) => outward = listener,
      onFailure: (listener) => failed = listener,
      terminate: () => terminated = true,
    },
    inside: {
      post: (message) => later(message, (copy) => outward(copy)),
      onMessage: (listener) => inward = listener,
    },
    fail: (words) => failed(words),
    get terminated() {
      return terminated;
    },
  };
}
