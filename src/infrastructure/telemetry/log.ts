/**
 * The program's log: one JSON object a line, `{"timestamp","level","category","message","data"}`.
 *
 * Lines are written in batches, errors at once. Writing never throws and never waits: when the disk fails, a bounded
 * number of lines is kept for the next attempt, older ones are counted as lost, and the count is the first thing
 * written when the disk is back.
 */
import type { Clock } from "../../application/ports/clock.ts";
import type { Log, LogCategory, LogData, LogLevel, LogLine } from "../../application/ports/log.ts";
import { isoInstant } from "../../domain/time.ts";
import type { LogDisk } from "./log_disk.ts";
import { Masking } from "./masking.ts";
import { RecentLines } from "./recent_lines.ts";
import { type Repeated, Repeats, type Said } from "./repeats.ts";
import { RotatingFile, type Rotation } from "./rotating_file.ts";

export interface LogOptions extends Rotation {
  /** Lines below it are not written. */
  readonly level: LogLevel;
  /** Account numbers in full. */
  readonly showAccounts: boolean;
}

type Unnumbered = Omit<LogLine, "number">;

const RANK: Readonly<Record<LogLevel, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };

const BATCH_LINES = 64;
const BATCH_MS = 200;
/** Kept while the disk fails; about 1 MB of usual lines. */
const MOST_WAITING = 4_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const REPEAT_WINDOW_MS = 10_000;
const REPEATS_REMEMBERED = 256;
const TAIL_LINES = 500;

export class FileLog implements Log {
  readonly #file: RotatingFile;
  readonly #masking: Masking;
  readonly #repeats = new Repeats(REPEAT_WINDOW_MS, REPEATS_REMEMBERED);
  readonly #tail = new RecentLines(TAIL_LINES);
  readonly #waiting: string[] = [];
  #lost = 0;
  #trouble: string | null = null;
  #retryMs = FIRST_RETRY_MS;
  #retryAt = 0;
  #closed = false;
  #cancelFlush: (() => void) | null = null;
  #cancelRepeats: (() => void) | null = null;

  constructor(readonly options: LogOptions, readonly clock: Clock, disk: LogDisk) {
    this.#file = new RotatingFile(options, disk);
    this.#masking = new Masking(options.showAccounts);
  }

  write(level: LogLevel, category: LogCategory, message: string, data: LogData = {}): void {
    if (RANK[level] < RANK[this.options.level]) return;
    const said: Said = { level, category, message, data };
    const now = this.clock.monotonic();
    this.#say(this.#repeats.due(now));
    const { swallowed, over } = this.#repeats.swallow(said, now);
    this.#say(over);
    if (!swallowed) this.#put(said);
    this.#watchRepeats();
  }

  /** Account numbers that are masked from here on, in messages and data. */
  addAccounts(accounts: readonly string[]): void {
    this.#masking.addAccounts(accounts);
  }

  /** Passwords and tokens that are hidden from here on, in messages and data. */
  addSecrets(secrets: readonly string[]): void {
    this.#masking.addSecrets(secrets);
  }

  /** A text as the log would write it, for what else leaves the machine: without secrets, account numbers masked. */
  masked(text: string): string {
    return this.#masking.message(text);
  }

  /** The newest lines, oldest first, masked as in the file. */
  tail(): readonly LogLine[] {
    return this.#tail.lines();
  }

  /** Why lines are not reaching the disk now; null when they are. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Writes what waits, now: before the program ends, or when it crashes. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    const lines = this.#lost > 0 ? [this.#lostLine(), ...this.#waiting] : this.#waiting;
    if (lines.length === 0) return;
    const { written, error } = this.#file.append(lines);
    const lostTold = this.#lost > 0 && written > 0;
    this.#waiting.splice(0, lostTold ? written - 1 : written);
    if (lostTold) this.#lost = 0;
    if (error === null) this.#recovered();
    else this.#failed(error);
  }

  /** Writes everything, counts of repeated lines included. A line written after it goes to the disk at once. */
  close(): void {
    this.#closed = true;
    this.#say(this.#repeats.drain());
    this.flush();
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#cancelRepeats?.();
    this.#cancelRepeats = null;
  }

  #say(repeated: readonly Repeated[]): void {
    for (const { said, times } of repeated) {
      const message = `${said.message} (repeated ${times === 1 ? "once" : `${times} times`})`;
      this.#put({ ...said, message, data: { ...said.data, repeated: times } });
    }
  }

  #put({ level, category, message, data }: Said): void {
    const line: Unnumbered = {
      at: this.clock.now(),
      level,
      category,
      message: this.#masking.message(message),
      data: this.#masking.data(data),
    };
    this.#tail.add(line);
    this.#waiting.push(lineText(line));
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#lost++;
    }
    const full = this.#waiting.length >= BATCH_LINES || level === "ERROR";
    const mayTry = this.#trouble === null || this.clock.monotonic() >= this.#retryAt;
    if (this.#closed || (full && mayTry)) this.flush();
    else this.#flushLater(this.#trouble === null ? BATCH_MS : Math.max(0, this.#retryAt - this.clock.monotonic()));
  }

  #flushLater(ms: number): void {
    if (this.#closed) return;
    this.#cancelFlush ??= this.clock.after(ms, () => this.flush());
  }

  #watchRepeats(): void {
    const end = this.#repeats.nextEnd();
    if (end === null || this.#closed || this.#cancelRepeats !== null) return;
    this.#cancelRepeats = this.clock.after(Math.max(0, end - this.clock.monotonic()), () => {
      this.#cancelRepeats = null;
      this.#say(this.#repeats.due(this.clock.monotonic()));
      this.#watchRepeats();
    });
  }

  #failed(error: Error): void {
    const reason = `cannot write the log ${this.options.file}: ${wordsOf(error)}`;
    if (this.#trouble === null) {
      const message = this.#masking.message(reason);
      this.#tail.add({ at: this.clock.now(), level: "ERROR", category: "SYSTEM", message, data: {} });
    }
    this.#trouble = reason;
    this.#retryAt = this.clock.monotonic() + this.#retryMs;
    this.#flushLater(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #recovered(): void {
    this.#trouble = null;
    this.#retryMs = FIRST_RETRY_MS;
  }

  #lostLine(): string {
    const lines = this.#lost === 1 ? "1 log line was lost" : `${this.#lost} log lines were lost`;
    const message = this.#masking.message(`${lines}: ${this.#trouble ?? "too many at once"}`);
    const data = { lost: this.#lost };
    return lineText({ at: this.clock.now(), level: "ERROR", category: "SYSTEM", message, data });
  }
}

/** The sandbox speaks of its flags, which nobody can set in an executable. */
function wordsOf(error: Error): string {
  return error instanceof Deno.errors.NotCapable
    ? "APEX writes only into the folder data of the working folder; name a file there in logging.file"
    : error.message;
}

function lineText({ at, level, category, message, data }: Unnumbered): string {
  return `${JSON.stringify({ timestamp: isoInstant(at), level, category, message, data })}\n`;
}
