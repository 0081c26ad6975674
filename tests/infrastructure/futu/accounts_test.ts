import assert from "node:assert/strict";
import { readAccounts, selectAccounts } from "../../../src/infrastructure/futu/accounts.ts";
import type { OpenDSession } from "../../../src/infrastructure/futu/client/opend.ts";
import { SETTINGS } from "./client/client_desk.ts";
import { account, FIRST, SECOND } from "./scripted_opend.ts";

const ids = (selection: ReturnType<typeof selectAccounts>) => selection.accounts.map(({ id }) => id);

Deno.test("the active accounts of the firm, environment and market are read, in that market alone", () => {
  const selection = selectAccounts([
    account({ trdMarketAuthList: [1, 2] }),
    account({ accID: "2", accStatus: 1 }),
    account({ accID: "3", securityFirm: 2 }),
    account({ accID: "4", trdEnv: 0 }),
    account({ accID: "5", trdMarketAuthList: [1] }),
  ], SETTINGS);
  assert.deepEqual(selection, {
    accounts: [{ id: FIRST, trdEnv: 1, markets: [2], everyMarket: false }],
    fault: null,
  });
});

Deno.test("without a market filter every market of an account is read", () => {
  const selection = selectAccounts([account({ trdMarketAuthList: [1, 2, 113] })], {
    ...SETTINGS,
    filterTrdmarket: "NONE",
  });
  assert.deepEqual(selection.accounts[0], { id: FIRST, trdEnv: 1, markets: [1, 2, 113], everyMarket: true });
});

Deno.test("futures accounts are among those of a login where futures alone are read, as a backfill may", async () => {
  const session = {
    connId: "1",
    serverVersion: 905,
    ask: (_exchange: unknown, { trdCategory }: { readonly trdCategory?: number }) =>
      Promise.resolve({ accList: trdCategory === 2 ? [account({ trdMarketAuthList: [5] })] : [] }),
  } as unknown as OpenDSession;
  const read = async (filterTrdmarket: string) => {
    const rows = await readAccounts(session, { filterTrdmarket }, { write() {} }, new AbortController().signal);
    return ids(selectAccounts(rows, { ...SETTINGS, filterTrdmarket }));
  };
  assert.deepEqual(await read("FUTURES"), [FIRST]);
  assert.deepEqual(await read("US"), []);
});

Deno.test("an account without a status counts as active: an older OpenD does not say", () => {
  assert.deepEqual(ids(selectAccounts([account({ accStatus: null })], SETTINGS)), [FIRST]);
});

Deno.test("paper accounts are of no firm", () => {
  const rows = [account({ accID: "9", trdEnv: 0, securityFirm: null })];
  assert.deepEqual(ids(selectAccounts(rows, { ...SETTINGS, trdEnv: "SIMULATE" })), ["9"]);
});

Deno.test("listed accounts are read whatever their firm, and those that are missing are counted", () => {
  const rows = [account({ securityFirm: 2 }), account({ accID: SECOND, trdEnv: 0, securityFirm: null })];
  const selection = selectAccounts(rows, { ...SETTINGS, accounts: [FIRST, SECOND] });
  assert.deepEqual(ids(selection), [FIRST]);
  assert.equal(
    selection.fault,
    "1 of the 2 in futu.accounts not found as active, trd_env REAL, filter_trdmarket US: " +
      "OpenD has 1 of FUTUINC, REAL, US and 1 of no firm, SIMULATE, US",
  );
});

Deno.test("where none fits, what was found is said by kind and never by number", () => {
  const rows = [
    account({ accID: "281756455983234010", securityFirm: 2 }),
    account({ accID: "281756455983234011", securityFirm: 2 }),
    account({ accID: "281756455983234012", trdMarketAuthList: [1], accStatus: 1 }),
  ];
  const { accounts, fault } = selectAccounts(rows, SETTINGS);
  assert.deepEqual(accounts, []);
  assert.equal(
    fault,
    "no active account is security_firm FUTUSECURITIES, trd_env REAL, filter_trdmarket US: " +
      "OpenD has 2 of FUTUINC, REAL, US and 1 of FUTUSECURITIES, REAL, HK, not active",
  );
  assert.match(selectAccounts([], SETTINGS).fault ?? "", /OpenD's login has no accounts at all/);
});
