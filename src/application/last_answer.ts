/** The last answer to what a frame asks several times, so that it is worked out once. */

/**
 * Holds one answer with what it was asked for, and works out another when any of that is not the same any more.
 *
 * One alone, and not one for each snapshot: what hangs on a snapshot in a WeakMap stays until the next full collection of
 * garbage, and with a new snapshot for every frame moving it there costs more than the drawing.
 */
export class LastAnswer<Answer> {
  #last: { readonly asked: readonly unknown[]; readonly answer: Answer } | null = null;

  /** The answer for what is `asked`: values that are the same, or objects that never change. */
  to(asked: readonly unknown[], workOut: () => Answer): Answer {
    const last = this.#last;
    if (last !== null && isSame(last.asked, asked)) return last.answer;
    const answer = workOut();
    this.#last = { asked, answer };
    return answer;
  }
}

function isSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((one, index) => one === now[index]);
}
