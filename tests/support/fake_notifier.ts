/** A channel that keeps what it is sent, and fails or hangs when told to. */
import type { Clock } from "../../src/application/ports/clock.ts";
import type { Alert, AlertBatch, Notifier } from "../../src/application/ports/notifier.ts";

export class FakeNotifier implements Notifier {
  readonly name = "fake";
  /** What arrived, with the monotonic time of its arrival. */
  readonly sent: { readonly at: number; readonly batch: AlertBatch }[] = [];
  /** When each attempt was made, failed ones too. */
  readonly attempts: number[] = [];
  failing: string | null = null;
  hanging = false;

  constructor(readonly clock: Clock) {}

  send(batch: AlertBatch, signal: AbortSignal): Promise<void> {
    this.attempts.push(this.clock.monotonic());
    if (this.hanging) {
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }
    if (this.failing !== null) return Promise.reject(new Error(this.failing));
    this.sent.push({ at: this.clock.monotonic(), batch });
    return Promise.resolve();
  }

  /** Every alert that arrived, in order. */
  get alerts(): Alert[] {
    return this.sent.flatMap(({ batch }) => batch.alerts);
  }
}
