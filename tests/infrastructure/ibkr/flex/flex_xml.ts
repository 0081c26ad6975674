/** Flex statements written by hand, and what is read of them. */
import { readStatements, type StatementOptions } from "../../../../src/infrastructure/ibkr/flex/read_statements.ts";
import type {
  StatementExecution,
  StatementFault,
  StatementItem,
  StatementTally,
} from "../../../../src/infrastructure/ibkr/flex/statement_item.ts";
import { bytesSource } from "../../../../src/infrastructure/ibkr/flex/statement_source.ts";

export type Attributes = Readonly<Record<string, string | number>>;

/** Two AAPL calls bought, as an activity statement writes it. */
export const TRADE: Attributes = {
  accountId: "DU1234567",
  currency: "USD",
  assetCategory: "OPT",
  symbol: "AAPL  261218C00190000",
  description: "AAPL 18DEC26 190 C",
  conid: 700000001,
  underlyingConid: 265598,
  underlyingSymbol: "AAPL",
  listingExchange: "CBOE",
  multiplier: 100,
  strike: 190,
  expiry: "20261218",
  putCall: "C",
  tradeID: "3000000001",
  dateTime: "20261120;103045",
  tradeDate: "20261120",
  transactionType: "ExchTrade",
  exchange: "CBOE2",
  quantity: 2,
  tradePrice: "6.15",
  taxes: 0,
  ibCommission: "-1.3666",
  ibCommissionCurrency: "USD",
  openCloseIndicator: "O",
  notes: "P",
  fifoPnlRealized: 0,
  transactionID: "9000000001",
  buySell: "BUY",
  ibOrderID: "726326436",
  ibExecID: "0000e0d5.6557b1a2.01.01",
  orderReference: "",
  levelOfDetail: "EXECUTION",
};

export function element(name: string, attributes: Attributes): string {
  const written = Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`);
  return `<${name} ${written.join(" ")} />`;
}

/** TRADE with other values; null leaves an attribute out. */
export function trade(changes: Readonly<Record<string, string | number | null>> = {}, name = "Trade"): string {
  const kept = Object.entries({ ...TRADE, ...changes }).filter((entry): entry is [string, string | number] =>
    entry[1] !== null
  );
  return element(name, Object.fromEntries(kept));
}

export function statement(rows: readonly string[], account = "DU1234567"): string {
  const head = `accountId="${account}" fromDate="20261101" toDate="20261120" whenGenerated="20261121;010203"`;
  return `<FlexStatement ${head}>\n<Trades>\n${rows.join("\n")}\n</Trades>\n</FlexStatement>`;
}

export function response(statements: readonly string[], count = statements.length): string {
  return [
    `<FlexQueryResponse queryName="history" type="AF">`,
    `<FlexStatements count="${count}">`,
    ...statements,
    `</FlexStatements>`,
    `</FlexQueryResponse>`,
    "",
  ].join("\n");
}

export interface Read {
  readonly items: readonly StatementItem[];
  readonly executions: readonly StatementExecution[];
  readonly faults: readonly StatementFault[];
  readonly tally: StatementTally;
}

export async function readText(
  content: string | Uint8Array,
  options: Partial<StatementOptions> = {},
): Promise<Read> {
  const items: StatementItem[] = [];
  for await (const list of readStatements(bytesSource(content), { name: "history.xml", ...options })) {
    items.push(...list);
  }
  const tally = items.at(-1);
  if (tally?.kind !== "tally") throw new Error("the last item is the tally");
  return {
    items,
    executions: items.filter((item) => item.kind === "execution"),
    faults: items.filter((item) => item.kind === "fault"),
    tally,
  };
}

export async function readTrades(...rows: string[]): Promise<Read> {
  return await readText(response([statement(rows)]));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
