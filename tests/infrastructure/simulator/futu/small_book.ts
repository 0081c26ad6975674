/** A small book of Futu that holds still unless an event moves it. The clock starts at 10:30:45 in New York, a Friday. */

export const GENERAL = "281756479345015383";
export const OLD_US = "281756455988247915";
export const CLOSED = "281756420273981734";
export const PAPER = "9058871";

export const SMALL_BOOK = `
name: Small book
opend: { keep_alive: 10s }
market: { speed: 0, rates_in_hkd: { USD: 8 } }
contracts:
  AAPL: { name: 苹果, last: 270, close: 268 }
  CALL: { type: OPTION, underlying: AAPL, root: AAPL, expiry: 2026-12-18, strike: 280, right: C, last: 3, close: 2.5 }
  ADJUSTED: { type: OPTION, underlying: AAPL, root: AAPL1, expiry: 2027-01-15, strike: 250, right: P, last: 4 }
  .SPX: { type: INDEX, last: 6600 }
  PUT: { type: OPTION, underlying: .SPX, root: SPXW, expiry: 2026-12-18, strike: 6400, right: P, iv: 0.2 }
  "00700": { market: HK, name: 腾讯控股, last: 600, close: 590 }
  TCH: { type: OPTION, underlying: "00700", root: TCH, expiry: third-friday+1, strike: 640, right: C, last: 12 }
accounts:
  "${GENERAL}": { general: true, master: true, markets: [HK, US], card: "1001", cash: { HKD: 100_000, USD: 10_000 },
    margin: { initial: 0.3, maintenance: 0.2 } }
  "${OLD_US}": { markets: [US], currency: USD, cash: { USD: 500 } }
  "${CLOSED}": { markets: [HK], active: false }
  "${PAPER}": { env: SIMULATE, markets: [US], currency: USD, cash: { USD: 1000 } }
positions:
  - { account: "${GENERAL}", contract: AAPL, quantity: 100, avg_price: 250 }
  - { account: "${GENERAL}", contract: CALL, quantity: -2, avg_price: 5 }
  - { account: "${GENERAL}", contract: "00700", quantity: 200, avg_price: 500 }
  - { account: "${OLD_US}", contract: AAPL, quantity: 10, avg_price: 200 }
  - { account: "${PAPER}", contract: AAPL, quantity: 1, avg_price: 200 }
orders:
  - { id: a1, account: "${GENERAL}", contract: AAPL, side: BUY, quantity: 10, price: 265, status: FILLED_ALL, ago: 20m }
  - { id: a2, account: "${GENERAL}", contract: "00700", side: SELL, quantity: 100, price: 620, ago: 96h }
  - { id: a3, account: "${GENERAL}", contract: CALL, side: SELL_SHORT, quantity: 2, price: 5, status: FILLED_ALL, ago: 48h }
deals:
  - { order: a1, quantity: 10, price: 264, ago: 19m }
  - { order: a3, quantity: 2, price: 5, ago: 48h }
history:
  - { account: "${GENERAL}", contracts: [AAPL, CALL, "00700"], orders: 250, deals: 300, from: 2026-03-02, to: 2026-11-13,
      seed: 3 }
  - { account: "${OLD_US}", contracts: [AAPL], orders: 5, deals: 0, from: 2026-03-02, to: 2026-11-13, seed: 4 }
`;
