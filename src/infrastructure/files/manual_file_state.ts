/** The manual file as `apex doctor` finds it. */
import type { ManualFileState } from "../../application/doctor/places.ts";
import type { Settings } from "../../application/settings.ts";
import { faultText } from "../config/fault.ts";
import { readBounded } from "./bounded_read.ts";
import { MANUAL_BOUNDS, readManualFile } from "./manual_entry.ts";
import { isMissing, readRefusal } from "./refusal.ts";

export function manualFileState({ enabled, file }: Pick<Settings["manual"], "enabled" | "file">): ManualFileState {
  if (!enabled) return { kind: "off" };
  try {
    const { entries, faults } = readManualFile(readBounded(file, MANUAL_BOUNDS.bytes), file);
    return { kind: "read", entries: entries.length, faults: faults.map(faultText) };
  } catch (fault) {
    return isMissing(fault) ? { kind: "missing" } : { kind: "unreadable", reason: readRefusal(fault) };
  }
}
