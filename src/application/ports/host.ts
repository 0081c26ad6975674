/** What a running command is told by, and tells, the process around it. */

export interface CommandHost {
  /** Aborts on Ctrl+C and when the system asks the process to end. The command tidies up and concludes. */
  readonly signal: AbortSignal;
  /** Calls when the terminal changed its size; the returned function ends that. */
  onResize(listener: () => void): () => void;
  /**
   * Counts one finished piece of work: a turn of the monitor, drawn and delivered. From the first call on, a long
   * silence means that the command is stuck, and the process ends.
   */
  workFinished(): void;
  /**
   * The text of a file that is part of the program, by its path in the project (`config/scenarios/demo.yaml`). The
   * executable carries these files inside; the working folder has no say in them.
   */
  embedded(path: string): string;
  /**
   * Starts the program's second worker, which keeps the store, with a thread of its own. It may reach `hosts` alone: none
   * for the embedded store, the database's for another.
   */
  startStoreWorker(hosts: readonly string[]): WorkerConnection;
}

/** One end of what two isolates say to each other. Values are copied on the way; what was posted arrives in order. */
export interface MessageLink {
  post(message: unknown): void;
  /** Asked once, by the one that listens. A message that comes before it is lost. */
  onMessage(listener: (message: unknown) => void): void;
}

/** A worker as the isolate sees it that started it. */
export interface WorkerConnection extends MessageLink {
  /** Calls with the words of an error that nobody in the worker caught: it may be left half done, and is to be ended. */
  onFailure(listener: (words: string) => void): void;
  /** Ends the worker's messages. Its thread may go on if it is stuck: only the end of the process ends that. */
  terminate(): void;
}
