/** Counts lines that repeat themselves, so that one is written for many. */
import type { LogCategory, LogData, LogLevel } from "../../application/ports/log.ts";

export interface Said {
  readonly level: LogLevel;
  readonly category: LogCategory;
  readonly message: string;
  readonly data: LogData;
}

/** A line and how often it came again without being written. */
export interface Repeated {
  readonly said: Said;
  readonly times: number;
}

interface Window {
  said: Said;
  until: number;
  times: number;
}

/** What each line of these categories says must be found again, so only lines with the same data are the same. */
const EACH_COUNTS: ReadonlySet<LogCategory> = new Set(["TRADING", "ALERT"]);

export class Repeats {
  /** In the order of their ends. */
  readonly #windows = new Map<string, Window>();

  /** `most` bounds how many different lines are remembered; the oldest gives way. */
  constructor(readonly windowMs: number, readonly most: number) {}

  /**
   * True when the same line was written within the window: it is counted and need not be written. `over` holds windows
   * that had to end early.
   */
  swallow(said: Said, now: number): { readonly swallowed: boolean; readonly over: readonly Repeated[] } {
    const key = keyOf(said);
    const window = this.#windows.get(key);
    if (window !== undefined) {
      window.times++;
      window.said = said;
      return { swallowed: true, over: [] };
    }
    const over = this.#windows.size >= this.most ? this.#endOldest() : [];
    this.#windows.set(key, { said, until: now + this.windowMs, times: 0 });
    return { swallowed: false, over };
  }

  #endOldest(): readonly Repeated[] {
    for (const [key, window] of this.#windows) {
      this.#windows.delete(key);
      return window.times > 0 ? [window] : [];
    }
    return [];
  }

  /** Lines whose window is over and that came again in it. They open a new window: a flood gives one line for each. */
  due(now: number): readonly Repeated[] {
    const over: Repeated[] = [];
    for (const [key, window] of this.#windows) {
      if (window.until > now) break;
      this.#windows.delete(key);
      if (window.times === 0) continue;
      over.push({ said: window.said, times: window.times });
      this.#windows.set(key, { said: window.said, until: now + this.windowMs, times: 0 });
    }
    return over;
  }

  /** When the next window ends; null when none is open. */
  nextEnd(): number | null {
    for (const { until } of this.#windows.values()) return until;
    return null;
  }

  /** Ends all windows. */
  drain(): readonly Repeated[] {
    const over = [...this.#windows.values()].filter((window) => window.times > 0);
    this.#windows.clear();
    return over;
  }
}

function keyOf({ level, category, message, data }: Said): string {
  const facts = EACH_COUNTS.has(category) ? JSON.stringify(data) : "";
  return `${level} ${category} ${message} ${facts}`;
}
