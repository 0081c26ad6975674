/** JSON in pieces, so that a large answer is made while other work goes on. */

/**
 * The text of `{"id":…,"result":…}` with its line end. The result's own arrays come element by element: the largest piece is
 * one position, not the book.
 */
export function* answerParts(id: number, result: unknown): Generator<string, void> {
  yield `{"id":${id},"result":`;
  yield* valueParts(result, 2);
  yield "}\n";
}

/** @param depth how many levels are taken apart; below, a value is one piece */
function* valueParts(value: unknown, depth: number): Generator<string, void> {
  if (depth === 0 || typeof value !== "object" || value === null) {
    yield JSON.stringify(value) ?? "null";
  } else if (Array.isArray(value)) {
    let before = "[";
    for (const element of value) {
      yield before + (JSON.stringify(element) ?? "null");
      before = ",";
    }
    yield before === "[" ? "[]" : "]";
  } else {
    let before = "{";
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      before = ",";
      yield* valueParts(member, depth - 1);
    }
    yield before === "{" ? "{}" : "}";
  }
}
