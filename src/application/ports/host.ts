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
}
