/** Errors as plain values: what crosses from the worker, and what the user reads. */
import { explainRefusal } from "./refusal.ts";

export interface Failure {
  readonly name: string;
  readonly message: string;
  /** The system's code, such as `EPERM`; null when there is none. */
  readonly code: string | null;
  readonly stack: string | null;
  readonly cause: Failure | null;
}

/** Longest chain of causes that is kept; a cyclic one ends here. */
const MAX_CAUSES = 8;

/** The error as a value that can be posted. Anything can be thrown; what is not an error becomes its text. */
export function failureOf(thrown: unknown, causesLeft = MAX_CAUSES): Failure {
  if (!(thrown instanceof Error)) {
    return { name: "Error", message: String(thrown), code: null, stack: null, cause: null };
  }
  return {
    name: thrown.name,
    message: thrown.message,
    code: "code" in thrown && typeof thrown.code === "string" ? thrown.code : null,
    stack: thrown.stack ?? null,
    cause: thrown.cause === undefined || causesLeft === 0 ? null : failureOf(thrown.cause, causesLeft - 1),
  };
}

/**
 * What the user reads: one sentence, or several lines where the error lists several faults. With `withStacks`, the
 * stacks of the error and its causes follow, for whoever looks for the place in the code.
 */
export function describeFailure(failure: Failure, withStacks: boolean): string {
  const sentence = explainRefusal(failure) ?? failure.message;
  return withStacks ? [sentence, ...stacks(failure)].join("\n") : sentence;
}

function stacks(failure: Failure): string[] {
  const own = failure.stack ?? `${failure.name}: ${failure.message}`;
  return failure.cause === null ? [own] : [own, ...stacks(failure.cause).map((stack) => `Caused by: ${stack}`)];
}
