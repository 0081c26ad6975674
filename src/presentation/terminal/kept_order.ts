/** Orders rows that were ordered before: of a large book each frame brings the same rows, nearly as they stood. */

/**
 * Remembers the places of the rows that it ordered last and begins with them the next time; what comes out is the same
 * whatever went before.
 */
export class KeptOrder {
  #places: number[] = [];

  /** The rows in order; those that compare equal, as they came. */
  sorted<Row>(rows: readonly Row[], compare: (one: Row, other: Row) => number): Row[] {
    const rowAt = (place: number) => rows[place] as Row;
    const inOrder = (one: number, other: number) => compare(rowAt(one), rowAt(other)) || one - other;
    const known = this.#places.length === rows.length;
    const places = known ? this.#places.slice() : Array.from(rows.keys());
    if (!known || !settle(places, inOrder)) places.sort(inOrder);
    this.#places = places;
    return places.map(rowAt);
  }
}

/**
 * Sorts by insertion: one comparison for each place, and one for each step that a row has moved. False, with the places
 * in some order, when they have moved too far for that.
 */
function settle(places: number[], compare: (one: number, other: number) => number): boolean {
  let steps = places.length * STEPS;
  for (let at = 1; at < places.length; at++) {
    const place = places[at] as number;
    let to = at;
    for (; to > 0 && steps > 0; to--, steps--) {
      const before = places[to - 1] as number;
      if (compare(before, place) <= 0) break;
      places[to] = before;
    }
    places[to] = place;
  }
  return steps > 0;
}

/** From about this many steps a row on, sorting anew is cheaper. */
const STEPS = 4;
