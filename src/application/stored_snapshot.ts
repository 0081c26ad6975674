/** The book as the newest stored risk snapshot shows it. */
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import { type Store, StoreFault } from "./ports/store.ts";
import { ALL_ACCOUNTS } from "./ports/store_records.ts";

/**
 * @param parse the document as a snapshot; null when it is none of this version's
 * @throws {StoreFault} when the store has none, or one that this version cannot read
 */
export async function lastStoredSnapshot(
  { description, lastRisk }: Pick<Store, "description" | "lastRisk">,
  parse: (document: unknown) => RiskSnapshot | null,
): Promise<RiskSnapshot> {
  const newest = (await lastRisk(0)).find(({ account, source }) => account === ALL_ACCOUNTS && source === "ALL");
  if (newest === undefined) {
    throw new StoreFault(
      "rejected",
      `Cannot show the stored book: ${description} has no risk snapshot yet; apex watch writes them at their interval ` +
        "(snapshots.risk_interval_sec)",
    );
  }
  const snapshot = parse(jsonOf(newest.document));
  if (snapshot === null) {
    throw new StoreFault(
      "outdated",
      `Cannot show the stored book: another version of APEX wrote the risk snapshot in ${description}; run apex watch ` +
        "until it has stored one of its own",
    );
  }
  return snapshot;
}

function jsonOf(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return null;
  }
}
