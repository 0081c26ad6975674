/** Every setting with its value and where it comes from, for showing to a person. */
import { HIDDEN } from "../telemetry/secrets.ts";
import { dsnShown, parseDsn } from "./dsn.ts";
import { placeText } from "./fault.ts";
import type { LoadedSettings } from "./load.ts";
import { join } from "./read_section.ts";
import { SCHEMA } from "./schema.ts";
import { isSetting, type Section, type SettingValue, type Values } from "./setting.ts";

export interface DescribedSetting {
  readonly key: string;
  /** As it would be written in a file; secrets are masked. */
  readonly value: string;
  readonly unit: string;
  /** `built-in default`, `config/base.yaml:12:3`, `APEX_IBKR__PORT`. */
  readonly origin: string;
}

/** In the order of the schema; each name of a map of names has a row of its own. */
export function describeSettings(loaded: LoadedSettings): readonly DescribedSetting[] {
  return describeSection(SCHEMA, loaded.values, "", loaded);
}

interface Described {
  readonly [key: string]: SettingValue | Described;
}

function describeSection<S extends Section>(
  section: S,
  values: Values<S>,
  path: string,
  loaded: LoadedSettings,
): readonly DescribedSetting[] {
  const read = values as Described;
  return Object.entries(section).flatMap(([key, member]) => {
    const inside = join(path, key);
    const value = read[key] ?? null;
    if (!isSetting(member)) return describeSection(member, value as Values<typeof member>, inside, loaded);
    const row = (rowKey: string, shown: SettingValue): DescribedSetting => ({
      key: rowKey,
      value: valueText(shown, member.secret),
      unit: member.unit,
      // A map that is replaced as a whole has no origin of its own for each name.
      origin: originText(loaded.origins.has(rowKey) ? rowKey : inside, loaded),
    });
    const isNames = value instanceof Map && value.size > 0;
    if (!isNames) return [row(inside, value as SettingValue)];
    return [...value as ReadonlyMap<string, number | null>].map(([name, own]) => row(join(inside, name), own));
  });
}

function originText(key: string, loaded: LoadedSettings): string {
  const place = loaded.origins.get(key);
  return place === undefined ? "built-in default" : placeText(place);
}

/** Where the secret leads, if it is an address: a database without its password, a webhook without its path. */
function secretText(value: string): string {
  if (parseDsn(value) !== null) return dsnShown(value);
  return /^https?:/.test(value) && URL.canParse(value) ? `${new URL(value).origin}/${HIDDEN}` : HIDDEN;
}

/** A value as YAML writes it. */
export function valueText(value: SettingValue, secret = false): string {
  if (value === null) return "null";
  if (typeof value === "string") return secret ? secretText(value) : value;
  if (typeof value !== "object") return `${value}`;
  if (value instanceof Map) {
    return value.size === 0 ? "{}" : `{ ${[...value].map(([k, v]) => `${k}: ${valueText(v)}`).join(", ")} }`;
  }
  if ("low" in value) return `[${value.low}, ${value.high}]`;
  if (!Array.isArray(value)) return "";
  return `[${value.map((item) => typeof item === "object" ? item.name : item).join(", ")}]`;
}
