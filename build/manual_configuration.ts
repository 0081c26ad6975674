/** The table of every configuration key: default, unit and bounds from the schema, the meaning from the shipped files. */
import { valueText } from "../src/infrastructure/config/describe.ts";
import { SCHEMA } from "../src/infrastructure/config/schema.ts";
import { isSetting, type Section, type Setting } from "../src/infrastructure/config/setting.ts";
import { inCell } from "./table_cell.ts";

/** A table for each section. `shipped` is the text of the files that hold every key with a comment beside it. */
export function configurationTables(shipped: string): string {
  const comments = commentsByKey(shipped);
  const section = ([name, members]: [string, Section]): string =>
    [
      `### \`${name}\``,
      "",
      "| Key | Default | Unit | Allowed | Meaning |",
      "| --- | --- | --- | --- | --- |",
      ...settingsIn(members, "").map(([key, setting]) => row(key, setting, comments.get(`${name}.${key}`) ?? "")),
    ].join("\n");
  return Object.entries(SCHEMA as unknown as Record<string, Section>).map(section).join("\n\n");
}

function settingsIn(section: Section, above: string): [string, Setting][] {
  return Object.entries(section).flatMap(([key, member]): [string, Setting][] => {
    const path = above === "" ? key : `${above}.${key}`;
    return isSetting(member) ? [[path, member]] : settingsIn(member, path);
  });
}

function row(key: string, setting: Setting, comment: string): string {
  const cells = [
    `\`${key}\``,
    `\`${valueText(setting.fallback)}\``,
    setting.unit,
    setting.allowed,
    meaning(comment, setting),
  ];
  return `| ${cells.map(inCell).join(" | ")} |`;
}

/** The comment without the unit and the default, which have columns of their own. */
function meaning(comment: string, { unit }: Setting): string {
  const told = /^(.*?)[,;]? ?[Dd]efault (\[.*?\]|\{.*?\}|"[^"]*"|[^:;,]+?)(?:([:;,])\s*(.*)|\.)?$/.exec(comment);
  const [before, after] = told === null ? [comment, ""] : [told[1] ?? "", told[4] ?? ""];
  // A line of its own above the key's may explain, and the unit then stand alone beside it.
  const sentence = before.endsWith(`. ${unit}`) ? before.slice(0, -unit.length - 1) : before;
  const bare = sentence === unit || KINDS.has(sentence) ? "" : sentence;
  return [bare, after].filter((part) => part !== "").join("; ");
}

/** What a comment says of a key's form, which the column before it says better. */
const KINDS: ReadonlySet<string> = new Set(["flag", "number", "word", "list", "address", "token", "name", "s", "ms"]);

/**
 * The comment of each key: beside it, or on the lines above it that begin with `#`. A key that is itself in a comment
 * (`# port: …`) has the rest of its line.
 */
function commentsByKey(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const path: { readonly indent: number; readonly key: string }[] = [];
  let above: string[] = [];
  for (const line of text.split("\n")) {
    const [, indent = "", hidden, key, rest = ""] = /^( *)(# )?([a-z][a-z_0-9]*):(?: (.*))?$/.exec(line) ?? [];
    if (key === undefined || (hidden !== undefined && !isOfSchema([...keysAbove(path, indent.length), key]))) {
      const remark = /^ *# ?(.*)$/.exec(line)?.[1];
      above = remark === undefined ? [] : [...above, remark];
      continue;
    }
    const keys = [...keysAbove(path, indent.length), key];
    path.splice(keys.length - 1, path.length, { indent: indent.length, key });
    const beside = hidden === undefined ? / # ?(.*)$/.exec(` ${rest}`)?.[1] ?? "" : rest;
    found.set(keys.join("."), [...above, beside].filter((part) => part !== "").join(" "));
    above = [];
    if (hidden !== undefined) path.pop();
  }
  return found;
}

function keysAbove(path: readonly { readonly indent: number; readonly key: string }[], indent: number): string[] {
  return path.filter((one) => one.indent < indent).map(({ key }) => key);
}

function isOfSchema(keys: readonly string[]): boolean {
  let member: Section | Setting | undefined = SCHEMA as unknown as Section;
  for (const key of keys) {
    if (member === undefined || isSetting(member)) return false;
    member = member[key];
  }
  return member !== undefined;
}
