/** What the Flex web service's error codes mean, and what to do about them. */

export interface CodeMeaning {
  /** `later`: the same request succeeds in a while. `final`: something must be changed first. */
  readonly when: "later" | "final";
  readonly remedy: string;
}

const LATER: CodeMeaning = { when: "later", remedy: "try again in a few minutes" };
const TOKEN: CodeMeaning = { when: "final", remedy: "make a new token in the Client Portal and configure it" };
const QUERY: CodeMeaning = { when: "final", remedy: "check the Flex query's number in the Client Portal" };

/** 1019: the statement is being made. It is no failure. */
export const IN_PROGRESS = 1019;
/** 1018: more than one request a second or ten a minute with one token. */
export const TOO_MANY_REQUESTS = 1018;

const MEANINGS: Readonly<Record<number, CodeMeaning>> = {
  1001: LATER,
  1003: {
    when: "final",
    remedy: "check that the query covers days with statements; a day's statement is made after its close",
  },
  1004: LATER,
  1005: LATER,
  1006: LATER,
  1007: LATER,
  1008: LATER,
  1009: LATER,
  1010: { when: "final", remedy: "the query is of an old kind: make an Activity Flex query in its place" },
  1011: { when: "final", remedy: "activate the Flex web service in the Client Portal" },
  1012: TOKEN,
  1013: { when: "final", remedy: "the token is bound to another IP address: make one for this machine's" },
  1014: QUERY,
  1015: TOKEN,
  1016: { when: "final", remedy: "check that the account belongs to the login that made the token" },
  1017: { when: "final", remedy: "run it again: the statement that was asked for is no longer kept" },
  1018: LATER,
  1019: LATER,
  1020: { when: "final", remedy: "check the token and the query's number" },
  1021: LATER,
};

/** A code that is not known is taken for final: asking again without end would be answered the same. */
export function meaningOfCode(code: number | null): CodeMeaning {
  return MEANINGS[code ?? 0] ?? { when: "final", remedy: "look the code up in IBKR's list of Flex web service errors" };
}
