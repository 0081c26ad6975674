/**
 * What each environment changes in the built-in defaults, so that the executable does the right thing without a file.
 * `config/dev.yaml`, `prod.yaml` and `demo.yaml` say the same; a test compares them.
 */
import type { Environment } from "../../application/settings.ts";
import { parseYaml, type TreeNode, withoutLines } from "./yaml_tree.ts";

const TEXTS: Readonly<Record<Environment, string>> = {
  dev: `
ibkr: { port: 7497 }
logging: { level: DEBUG }
`,
  prod: `
ibkr: { port: 7496 }
mdqc: { stale_seconds: 5, max_spread_pct: 0.30 }
`,
  demo: `
portfolio: { base_currency: USD }
manual: { file: data/positions/demo.yaml }
database: { dsn: "sqlite:data/demo.db" }
risk_limits:
  max_total_gross_notional: 6_000_000
  max_per_underlying_notional: { default: 1_000_000, TSLA: 1_500_000 }
  portfolio_delta_range: [-50_000, 50_000]
  portfolio_vega_range: [-15_000, 15_000]
  max_margin_utilization: 0.60
  max_scenario_loss: 250_000
  max_daily_loss: 25_000
beta:
  betas: { TSLA: 2.05, SPY: 1.00, ES: 1.00, NVDA: 1.78, AAPL: 1.21, SPX: 1.00 }
`,
};

/** The tree of an environment's own defaults. */
export function environmentDefaults(environment: Environment): TreeNode {
  const source = `built-in ${environment} default`;
  const tree = parseYaml(TEXTS[environment], source);
  if (Array.isArray(tree)) throw new Error(`The ${source}s do not parse: correct them in the code`);
  return withoutLines(tree, { source, line: null, column: null });
}
