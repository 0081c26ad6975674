/** What `apex doctor` prints. */
import type { Finding, FindingStatus } from "../../application/doctor/finding.ts";
import { count } from "../format.ts";
import { padded, wrapped } from "../terminal/frame.ts";

export interface DoctorLook {
  /** Columns of the terminal; null: standard output is none. */
  readonly width: number | null;
  readonly color: boolean;
}

const WORDS: Readonly<Record<FindingStatus, string>> = { ok: "OK", warn: "WARN", fail: "FAIL", skipped: "--" };
/** Told apart without red against green; the words say it as well. */
const COLOURS: Readonly<Record<FindingStatus, string>> = { ok: "36", warn: "1;33", fail: "1;31", skipped: "2" };
const STATUS_WIDTH = 6;
const GAP = 2;
const DEFAULT_WIDTH = 100;
const NARROWEST = 60;

export function doctorTable(findings: readonly Finding[], look: DoctorLook): string {
  const checkWidth = Math.max(...findings.map(({ check }) => check.length)) + GAP;
  const width = Math.max(NARROWEST, look.width ?? DEFAULT_WIDTH) - STATUS_WIDTH - checkWidth;
  const lines = findings.flatMap((finding) => {
    const { check, status, found, fix } = finding;
    const words = [...broken(found, width), ...(fix === null ? [] : broken(`Fix: ${fix}`, width))];
    return words.map((line, at) => (at === 0 ? front(check, status, checkWidth, look) : blank(checkWidth)) + line);
  });
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n\n${summary(findings)}\n`;
}

function broken(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapped(printable(line), width));
}

/** What others said is shown and not obeyed. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

function front(check: string, status: FindingStatus, checkWidth: number, { color }: DoctorLook): string {
  const word = padded(WORDS[status], STATUS_WIDTH);
  return `${color ? `\x1b[${COLOURS[status]}m${word}\x1b[0m` : word}${padded(check, checkWidth)}`;
}

function blank(checkWidth: number): string {
  return " ".repeat(STATUS_WIDTH + checkWidth);
}

function summary(findings: readonly Finding[]): string {
  const counted = (status: FindingStatus) => findings.filter((finding) => finding.status === status).length;
  const parts = (["fail", "warn", "ok"] as const).map((status) => `${counted(status)} ${WORDS[status]}`);
  if (counted("skipped") > 0) parts.push(`${counted("skipped")} not looked at`);
  return `${count(findings.length, "check")}: ${parts.join(", ")}`;
}

export function doctorJson(findings: readonly Finding[]): string {
  return `${JSON.stringify(findings, null, 2)}\n`;
}
