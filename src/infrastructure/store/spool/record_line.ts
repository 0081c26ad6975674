/**
 * The lines of a spool file. The first says what it is; each other one is a batch:
 *
 *   8 hex digits of the CRC-32 of what follows, a blank, how many snapshots it is that may give way, or 0 when it must be
 *   kept, a blank, the batch as JSON
 */
import { crc32 } from "node:zlib";

export const HEADER = "apex.spool/1\n";
const NEWLINE = 0x0a;
const PREFIX = /^([0-9a-f]{8}) (\d{1,8}) /;
const LONGEST_PREFIX = 18;
/** Of a line, what the checksum is over begins behind it and a blank. */
const CHECKSUM_LENGTH = 9;
const NO_CHECKSUM = "00000000";

export interface RecordPlace {
  /** 0: it must be kept. */
  readonly snapshots: number;
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

export function recordLine(snapshots: number, text: string): Uint8Array {
  // The longest ones are several megabytes: they are encoded once, and the checksum is put before what is encoded.
  const line = new TextEncoder().encode(`${NO_CHECKSUM} ${snapshots} ${text}\n`);
  const checksum = crc32(line.subarray(CHECKSUM_LENGTH, line.length - 1)).toString(16).padStart(8, "0");
  new TextEncoder().encodeInto(checksum, line);
  return line;
}

/** The batch's JSON in one line as it was read; null when it is not what was written. */
export function recordText(line: Uint8Array): string | null {
  if (placeOf(line, 0) === null) return null;
  const body = new TextDecoder().decode(line.subarray(CHECKSUM_LENGTH, line.length - 1));
  return body.slice(body.indexOf(" ") + 1);
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
  const prefix = PREFIX.exec(new TextDecoder().decode(line.subarray(0, LONGEST_PREFIX)));
  if (prefix === null) return null;
  const checksum = crc32(line.subarray(CHECKSUM_LENGTH, line.length - 1));
  return checksum === parseInt(prefix[1]!, 16) ? { snapshots: Number(prefix[2]), offset, length: line.length } : null;
}

function isHead(head: Uint8Array, bytes: Uint8Array): boolean {
  return head.every((byte, at) => byte === bytes[at]);
}
