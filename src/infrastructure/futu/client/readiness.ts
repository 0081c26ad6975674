/**
 * Whether OpenD, once connected to, is logged in for trading, and what has to be done when it is not. Statuses and events:
 * Common.proto (ProgramStatusType) and Notify.proto (GtwEventType) of the published definitions.
 */
import { PROGRAM_READY } from "../wire/codes.ts";
import type { Answered, GET_GLOBAL_STATE, NOTIFY, Pushed } from "../wire/messages.ts";
import { quoted, saidText } from "./words.ts";

export interface NotReady {
  readonly words: string;
  /** It does not pass by itself: somebody has to enter a code, correct a password, agree to something. */
  readonly needsPerson: boolean;
}

const PHONE_CODE =
  "OpenD's login waits for the code sent to the phone: enter it in its window, or over its Telnet port with " +
  "input_phone_verify_code -code=…";
const PICTURE_CODE =
  "OpenD's login waits for the code of a picture: enter it in its window, or over its Telnet port with " +
  "input_pic_verify_code -code=…";
const LOGIN_FAILED = "OpenD could not log in: check login_account and login_pwd of its OpenD.xml, and log in again";
const TOO_OLD = "Futu wants a newer OpenD: install the newest one";
const DATA_MISSING = "OpenD lacks data that it needs: restart it, and install it anew if that does not help";
const DISCLAIMER =
  "The terms of Futu's API are not agreed to: log in to OpenD in its window, and answer the questionnaire and " +
  "the agreements that it names";
const LOGGED_OUT =
  "Futu logged OpenD out, as after a change of password, a login elsewhere or a device lock: log in again";
const NO_LOGIN =
  "OpenD is not logged in to Futu's servers for trading; it tries again by itself, see its window or its log " +
  "if this lasts";

const waits = (words: string): NotReady => ({ words, needsPerson: false });
const needsPerson = (words: string): NotReady => ({ words, needsPerson: true });

const STATUSES: Readonly<Record<number, NotReady>> = {
  0: waits("OpenD is starting"),
  1: waits("OpenD is starting"),
  2: waits("OpenD is logging in"),
  3: needsPerson(PICTURE_CODE),
  4: needsPerson(PHONE_CODE),
  5: needsPerson(LOGIN_FAILED),
  6: needsPerson(TOO_OLD),
  7: waits("OpenD is logged in and still fetches what it needs"),
  8: needsPerson(DATA_MISSING),
  9: needsPerson(DISCLAIMER),
  11: needsPerson(LOGGED_OUT),
  12: needsPerson("OpenD could not find out whether the terms of Futu's API are agreed to: restart it"),
};

/** Those that end a login. Others (the trading password, which APEX has no use for) are notes. */
const EVENTS: Readonly<Record<number, NotReady>> = {
  3: needsPerson(TOO_OLD),
  4: needsPerson(LOGIN_FAILED),
  5: needsPerson(DISCLAIMER),
  7: needsPerson("OpenD was logged out because the same Futu login was used elsewhere: log in to OpenD again"),
  8: needsPerson("OpenD was logged out because the login password was changed: put it into OpenD.xml and log in again"),
  9: needsPerson("Futu does not let this login in: ask Futu's support"),
  10: needsPerson(PICTURE_CODE),
  11: needsPerson(PHONE_CODE),
  12: needsPerson(DATA_MISSING),
  13: needsPerson(DATA_MISSING),
  15: needsPerson("Futu wants the device lock: switch it on in Futu's app, and log in to OpenD again"),
};

/** Null when ready. An OpenD that does not say its status has none to say: what counts then is its login. */
export function missingOf(
  { programStatus, trdLogined }: Pick<Answered<typeof GET_GLOBAL_STATE>, "programStatus" | "trdLogined">,
): NotReady | null {
  return (programStatus === null ? null : missingOfStatus(programStatus)) ?? (trdLogined ? null : waits(NO_LOGIN));
}

/** What a notice says is missing; null for one that says nothing of the kind. */
export function missingOfNotice({ event, programStatus, connectStatus }: Pushed<typeof NOTIFY>): NotReady | null {
  if (event !== null) {
    const known = EVENTS[event.eventType];
    return known === undefined ? null : withSaid(known, event.desc);
  }
  if (programStatus !== null) return missingOfStatus(programStatus.programStatus);
  return connectStatus === null || connectStatus.trdLogined ? null : waits(NO_LOGIN);
}

function missingOfStatus(
  { type, strExtDesc }: { readonly type: number; readonly strExtDesc: string | null },
): NotReady | null {
  if (type === PROGRAM_READY) return null;
  return withSaid(STATUSES[type] ?? waits(`OpenD is in a state that is not known (${type})`), strExtDesc);
}

function withSaid({ words, needsPerson }: NotReady, text: string | null): NotReady {
  return { words: words + quoted(saidText(text)), needsPerson };
}
