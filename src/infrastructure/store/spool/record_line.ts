/**
 * The lines of a spool file. The first says what it is; each other one is a batch:
 *
 *   8 hex digits of the CRC-32 of what follows, a blank, `S` when it holds nothing but snapshots or `K` when it must be
 *   kept, a blank, the batch as JSON
 */
import { crc32 } from "node:zlib";

export const HEADER = "apex.spool/1\n";
const NEWLINE = 0x0a;
const PREFIX = /^([0-9a-f]{8}) ([SK]) $/;
const PREFIX_LENGTH = 11;
/** Of a line, what the checksum is over begins behind it and a blank. */
const CHECKSUM_LENGTH = 9;

export interface RecordPlace {
  readonly snapshotsAlone: boolean;
  /** Of the line in its file, with the newline. */
  readonly offset: number;
  readonly length: number;
}

export interface ReadLines {
  readonly records: readonly RecordPlace[];
  /** Lines within the file that are not what was written. */
  readonly damaged: number;
  /** Bytes of a last line that was cut short. */
  readonly tornBytes: number;
}

export function recordLine(snapshotsAlone: boolean, text: string): Uint8Array {
  const body = `${snapshotsAlone ? "S" : "K"} ${text}`;
  return new TextEncoder().encode(`${crc32(body).toString(16).padStart(8, "0")} ${body}\n`);
}

/** The batch's JSON in one line as it was read; null when it is not what was written. */
export function recordText(line: Uint8Array): string | null {
  const place = placeOf(line, 0);
  return place === null ? null : new TextDecoder().decode(line.subarray(PREFIX_LENGTH, line.length - 1));
}

/** Null when the file is not of this version. */
export function readLines(bytes: Uint8Array): ReadLines | null {
  const header = new TextEncoder().encode(HEADER);
  // Killed while it began the file.
  if (bytes.length < header.length) return isHead(bytes, header) ? { records: [], damaged: 0, tornBytes: 0 } : null;
  if (!isHead(header, bytes)) return null;
  const records: RecordPlace[] = [];
  let damaged = 0;
  let offset = header.length;
  while (offset < bytes.length) {
    const end = bytes.indexOf(NEWLINE, offset);
    if (end < 0) return { records, damaged, tornBytes: bytes.length - offset };
    const place = placeOf(bytes.subarray(offset, end + 1), offset);
    if (place === null) damaged++;
    else records.push(place);
    offset = end + 1;
  }
  return { records, damaged, tornBytes: 0 };
}

function placeOf(line: Uint8Array, offset: number): RecordPlace | null {
  const prefix = PREFIX.exec(new TextDecoder().decode(line.subarray(0, PREFIX_LENGTH)));
  if (prefix === null) return null;
  const checksum = crc32(line.subarray(CHECKSUM_LENGTH, line.length - 1));
  return checksum === parseInt(prefix[1]!, 16)
    ? { snapshotsAlone: prefix[2] === "S", offset, length: line.length }
    : null;
}

function isHead(head: Uint8Array, bytes: Uint8Array): boolean {
  return head.every((byte, at) => byte === bytes[at]);
}
