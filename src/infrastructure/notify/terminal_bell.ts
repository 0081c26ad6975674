/** The terminal's bell, where no dashboard rings it. */
import type { AlertBatch, Notifier } from "../../application/ports/notifier.ts";

/** Writes to the terminal, all of it. */
export type Ring = (bytes: Uint8Array) => void;

const BELL = Uint8Array.of(7);

/** Rings once for a message with something critical in it: a hard breach, one that nobody acknowledged, a lost broker. */
export function terminalBell(ring: Ring): Notifier {
  return {
    name: "terminal bell",
    send({ alerts }: AlertBatch): Promise<void> {
      if (alerts.some(({ severity }) => severity === "critical")) ring(BELL);
      return Promise.resolve();
    },
  };
}
