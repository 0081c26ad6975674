/** OpenD's enumerations, as numbers on the wire and as APEX names them (FutunnOpen/py-futu-api, Trd_Common.proto). */

export const RET_OK = 0;

/** `trd_env` of the configuration. */
export const TRD_ENV = { SIMULATE: 0, REAL: 1 } as const;

export const ACC_ACTIVE = 0;

export const SECURITY_FIRM: Readonly<Record<string, number>> = {
  FUTUSECURITIES: 1,
  FUTUINC: 2,
  FUTUSG: 3,
  FUTUAU: 4,
  FUTUCA: 5,
  FUTUMY: 6,
  FUTUJP: 7,
};

/** Markets that an account may be entitled to trade in. */
export const TRD_MARKET: Readonly<Record<string, number>> = {
  HK: 1,
  US: 2,
  CN: 3,
  HKCC: 4,
  FUTURES: 5,
  SG: 6,
  AU: 8,
  JP: 15,
  MY: 111,
  CA: 112,
};

/** Where a security is listed: the market that its code lacks on the wire. */
export const SEC_MARKET = { HK: 1, US: 2, SH: 31, SZ: 32, SG: 41, JP: 51, AU: 61, MY: 71, CA: 81 } as const;

/** Markets of static information; other numbers than those of accounts. */
export const QOT_MARKET = { HK: 1, US: 11, SH: 21, SZ: 22, SG: 31, JP: 41, AU: 51, MY: 61, CA: 71 } as const;

/** What static information says that a security is. */
export const SECURITY_TYPE = { BOND: 1, EQTY: 3, TRUST: 4, WARRANT: 5, DRVT: 8, FUTURE: 10 } as const;

/** Of warrants: calls and puts, bull and bear contracts; inline warrants are neither. */
export const WARRANT_TYPE = { BUY: 1, SELL: 2, BULL: 3, BEAR: 4, INLINE: 5 } as const;

export const CURRENCY: Readonly<Record<number, string>> = {
  1: "HKD",
  2: "USD",
  3: "CNH",
  4: "JPY",
  5: "SGD",
  6: "AUD",
  7: "CAD",
  8: "MYR",
  9: "NZD",
};

export const POSITION_SIDE = { LONG: 0, SHORT: 1 } as const;

/** 1 bought, −1 sold; null for a side that the definitions do not name. */
export function signOfSide(trdSide: number): 1 | -1 | null {
  // Buy and buy back; sell and sell short.
  return trdSide === 1 || trdSide === 4 ? 1 : trdSide === 2 || trdSide === 3 ? -1 : null;
}

export const FILL_STATUS = { OK: 0, CANCELLED: 1, CHANGED: 2 } as const;

/** `programStatus.type` when OpenD is ready for requests. */
export const PROGRAM_READY = 10;

/** How the simulator begins the notice (Notify, GtwEvent) by which it says what it is, right after InitConnect. */
export const SIMULATOR_NOTICE = "APEX simulator";
