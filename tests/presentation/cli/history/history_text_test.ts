import assert from "node:assert/strict";
import type { HistoryRequest } from "../../../../src/application/command.ts";
import type { Store } from "../../../../src/application/ports/store.ts";
import { historyText } from "../../../../src/presentation/cli/history/history_text.ts";
import { historyLook } from "../../../../src/presentation/cli/history/look.ts";
import { DESK, FUTU_TRADES, trades, withStore } from "../../../support/desk_history.ts";
import { assertScreen } from "../../../support/screen_file.ts";
import { AAPL, MINUTE, NOW, position } from "../../../support/stored_history.ts";

/** Ten minutes after the last stored row. */
const ASKED_AT = NOW + 10 * MINUTE;

const REPORTS: Readonly<Record<string, Partial<HistoryRequest>>> = {
  pnl: { what: "pnl" },
  pnl_plot: { what: "pnl", plot: true, from: "2026-11-16" },
  pnl_by_symbol: { what: "pnl", grouped: true },
  risk: { what: "risk" },
  risk_plot: { what: "risk", plot: true },
  fills: { what: "fills" },
  round_trips: { what: "fills", grouped: true },
  breaches: { what: "breaches" },
  positions: { what: "positions" },
  position_changes: { what: "positions", changes: true },
  sync: { what: "sync" },
};

Deno.test("each report fits terminals of 80, 100 and 160 columns and names what it leaves out", async () => {
  await withStore(DESK, async (store) => {
    for (const width of [80, 100, 160]) {
      for (const [name, wanted] of Object.entries(REPORTS)) {
        const text = await textOf(store, { ...wanted, width });
        const widest = Math.max(...text.split("\n").map((line) => [...line].length));
        assert.ok(widest <= width, `${name} is ${widest} wide in ${width} columns`);
        await assertScreen(`history_${name}_${width}`, text.trimEnd());
      }
    }
  });
});

Deno.test("fills and trips of both brokers say whose they are, and the broker's own profit what it lacks", async () => {
  await withStore({ ...DESK, ...FUTU_TRADES }, async (store) => {
    for (const width of [80, 160]) {
      for (const name of ["fills", "round_trips", "pnl_by_symbol"]) {
        const text = await textOf(store, { ...REPORTS[name], width });
        await assertScreen(`history_both_brokers_${name}_${width}`, text.trimEnd());
      }
    }
    const own = await textOf(store, { what: "fills", account: "FU1", width: 160 });
    assert.doesNotMatch(own, /Broker|DU1/);
    const csv = csvRows(await textOf(store, { what: "fills", output: "csv" }));
    const source = csv[0]!.indexOf("source");
    assert.deepEqual(
      Object.fromEntries(
        Map.groupBy(csv.slice(1), (row) => row[source]).entries().map(
          ([name, rows]) => [name, rows.length],
        ),
      ),
      { IB: 10, FUTU: 3 },
    );
  });
});

Deno.test("without a terminal a report is 100 columns wide", async () => {
  await withStore(DESK, async (store) => {
    assert.equal(await textOf(store, { what: "fills" }), await textOf(store, { what: "fills", width: 100 }));
  });
});

Deno.test("numbers and times are those of the display's locale and zone", async () => {
  await withStore(DESK, async (store) => {
    const display = { locale: "de-DE", timeZone: "Asia/Hong_Kong" };
    const fills = await textOf(store, { what: "fills", width: 160 }, { display });
    // 15:30 in London's winter is 23:30 in Hong Kong; 50 shares at 210.12 are 10,506.
    assert.match(fills, /2026-11-08 23:30:00 .* SAP stock .* 210,12 +10\.506 /);
    assert.match(fills, /Times in Asia\/Hong_Kong\./);
    const pnl = await textOf(store, { what: "pnl" }, { display });
    assert.match(pnl, /2026-11-16 +\+1\.000 /);
  });
});

Deno.test("days begin at midnight of the display's zone", async () => {
  await withStore(DESK, async (store) => {
    // The put was sold on Monday the 16th at 15:30 UTC: on Tuesday at 00:30 in Tokyo.
    const day = { what: "fills", from: "2026-11-17", to: "2026-11-17", symbol: "AAPL" } as const;
    const display = { locale: "en-US", timeZone: "Asia/Tokyo" };
    assert.match(await textOf(store, day, { display }), /2026-11-17 00:30:00 .* SELL/);
    assert.match(await textOf(store, day), /^No fills in AAPL between 2026-11-17 and 2026-11-17: /);
  });
});

Deno.test("accounts are masked on the screen where the settings ask for it, and whole in files", async () => {
  const book = { account: "DU1234567", source: "IB", takenAt: NOW, positions: [position()] } as const;
  const step = { ...DESK.breaches![0]!, account: "DU1234567" };
  const message = "Margin of DU1234567 is 55 % of its 60 % limit";
  const breaches = [{ ...step, transition: { ...step.transition, message } }];
  await withStore({ positions: [book], breaches }, async (store) => {
    const positions = await textOf(store, { what: "positions" }, { accounts: "masked" });
    assert.match(positions, /^D\*567 IB, taken/m);
    const shown = await textOf(store, { what: "breaches" }, { accounts: "masked" });
    assert.match(shown, /Margin of D\*567 is 55 %/);
    assert.doesNotMatch(positions + shown, /DU1234567/);
    assert.match(await textOf(store, { what: "positions", output: "csv" }, { accounts: "masked" }), /^DU1234567,IB,/m);
  });
});

Deno.test("a symbol means the underlying, the contract's symbol or the exchange's name of it, whatever the case", async () => {
  await withStore(DESK, async (store) => {
    const of = async (symbol: string) =>
      (await textOf(store, { what: "fills", symbol, output: "csv" })).trim().split("\r\n").length - 1;
    // Three fills of the stock and two of the put.
    assert.equal(await of("aapl"), 5);
    assert.equal(await of("AAPL  261218P00187500"), 2);
    assert.equal(await of("aapl261218P00187500"), 2);
    assert.equal(await of("AAP"), 0);
  });
});

Deno.test("a report without rows says so in a sentence, and what would fill it", async () => {
  await withStore({}, async (store) => {
    for (const [name, wanted] of Object.entries(REPORTS)) {
      const text = (await textOf(store, wanted)).replaceAll("\n", " ");
      assert.match(text, /^No .*(apex watch|apex backfill)/, name);
      if (name !== "sync") assert.match(text, /between 2026-1\d-\d\d and 2026-11-20/, name);
    }
  });
});

Deno.test("a book without daily results names the accounts that have some", async () => {
  const days = DESK.dailyPnl!.map((day) => ({ ...day, account: "DU1", source: "IB" as const }));
  await withStore({ dailyPnl: days }, async (store) => {
    assert.match((await textOf(store, { what: "pnl" })).replaceAll("\n", " "), /but DU1 has: name one with --account/);
    assert.match(await textOf(store, { what: "pnl", account: "DU1" }), /^DU1 IB, USD, 5 days/);
  });
});

Deno.test("without rows CSV is its heading alone and JSON an empty list", async () => {
  await withStore({}, async (store) => {
    for (const [name, wanted] of Object.entries(REPORTS)) {
      assert.match(await textOf(store, { ...wanted, plot: false, output: "csv" }), /^[A-Za-z1,]+\r\n$/, name);
      assert.equal(await textOf(store, { ...wanted, plot: false, output: "json" }), "[]\n", name);
    }
  });
});

Deno.test("JSON has the same rows and names as CSV, null where CSV is empty", async () => {
  await withStore(DESK, async (store) => {
    for (const [name, wanted] of Object.entries(REPORTS)) {
      const [heading, ...lines] = csvRows(await textOf(store, { ...wanted, plot: false, output: "csv" }));
      const rows: Record<string, unknown>[] = JSON.parse(
        await textOf(store, { ...wanted, plot: false, output: "json" }),
      );
      assert.equal(rows.length, lines.length, name);
      assert.ok(rows.length > 0, name);
      rows.forEach((row, at) => {
        assert.deepEqual(Object.keys(row), heading, name);
        assert.deepEqual(Object.values(row).map((value) => value === null ? "" : String(value)), lines[at], name);
      });
    }
  });
});

Deno.test("a row of fills in JSON is the record with what it cost", async () => {
  await withStore(DESK, async (store) => {
    const rows = JSON.parse(await textOf(store, { what: "fills", symbol: "SAP", output: "json" }));
    assert.deepEqual(rows[1], {
      executedAt: "2026-11-18T15:30:00.000Z",
      account: "DU1",
      source: "IB",
      contract: "SAP stock",
      symbol: "SAP",
      underlying: "SAP",
      assetType: "STOCK",
      expiry: null,
      strike: null,
      right: null,
      multiplier: 1,
      currency: "EUR",
      side: "SELL",
      quantity: -50,
      price: 215.5,
      // -50 * 1 * 215.50
      value: -10_775,
      commission: 3,
      commissionCurrency: "EUR",
      realizedPnl: 263,
      exchange: "ISLAND",
      orderId: "7",
      orderRef: null,
      execId: "0009.01.01",
      origin: "API",
    });
  });
});

Deno.test("a long read pauses after each page, and ends when it is no longer wanted", async () => {
  const many = trades(Array.from({ length: 2_500 }, (_, at) => ({
    instrument: AAPL,
    quantity: at % 2 === 0 ? 1 : -1,
    price: 100,
    at: NOW - 86_400_000 + at,
    cost: 0,
  })));
  await withStore({ ...many, risk: DESK.risk! }, async (store) => {
    for (const wanted of [REPORTS.fills, REPORTS.round_trips, REPORTS.pnl_by_symbol, REPORTS.risk]) {
      let pauses = 0;
      await textOf(store, wanted!, {}, () => {
        pauses++;
        return Promise.resolve();
      });
      // 2,500 fills are three pages; 30 days are five weeks.
      assert.ok(pauses >= 3, `${JSON.stringify(wanted)} paused ${pauses} times`);
      const unwanted = () => Promise.reject(new Error("no longer wanted"));
      await assert.rejects(textOf(store, wanted!, {}, unwanted), /no longer wanted/);
    }
  });
});

Deno.test("a range that ends before it begins is refused", async () => {
  await withStore({}, async (store) => {
    await assert.rejects(textOf(store, { what: "fills", from: "2026-12-30" }), {
      name: "UsageError",
      message: "Cannot show history from 2026-12-30: that is after today, 2026-11-20",
    });
  });
});

interface Shown {
  readonly display?: { readonly locale: string; readonly timeZone: string };
  readonly accounts?: "full" | "masked";
}

async function textOf(
  store: Store,
  wanted: Partial<HistoryRequest>,
  shown: Shown = {},
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const { display = { locale: "en-US", timeZone: "America/New_York" }, accounts = "full" } = shown;
  const request: HistoryRequest = {
    command: "history",
    what: "pnl",
    from: null,
    to: null,
    account: null,
    symbol: null,
    output: "table",
    plot: false,
    grouped: false,
    changes: false,
    now: null,
    width: null,
    color: false,
    ...wanted,
  };
  const dashboard = {
    maxFps: 4,
    glyphs: "unicode",
    theme: "safe",
    background: "auto",
    bell: false,
    accounts,
    mouse: true,
    columns: { positions: [], underlyings: [] },
    operator: "operator",
  } as const;
  const ibkr = { accounts: [] };
  const look = historyLook(request, { dashboard, display, ibkr, futu: { accounts: [] } });
  let text = "";
  for await (const part of historyText(request, store, look, ASKED_AT, pause)) text += part;
  return text;
}

/** By RFC 4180: quoted fields may hold commas, quotes and line ends. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}
