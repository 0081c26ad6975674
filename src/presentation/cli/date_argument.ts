/** A date after an option. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { dayNumber } from "../../domain/calendar/date.ts";
import type { IsoDate } from "../../domain/time.ts";

export function dateArgument(text: string): IsoDate {
  try {
    dayNumber(text);
  } catch (fault) {
    if (fault instanceof RangeError) throw new InvalidArgumentError("Write YYYY-MM-DD, a day that exists.");
    throw fault;
  }
  return text;
}
