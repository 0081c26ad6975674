/** Counts what could not be read and logs it once per kind, then at most once an hour: a bad gateway must not flood. */
import type { Clock } from "../../application/ports/clock.ts";
import type { Log } from "../../application/ports/log.ts";

const QUIET_MS = 60 * 60_000;
/** Kinds remembered; a stranger could make up new ones for ever. */
const MAX_KINDS = 1_000;

interface Kind {
  count: number;
  loggedAt: number;
}

export class FaultLog {
  readonly #kinds = new Map<string, Kind>();
  /** Number fields that held text since the start. */
  badNumbers = 0;
  /** Messages that could not be read since the start. */
  unreadableMessages = 0;

  constructor(readonly log: Log, readonly clock: Clock) {}

  badNumber(message: number, text: string): void {
    this.badNumbers++;
    this.#note(`number ${message}`, (count) => {
      this.log.write("WARN", "DATA", "A message from IBKR has text where a number belongs; it counts as missing", {
        message,
        text,
        count,
      });
    });
  }

  unreadable(message: number, reason: string): void {
    this.unreadableMessages++;
    this.#note(`message ${message}`, (count) => {
      this.log.write("WARN", "DATA", "A message from IBKR could not be read and is left out", {
        message,
        reason,
        count,
      });
    });
  }

  /** A message to the whole session that asks for nothing but to be known. */
  notice(code: number, words: string): void {
    this.#note(`notice ${code}`, (count) => this.log.write("INFO", "SYSTEM", words, { code, count }));
  }

  #note(name: string, write: (count: number) => void): void {
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      if (this.#kinds.size >= MAX_KINDS) return;
      kind = { count: 0, loggedAt: -Infinity };
      this.#kinds.set(name, kind);
    }
    kind.count++;
    const now = this.clock.monotonic();
    if (now - kind.loggedAt < QUIET_MS) return;
    kind.loggedAt = now;
    write(kind.count);
  }
}
