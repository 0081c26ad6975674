/** The letter after a mark: its quote's worst fault, else where a mark that is no quote came from. */
import type { MarkSource, PositionView } from "../../domain/risk/snapshot.ts";
import { priceMark } from "./name_rows.ts";

export function markLetter(position: Pick<PositionView, "flags" | "markSource" | "markStale">): string {
  return priceMark(position) || (LETTERS[position.markSource] ?? "");
}

const LETTERS: Readonly<Partial<Record<MarkSource, string>>> = { broker: "b", close: "c", model: "m", stored: "h" };
