/** The program's own record of what it did. */
import type { EpochMs } from "../../domain/time.ts";

export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR";
export type LogCategory = "SYSTEM" | "RISK" | "TRADING" | "DATA" | "ALERT";

/** Facts beside the message. No secrets; account numbers are masked by the writer. */
export type LogData = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface Log {
  write(level: LogLevel, category: LogCategory, message: string, data?: LogData): void;
}

/** One line as it was written: masked, and what a screen may show. */
export interface LogLine {
  /** Counts the lines of this program from 1. */
  readonly number: number;
  readonly at: EpochMs;
  readonly level: LogLevel;
  readonly category: LogCategory;
  readonly message: string;
  readonly data: LogData;
}
