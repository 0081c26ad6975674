/** Which moves `apex scenario` is to try, on which part of the book. */
import { contractKnownAs } from "./history_report/symbol_filter.ts";
import type { GridWanted, VolMove } from "../domain/risk/scenario_grid.ts";
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { Shock } from "../domain/settings.ts";
import { type ScenarioRequest, UsageError } from "./command.ts";
import { nearestWord } from "./nearest_word.ts";

type Asked = Pick<ScenarioRequest, "spots" | "vols" | "days" | "byBeta" | "account" | "symbol">;

/**
 * The grid that was asked for; what was not said comes from the configured shocks.
 *
 * @throws {UsageError} for an account or a symbol that the book does not know
 */
export function gridWanted(
  asked: Asked,
  snapshot: RiskSnapshot,
  shocks: readonly Shock[],
  bookKnown: boolean,
): GridWanted {
  const { account, symbol, byBeta } = asked;
  // A book that is not known yet may hold anything, and so may a broker that was never read.
  const isWhole = bookKnown && snapshot.portfolio.excluded.every(({ reason }) => reason !== "SOURCE_UNREAD");
  if (isWhole) requireHeld(asked, snapshot);
  return {
    ...movesWanted(asked, shocks),
    byBeta,
    account,
    includes: symbol === null ? null : (position) => contractKnownAs(position, symbol),
    bookKnown,
  };
}

const FLAT: VolMove = { kind: "points", value: 0 };
/** As the dashboard's grid has them. */
const USUAL_VOLS: readonly VolMove[] = [
  { kind: "points", value: -0.05 },
  FLAT,
  { kind: "points", value: 0.05 },
  { kind: "points", value: 0.1 },
];

function movesWanted(
  { spots, vols, days }: Pick<Asked, "spots" | "vols" | "days">,
  shocks: readonly Shock[],
): Pick<GridWanted, "spots" | "vols" | "days"> {
  const isOpen = spots === null && vols === null;
  return {
    spots: spots ?? [...new Set([...shocks.map(({ spotShock }) => spotShock), 0])].sort((a, b) => a - b),
    vols: vols ?? (isOpen ? USUAL_VOLS : [FLAT]),
    days,
  };
}

function requireHeld({ account, symbol }: Asked, { positions, accounts }: RiskSnapshot): void {
  const known = [...new Set([...accounts, ...positions.flatMap(({ leaves }) => leaves)].map((one) => one.account))];
  if (account !== null && !known.includes(account)) {
    throw new UsageError(`Cannot show the account ${account}: ${remedy("accounts are", account, known)}`);
  }
  if (symbol !== null && !positions.some((position) => contractKnownAs(position, symbol))) {
    const names = [...new Set(positions.map(({ underlying }) => underlying))];
    throw new UsageError(`Cannot shock ${symbol}: nothing in it is held; ${remedy("names held are", symbol, names)}`);
  }
}

function remedy(are: string, wanted: string, known: readonly string[]): string {
  const nearest = nearestWord(wanted, known);
  if (nearest !== null) return `did you mean ${nearest}?`;
  return known.length === 0 ? "the book is empty" : `the ${are} ${known.slice(0, 20).join(", ")}`;
}
