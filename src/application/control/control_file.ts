/** What a running monitor leaves in the working folder for the commands that talk to it. */
import type { Environment } from "../settings.ts";

export interface ControlFile {
  readonly env: Environment;
  /** Of 127.0.0.1. */
  readonly port: number;
  readonly token: string;
  /** What the monitor answers with, by which it is told from another program on its port. */
  readonly proof: string;
  readonly pid: number;
  /** ISO, by the machine's clock. */
  readonly startedAt: string;
}

/** What was found in the place of the file. */
export type Finding =
  | { readonly kind: "found"; readonly file: ControlFile }
  /** `others`: environments that have one in this folder. */
  | { readonly kind: "absent"; readonly others: readonly Environment[] }
  /** It is there and cannot be used, and why: another user's, damaged, or open to others. */
  | { readonly kind: "unusable"; readonly obstacle: string };

/** The monitor that a command in this folder can talk to. */
export type RunningMonitor =
  /** It has just answered. */
  | { readonly kind: "running"; readonly file: ControlFile }
  /** In words, with what to start. */
  | { readonly kind: "none"; readonly obstacle: string }
  /** There may be one, but it cannot be asked: in words, with the remedy. */
  | { readonly kind: "unusable"; readonly obstacle: string };
