/** What `apex doctor` finds. */

/**
 * `ok`: as it should be. `warn`: APEX runs, with less than it could have. `fail`: something that has to be mended.
 * `skipped`: what it would take to know is missing, as another finding says.
 */
export type FindingStatus = "ok" | "warn" | "fail" | "skipped";

export interface Finding {
  /** What was looked at: `TWS connection`. */
  readonly check: string;
  readonly status: FindingStatus;
  /** What was found, in words. */
  readonly found: string;
  /** What to do about it; null: nothing. */
  readonly fix: string | null;
}

export function ok(check: string, found: string): Finding {
  return { check, status: "ok", found, fix: null };
}

export function warn(check: string, found: string, fix: string): Finding {
  return { check, status: "warn", found, fix };
}

export function fail(check: string, found: string, fix: string): Finding {
  return { check, status: "fail", found, fix };
}

export function skipped(check: string, found: string): Finding {
  return { check, status: "skipped", found, fix: null };
}
