/** Runs the monitor until it is told to stop, counting each delivered turn. */
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { Monitor } from "./monitor.ts";
import type { Clock } from "./ports/clock.ts";
import type { CommandHost } from "./ports/host.ts";

/** Where snapshots are shown. `ended` resolves when the viewer has gone (a closed pipe, the key `q`). */
export interface Viewer {
  show(snapshot: RiskSnapshot, urgent: boolean): void;
  readonly ended: Promise<void>;
  /** Gives back what it took (the terminal), with everything written. */
  close(): Promise<void>;
}

/** Resolves when the host says stop, the viewer ended, or `forMs` is over. The monitor must be running. */
export async function watchMonitor(
  monitor: Monitor,
  viewer: Viewer,
  host: CommandHost,
  clock: Clock,
  forMs: number | null,
): Promise<void> {
  const unsubscribe = monitor.subscribe(({ snapshot, transitions }) => {
    viewer.show(snapshot, transitions.length > 0);
    host.workFinished();
  });
  let cancel = (): void => {};
  const over = forMs === null ? [] : [new Promise<void>((resolve) => cancel = clock.after(forMs, resolve))];
  const told = new Promise<void>((resolve) => {
    if (host.signal.aborted) resolve();
    host.signal.addEventListener("abort", () => resolve());
  });
  try {
    await Promise.race([told, viewer.ended, ...over]);
  } finally {
    cancel();
    unsubscribe();
    await viewer.close();
  }
}
