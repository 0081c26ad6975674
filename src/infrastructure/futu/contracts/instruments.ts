/**
 * The contracts of Futu's rows. Most codes say all there is to say; for options of Hong Kong, adjusted options, futures and
 * warrants OpenD has to tell more (static information) first.
 */
import type { OptionRoot } from "../../../application/settings.ts";
import type { Instrument } from "../../../domain/instrument.ts";
import { configuredOption, type ParsedCode, parseFutuCode, toldContract, unknownContract } from "./contract_of_code.ts";
import type { FutuCode } from "./code_forms.ts";
import { QOT_MARKET } from "../wire/codes.ts";
import type { FutuSecurity, FutuStaticInfo } from "../wire/messages.ts";

export type { FutuCode };

/** The contracts of rows, and what has still to be asked for them. One for a connection, or for a backfill. */
export class FutuInstruments {
  readonly #optionRoots: ReadonlyMap<string, OptionRoot>;
  readonly #told = new Map<string, FutuStaticInfo>();
  readonly #pending = new Map<string, FutuSecurity>();
  /** Why OpenD does not tell. */
  readonly #refused = new Map<string, string>();

  constructor(optionRoots: ReadonlyMap<string, OptionRoot>) {
    this.#optionRoots = optionRoots;
  }

  /** The row's contract; null while static information is needed first: it is then among `pending()`. */
  of(row: FutuCode): Instrument | null {
    const parsed = this.#parse(row);
    if (parsed.kind !== "needs-static") return parsed.instrument;
    this.#pending.set(nameOf(parsed.security), parsed.security);
    return null;
  }

  /** What to ask static information for (GET_STATIC_INFO's `securityList`), of all rows seen so far. */
  pending(): readonly FutuSecurity[] {
    return [...this.#pending.values()];
  }

  /** What OpenD answered to a question for `asked`. What the answer leaves out is given up. */
  learn(asked: readonly FutuSecurity[], infos: readonly FutuStaticInfo[]): void {
    for (const info of infos) {
      const name = nameOf(info.basic.security);
      this.#told.set(name, info);
      this.#refused.delete(name);
      this.#pending.delete(name);
    }
    this.giveUp(asked.filter((security) => !this.#told.has(nameOf(security))), "OpenD says nothing of it");
  }

  /**
   * OpenD refused to tell of these: the configuration's option roots have to do, else their contracts are of the unknown type.
   * One code that OpenD does not know makes it refuse the whole question, so give up only what was asked for by itself.
   */
  giveUp(asked: readonly FutuSecurity[], why: string): void {
    for (const security of asked) {
      this.#refused.set(nameOf(security), why);
      this.#pending.delete(nameOf(security));
    }
  }

  /** What was given up is asked for again. */
  askAgain(): void {
    this.#refused.clear();
  }

  /** Why a row's contract is of the unknown type; null when it is not. */
  whyUnknown(row: FutuCode): string | null {
    const parsed = this.#parse(row);
    return parsed.kind === "unknown" ? parsed.why : null;
  }

  #parse(row: FutuCode): ParsedCode {
    const parsed = parseFutuCode(row);
    if (parsed.kind !== "needs-static") return parsed;
    const name = nameOf(parsed.security);
    const told = this.#told.get(name);
    if (told !== undefined) return toldContract(row, told);
    const refused = this.#refused.get(name);
    if (refused === undefined) return parsed;
    return configuredOption(row, this.#optionRoots) ??
      unknownContract(row, `its code alone does not say what it is, and ${refused}`);
  }
}

function nameOf({ market, code }: FutuSecurity): string {
  // Hong Kong's futures had a market of their own, 2, in older definitions.
  return `${market === 2 ? QOT_MARKET.HK : market}.${code}`;
}
