/**
 * The parts of the user manual that the code gives. Each stands between two marks, and what is between them is
 * replaced:
 *
 *     <!-- manual: capture summary_120x40 -->
 *     <!-- end -->
 */
import { messageCodes } from "../src/infrastructure/ibkr/message_codes.ts";
import { LEFT, RIGHT } from "../src/presentation/terminal/key_list.ts";
import { doctorTable } from "../src/presentation/cli/doctor_report.ts";
import { gatewayFindings } from "../src/application/doctor/gateway.ts";
import { commandReference, wholeHelp } from "./manual_commands.ts";
import { configurationTables } from "./manual_configuration.ts";
import { inCell } from "./table_cell.ts";

export interface ManualSources {
  /** The kept screen of that name, which its own test holds to the code. */
  screen(name: string): string;
  /** A shipped file of `config/`. */
  configuration(name: string): string;
}

/** Those of this repository. */
export function manualSources(): ManualSources {
  const root = new URL("../", import.meta.url);
  return {
    screen: (name) => Deno.readTextFileSync(new URL(`tests/presentation/screens/${name}.txt`, root)),
    configuration: (name) => Deno.readTextFileSync(new URL(`config/${name}`, root)),
  };
}

const PART = /^<!-- manual: (\w+)(?: (\S+))? -->\n[^]*?^<!-- end -->$/gm;

/**
 * The manual with every marked part as the code has it now.
 *
 * @throws {RangeError} when a mark names a part that there is none of
 */
export function filledManual(manual: string, sources: ManualSources): string {
  return manual.replaceAll(PART, (_, part: string, what: string | undefined) => {
    const mark = what === undefined ? part : `${part} ${what}`;
    return `<!-- manual: ${mark} -->\n\n${partOf(part, what ?? "", sources)}\n\n<!-- end -->`;
  });
}

function partOf(part: string, what: string, sources: ManualSources): string {
  switch (part) {
    case "capture":
      return fenced(sources.screen(what));
    case "doctor":
      return fenced(doctorOnWrongPort());
    case "help":
      return fenced(wholeHelp());
    case "keys":
      return keyTable();
    case "commands":
      return commandReference();
    case "configuration":
      return configurationTables(`${sources.configuration("base.yaml")}\n${sources.configuration("risk_config.yaml")}`);
    case "codes":
      return codeTable();
    default:
      throw new RangeError(
        `The manual has no part "${part}": use capture, doctor, help, keys, commands, configuration or codes`,
      );
  }
}

/** Of several empty rows one is left; spaces at the end of a line would be lost in the next editor. */
function fenced(text: string): string {
  const lines = text.trimEnd().split("\n").map((line) => line.trimEnd());
  const told = lines.filter((line, at) => line !== "" || lines[at - 1] !== "");
  return ["```text", ...told, "```"].join("\n");
}

/** What the doctor prints of a TWS that listens on another port than the configured one. */
function doctorOnWrongPort(): string {
  const seen = {
    contact: { kind: "refused" },
    openPorts: [4002],
    idsInUse: [],
    accounts: [],
    unknownAccounts: [],
  } as const;
  const unknown = { serversLost: null, farmsDown: [], clockAheadSeconds: null, isReadOnly: null, quote: null };
  const expected = { env: "dev", host: "127.0.0.1", port: 7497, clientId: 1, clientIdRange: 8 } as const;
  const findings = gatewayFindings({ ...seen, ...unknown, isSimulated: false }, expected);
  return doctorTable(findings, { width: 100, color: false });
}

function keyTable(): string {
  const rows = [...LEFT, ...RIGHT].map(({ keys, does }) => `| \`${inCell(keys)}\` | ${inCell(does)} |`);
  return ["| Key | Does |", "| --- | --- |", ...rows].join("\n");
}

function codeTable(): string {
  const told = messageCodes().filter(({ remedy }) => remedy !== "");
  const rows = told.map(({ code, remedy }) => `| ${code} | ${inCell(remedy)} |`);
  return ["| Code | Remedy |", "| --- | --- |", ...rows].join("\n");
}
