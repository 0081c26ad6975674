/** Reads the text of the manual positions file into entries, or lists every fault in it. */
import { parseContractSymbol, parseExpiry, sharedClass, underlyingOfRoot } from "../../domain/contract_symbols.ts";
import { type AssetType, isOption, type Right } from "../../domain/instrument.ts";
import type { Fault, Place } from "../config/fault.ts";
import { nearestWord } from "../../application/nearest_word.ts";
import { numberIn, type Reading, refuse, refuseUnknownKeys, scalarText } from "../config/setting.ts";
import { isNothing, type MapNode, readYaml, type TreeNode, type YamlBounds } from "../config/yaml_tree.ts";

/** The contract as far as the entry says it; null is what it leaves out. */
export interface NamedFields {
  readonly symbol: string;
  readonly underlying: string | null;
  readonly assetType: AssetType;
  /** `YYYY-MM-DD`, or `YYYY-MM` for a month's future. */
  readonly expiry: string | null;
  readonly strike: number | null;
  readonly right: Right | null;
  readonly currency: string | null;
  readonly multiplier: number | null;
  readonly tradingClass: string | null;
  readonly exchange: string | null;
  readonly conId: number | null;
}

export interface ManualEntry {
  readonly fields: NamedFields;
  readonly quantity: number;
  readonly avgPrice: number | null;
  readonly account: string;
  readonly place: Place;
}

/** The account of entries that name none. */
export const MANUAL_ACCOUNT = "MANUAL";

/** Room for about 8,000 entries. */
export const MANUAL_BOUNDS: YamlBounds = { bytes: 1 << 20, depth: 6, values: 150_000 };

const KEYS = [
  "symbol",
  "underlying",
  "asset_type",
  "quantity",
  "avg_price",
  "multiplier",
  "expiry",
  "strike",
  "right",
  "currency",
  "trading_class",
  "exchange",
  "account",
  "con_id",
];

const ASSET_TYPES: readonly AssetType[] = [
  "STOCK",
  "OPTION",
  "FUTURE",
  "FUTURE_OPTION",
  "FOREX",
  "CRYPTO",
  "BOND",
  "FUND",
  "WARRANT",
];

/** What a file says: its entries, or all its faults and no entry, for a file with one is not used in part. */
export interface ManualReading {
  readonly entries: readonly ManualEntry[];
  readonly faults: readonly Fault[];
}

export function readManualFile(bytes: Uint8Array, file: string): ManualReading {
  const tree = readYaml(bytes, file, MANUAL_BOUNDS);
  if (Array.isArray(tree)) return { entries: [], faults: tree };
  const faults: Fault[] = [];
  const read = positionNodes(tree, faults).map((node, index) => readEntry(node, `positions[${index}]`, faults));
  return { entries: faults.length > 0 ? [] : read.filter((entry) => entry !== null), faults };
}

function positionNodes(tree: TreeNode, faults: Fault[]): readonly TreeNode[] {
  const allowed = "positions: followed by a list of entries; positions: [] for none";
  const reading: Reading = { key: "positions", faults, secret: false };
  if (tree.kind !== "map") return refuse(tree, reading, allowed) ?? [];
  for (const { key, keyPlace } of tree.entries.values()) {
    if (key === "positions") continue;
    const nearest = nearestWord(key, ["positions"]);
    faults.push({ place: keyPlace, key, problem: "unknown key", found: null, allowed: "positions", nearest });
  }
  const list = tree.entries.get("positions")?.value;
  // A file without the key may be one that an editor has only begun to write: it never means that all is gone.
  if (list === undefined) return refuse(tree, reading, allowed, "the key is missing") ?? [];
  return list.kind === "list" ? list.items : refuse(list, reading, allowed) ?? [];
}

function readEntry(node: TreeNode, path: string, faults: Fault[]): ManualEntry | null {
  const before = faults.length;
  const reading: Reading = { key: path, faults, secret: false };
  if (node.kind !== "map") {
    refuse(node, reading, "a map {symbol: ..., quantity: ...}");
    return null;
  }
  refuseUnknownKeys(node, KEYS, reading);
  const members = new Members(node, reading);
  const quantity = members.required("quantity", members.number("quantity"), "a number, negative when short");
  const avgPrice = members.number("avg_price");
  const account = members.text("account", /^[A-Za-z0-9_-]{1,32}$/, "an account number") ?? MANUAL_ACCOUNT;
  const fields = readFields(node, members);
  if (faults.length > before || quantity === null || fields === null) return null;
  return { fields, quantity, avgPrice, account, place: node.place };
}

function readFields(node: MapNode, members: Members): NamedFields | null {
  const written = members.text("symbol", /^[A-Z0-9][A-Za-z0-9 ._\/-]{0,31}$/, SYMBOL_ALLOWED);
  const said = {
    underlying: members.text("underlying", /^[A-Z0-9][A-Za-z0-9 ._\/-]{0,31}$/, SYMBOL_ALLOWED),
    assetType: members.choice("asset_type", ASSET_TYPES),
    expiry: members.expiry(),
    strike: members.number("strike"),
    right: members.right(),
    currency: members.text("currency", /^[A-Z]{3}$/, "a currency code of three capitals, such as USD"),
    multiplier: members.number("multiplier", (value) => value > 0, "a number above 0"),
    tradingClass: members.text("trading_class", /^[A-Za-z0-9 ._\/-]{1,32}$/, "a trading class, such as SPXW"),
    exchange: members.text("exchange", /^[A-Za-z0-9._-]{1,32}$/, "an exchange as the broker names it"),
    conId: members.number("con_id", (value) => Number.isSafeInteger(value) && value > 0, "a contract number"),
  };
  const symbol = members.required("symbol", written, SYMBOL_ALLOWED);
  return symbol === null ? null : combine(symbol, said, node, members);
}

const SYMBOL_ALLOWED = "a ticker, an OCC symbol or a Futu code, in capitals";

type Said = Omit<NamedFields, "symbol" | "assetType"> & { readonly assetType: AssetType | null };

/** What the symbol says in code, under what the entry says in fields of their own. */
function combine(written: string, said: Said, node: MapNode, members: Members): NamedFields | null {
  const coded = parseContractSymbol(written);
  const isNamed = said.expiry !== null || said.strike !== null || said.right !== null;
  if (coded === null) {
    const assetType = said.assetType ?? (isNamed ? null : "STOCK");
    if (assetType === null) {
      return members.fault(node, "asset_type", "an entry with expiry, strike or right must say it", ASSET_TYPES);
    }
    return plainFields(written, { ...said, assetType }, members, node);
  }
  if (coded.kind === "faulty") return members.fault(node, "symbol", `${written} cannot be read: ${coded.reason}`, []);
  const currency = said.currency ?? currencyOf(coded.market);
  if (coded.kind === "listed") {
    return { ...said, symbol: coded.symbol, assetType: said.assetType ?? "STOCK", currency };
  }
  if (coded.market === "HK" && said.underlying === null) {
    return members.fault(node, "underlying", `the Hong Kong root ${coded.tradingClass} does not name it`, [
      "the stock's number, such as 700",
    ]);
  }
  const contradicted = (["expiry", "strike", "right"] as const).find((key) =>
    said[key] !== null && said[key] !== coded[key]
  );
  if (contradicted !== undefined) {
    return members.fault(node, contradicted, `it contradicts the symbol ${written}`, [`${coded[contradicted]}`]);
  }
  const symbol = coded.market === "HK" ? said.underlying ?? coded.symbol : coded.symbol;
  const { expiry, strike, right } = coded;
  const tradingClass = said.tradingClass ?? coded.tradingClass;
  return { ...said, symbol, assetType: said.assetType ?? "OPTION", expiry, strike, right, currency, tradingClass };
}

function plainFields(
  written: string,
  said: Said & { readonly assetType: AssetType },
  members: Members,
  node: MapNode,
): NamedFields | null {
  const { assetType } = said;
  if (!isOption(assetType) && (said.strike !== null || said.right !== null)) {
    return members.fault(node, said.strike === null ? "right" : "strike", `a ${assetType} has none`, []);
  }
  if (assetType !== "FUTURE" && assetType !== "FUTURE_OPTION" && said.expiry?.length === "YYYY-MM".length) {
    return members.fault(node, "expiry", "only a future may name a month alone", ["YYYY-MM-DD", "YYYYMMDD"]);
  }
  if (assetType === "FOREX") return forexFields(written, said, members, node);
  if (assetType !== "OPTION") return { ...said, symbol: sharedClass(written) };
  const symbol = underlyingOfRoot(written);
  const root = symbol === sharedClass(written) ? null : written;
  return { ...said, symbol, tradingClass: said.tradingClass ?? root };
}

/** A pair is named by both currencies, as the broker's decoder does: `EUR.USD`. */
function forexFields(
  written: string,
  said: Said & { readonly assetType: AssetType },
  members: Members,
  node: MapNode,
): NamedFields | null {
  const pair = /^[A-Z]{3}$/.test(written) && said.currency !== null ? `${written}.${said.currency}` : written;
  const [, first, second] = /^([A-Z]{3})[.\/]([A-Z]{3})$/.exec(pair) ?? [];
  if (first === undefined || second === undefined || (said.currency ?? second) !== second) {
    return members.fault(node, "symbol", "a currency pair names both currencies", ["EUR.USD"]);
  }
  return { ...said, symbol: `${first}.${second}`, currency: second };
}

function currencyOf(market: "US" | "HK" | null): string | null {
  if (market === null) return null;
  return market === "US" ? "USD" : "HKD";
}

/** The members of one entry; each reader gives null for what is left out, and for a fault after adding it. */
class Members {
  constructor(readonly node: MapNode, readonly reading: Reading) {}

  number(key: string, accepts = (_: number) => true, allowed = "a finite number"): number | null {
    return this.#read(key, allowed, (node) => {
      const value = numberIn(node);
      return value !== undefined && accepts(value) ? value : undefined;
    });
  }

  text(key: string, form: RegExp, allowed: string): string | null {
    return this.#read(key, allowed, (node) => {
      const value = scalarText(node)?.trim();
      return value !== undefined && form.test(value) ? value : undefined;
    });
  }

  choice<T extends string>(key: string, words: readonly T[]): T | null {
    return this.#read(key, words.join(", "), (node) => {
      const value = scalarText(node)?.toUpperCase();
      return words.find((word) => word === value);
    });
  }

  right(): Right | null {
    const word = this.choice("right", ["C", "P", "CALL", "PUT"]);
    if (word === null) return null;
    return word === "C" || word === "CALL" ? "C" : "P";
  }

  expiry(): string | null {
    return this.#read("expiry", "YYYY-MM-DD, YYYYMMDD, or YYYYMM for a month's future", (node) => {
      const expiry = parseExpiry(scalarText(node) ?? "");
      if (expiry === null) return undefined;
      return expiry.kind === "date" ? expiry.date : expiry.month;
    });
  }

  /** The value; a fault when the entry has none at all. */
  required<T>(key: string, value: T | null, allowed: string): T | null {
    if (value !== null || this.#node(key) !== null) return value;
    return this.fault(this.node, key, "the key is missing", [allowed]);
  }

  fault(node: TreeNode, key: string, problem: string, allowed: readonly string[]): null {
    this.reading.faults.push({
      place: (this.#node(key) ?? node).place,
      key: `${this.reading.key}.${key}`,
      problem,
      found: null,
      allowed: allowed.length === 0 ? null : allowed.join(", "),
      nearest: null,
    });
    return null;
  }

  #node(key: string): TreeNode | null {
    const value = this.node.entries.get(key)?.value;
    return value === undefined || isNothing(value) ? null : value;
  }

  #read<T>(key: string, allowed: string, read: (node: TreeNode) => T | undefined): T | null {
    const node = this.#node(key);
    if (node === null) return null;
    const inside = { ...this.reading, key: `${this.reading.key}.${key}` };
    return read(node) ?? refuse(node, inside, allowed) ?? null;
  }
}
