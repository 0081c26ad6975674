/** The filter line: `tsla !short a:DU1 dte<8 flag:stale`, every word of which must hold. */
import type { PositionView } from "../../domain/risk/snapshot.ts";
import { contractName } from "../format.ts";

export interface Filter {
  /** Whether the line holds any condition at all. */
  readonly active: boolean;
  position(position: PositionView): boolean;
  /** For rows that are no positions: only plain words count. */
  text(text: string): boolean;
}

type Test = (position: PositionView, name: string) => boolean;

export function parseFilter(line: string): Filter {
  const words = line.toLowerCase().split(/\s+/).filter((word) => word !== "" && word !== "!");
  const tests = words.map(testOf);
  const plain = words.filter((word) => !/^!?(a:|flag:|dte[<>=])/.test(word));
  return {
    active: words.length > 0,
    position(position) {
      const name = `${contractName(position)} ${position.underlying} ${position.strategy ?? ""}`.toLowerCase();
      return tests.every((test) => test(position, name));
    },
    text(text) {
      const lower = text.toLowerCase();
      return plain.every((word) => word.startsWith("!") ? !lower.includes(word.slice(1)) : lower.includes(word));
    },
  };
}

function testOf(word: string): Test {
  if (word.startsWith("!")) {
    const inner = testOf(word.slice(1));
    return (position, name) => !inner(position, name);
  }
  if (word.startsWith("a:")) {
    const account = word.slice(2);
    return (position) => position.leaves.some((leaf) => leaf.account.toLowerCase().includes(account));
  }
  if (word.startsWith("flag:")) {
    const flag = word.slice(5);
    return (position) => position.flags.some((one) => one.toLowerCase().startsWith(flag));
  }
  const [, sign, days] = /^dte([<>=])(\d+)$/.exec(word) ?? [];
  if (sign !== undefined && days !== undefined) {
    const bound = Number(days);
    return ({ daysToExpiry: left }) =>
      left !== null && (sign === "<" ? left < bound : sign === ">" ? left > bound : left === bound);
  }
  return (_position, name) => name.includes(word);
}
