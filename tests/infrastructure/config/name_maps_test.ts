import assert from "node:assert/strict";
import { ConfigurationError } from "../../../src/infrastructure/config/fault.ts";
import { loadSettings } from "../../../src/infrastructure/config/load.ts";
import { memoryFiles } from "./memory_files.ts";

function load(yaml: string, environment: Record<string, string> = {}) {
  const read = memoryFiles({ "config/base.yaml": yaml });
  return loadSettings({ env: "dev", configDir: null, configFile: null, environment, read }).settings.risk;
}

function faultsOf(yaml: string): string[] {
  try {
    load(yaml);
  } catch (error) {
    assert(error instanceof ConfigurationError);
    return error.faults.map(({ key }) => key);
  }
  return [];
}

Deno.test("a name has one date or a list of them, and null takes it back", () => {
  const { signals } = load("signals: { earnings: { AAPL: 2027-01-28, MSFT: [2027-01-26, 2027-04-27], TSLA: null } }\n");
  assert.deepEqual([...signals.earnings], [["AAPL", ["2027-01-28"]], ["MSFT", ["2027-01-26", "2027-04-27"]]]);
});

Deno.test("a date that does not exist, or is written otherwise, is a fault at its name", () => {
  assert.deepEqual(
    faultsOf("signals: { ex_dividends: { AAPL: 2027-02-30, MSFT: 28.01.2027, TSLA: [2027-01-26, soon] } }\n"),
    [
      "signals.ex_dividends.AAPL",
      "signals.ex_dividends.MSFT",
      "signals.ex_dividends.TSLA",
    ],
  );
});

Deno.test("sectors are words by name, also from variables", () => {
  const { sectors } = load("portfolio: { sectors: { AAPL: Technology } }\n", {
    APEX_PORTFOLIO__SECTORS__XOM: "Energy",
  });
  assert.deepEqual([...sectors], [["AAPL", "Technology"], ["XOM", "Energy"]]);
  assert.deepEqual(faultsOf('portfolio: { sectors: { AAPL: [Technology], MSFT: "" } }\n'), [
    "portfolio.sectors.AAPL",
    "portfolio.sectors.MSFT",
  ]);
});

Deno.test("a signal's rule is off when it is null, and 0 is no threshold where it would always hold", () => {
  assert.equal(load("signals: { stop_loss_pct: null }\n").signals.stopLossPct, null);
  assert.equal(load("").signals.stopLossPct, 0.5);
  assert.equal(load("signals: { dte_exit_days: 0 }\n").signals.dteExitDays, 0);
  assert.deepEqual(faultsOf("signals: { stop_loss_pct: 0, early_profit_pct: 50 }\n"), [
    "signals.stop_loss_pct",
    "signals.early_profit_pct",
  ]);
});
