/** `apex doctor`: everything that a first run trips over. */
import type { Conclusion, DoctorRequest } from "../application/command.ts";
import { databaseFinding, databaseForbidden } from "../application/doctor/database.ts";
import { type Check, examine } from "../application/doctor/examination.ts";
import { type Finding, skipped } from "../application/doctor/finding.ts";
import { GATEWAY_CHECKS, gatewayFindings } from "../application/doctor/gateway.ts";
import { OPEND_CHECKS, openDFindings, openDOff } from "../application/doctor/opend.ts";
import {
  configurationFinding,
  dataFolderFinding,
  hostsFinding,
  manualFileFinding,
  type NamedHost,
  statementsFinding,
} from "../application/doctor/places.ts";
import { displayFinding, terminalFinding } from "../application/doctor/screen.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { databaseHosts } from "../infrastructure/config/hosts.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { print } from "./print.ts";
import { startSimulatedBrokers } from "./simulated_brokers.ts";

/** The longest way through a connection, and all of it less than 20 s. */
const GATEWAY_WITHIN_MS = 17_000;
const OPEND_WITHIN_MS = 18_000;
const DATABASE_WITHIN_MS = 12_000;
const FILES_WITHIN_MS = 5_000;
const DATA_FOLDER = "data";

/** What is wrong is printed already. */
class ChecksFailed extends Error {
  override readonly name = "ChecksFailed";
}

export async function doctor(
  request: DoctorRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<Conclusion> {
  const stopSimulators = await startSimulatedBrokers(request, settings, host, clock, log);
  try {
    const findings = await examine(checks(request, settings, host, clock, log), clock, host.signal);
    if (host.signal.aborted) return "interrupted";
    const { doctorJson, doctorTable } = await import("../presentation/cli/doctor_report.ts");
    await print(request.output === "json" ? doctorJson(findings) : doctorTable(findings, request));
    const failed = findings.filter(({ status }) => status === "fail").length;
    if (failed === 0) return "done";
    const what = failed === 1 ? "1 check failed" : `${failed} checks failed`;
    throw new ChecksFailed(`${what}: what to do is beside each`);
  } catch (fault) {
    if (host.signal.aborted) return "interrupted";
    throw fault;
  } finally {
    await stopSimulators();
  }
}

/** In the order they are printed in. Without a configuration nobody knows what it names. */
function checks(
  request: DoctorRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): readonly Check[] {
  const { configuration, hosts, statementHost } = request;
  const here = (title: string, look: () => Finding | Promise<Finding>): Check => ({
    title,
    limitMs: FILES_WITHIN_MS,
    whenLate: "Look at the disk: reading a small file takes too long",
    look: async () => [await look()],
  });
  const isKnown = configuration.faults.length === 0;
  const unknown = (title: string) => here(title, () => skipped(title, "not known before the configuration holds"));
  const named = (address: string): NamedHost => ({ host: address, isAllowed: mayReach(address) });
  return [
    here("Configuration", () => configurationFinding(configuration, configuration.directory)),
    here("Data folder", async () => {
      const { folderState } = await import("../infrastructure/files/folder_state.ts");
      return dataFolderFinding(DATA_FOLDER, folderState(DATA_FOLDER));
    }),
    isKnown ? here("Permissions", () => hostsFinding(hosts.map(named))) : unknown("Permissions"),
    isKnown ? gatewayCheck(settings, clock, log) : unknown(GATEWAY_CHECKS.connection),
    isKnown
      ? here("Manual positions", async () => {
        const { manualFileState } = await import("../infrastructure/files/manual_file_state.ts");
        return manualFileFinding(settings.manual.file, manualFileState(settings.manual));
      })
      : unknown("Manual positions"),
    isKnown ? databaseCheck(settings, host, clock) : unknown("Database"),
    isKnown
      ? here("Flex statements", () => {
        const address = statementHost === null ? null : named(statementHost);
        return statementsFinding(address, settings.flex.queryId !== null);
      })
      : unknown("Flex statements"),
    isKnown ? openDCheck(settings, clock, log) : unknown(OPEND_CHECKS.connection),
    isKnown ? here("Display", () => displayFinding(settings.display, clock.now())) : unknown("Display"),
    here("Terminal", () => terminalFinding(terminalFacts(), settings.dashboard.glyphs)),
  ];
}

function gatewayCheck(settings: Settings, clock: Clock, log: FileLog): Check {
  const { env, ibkr } = settings;
  return {
    title: GATEWAY_CHECKS.connection,
    limitMs: GATEWAY_WITHIN_MS,
    whenLate: "Restart TWS or IB Gateway: it takes too long to answer",
    async look(signal) {
      if (!ibkr.enabled) return [skipped(GATEWAY_CHECKS.connection, "off (ibkr.enabled: false)")];
      const { examineGateway } = await import("../infrastructure/ibkr/examination.ts");
      const seen = await examineGateway({ settings: ibkr, network: tcpNetwork(), clock, log, signal });
      return gatewayFindings(seen, { env, ...ibkr });
    },
  };
}

function openDCheck(settings: Settings, clock: Clock, log: FileLog): Check {
  const { env, ibkr, futu, risk } = settings;
  return {
    title: OPEND_CHECKS.connection,
    limitMs: OPEND_WITHIN_MS,
    whenLate: "Restart OpenD: it takes too long to answer",
    async look(signal) {
      if (!futu.enabled) return [openDOff()];
      const { examineOpenD } = await import("../infrastructure/futu/examination.ts");
      const { baseCurrency } = risk;
      const seen = await examineOpenD({ settings: futu, baseCurrency, network: tcpNetwork(), clock, log, signal });
      return openDFindings(seen, { env, ...futu, besideIb: ibkr.enabled });
    },
  };
}

function databaseCheck(settings: Settings, host: CommandHost, clock: Clock): Check {
  return {
    title: "Database",
    limitMs: DATABASE_WITHIN_MS,
    whenLate: "Look at the server's load and at the network between, or correct database.dsn",
    async look() {
      const forbidden = databaseHosts(settings.database).filter((each) => !mayReach(each));
      if (forbidden.length > 0) return [databaseForbidden(forbidden)];
      const { examineStore } = await import("../infrastructure/store/store_examination.ts");
      return [databaseFinding(await examineStore(settings.database, (path) => host.embedded(path), clock))];
    },
  };
}

/** The worker's list holds what is configured, as far as the executable was built for it. */
function mayReach(host: string): boolean {
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}

function terminalFacts() {
  const variable = (name: string) => Deno.env.get(name) ?? "";
  return {
    size: Deno.stdout.isTerminal() ? Deno.consoleSize() : null,
    term: variable("TERM"),
    colorTerm: variable("COLORTERM"),
    noColor: variable("NO_COLOR") !== "",
    locale: variable("LC_ALL") || variable("LC_CTYPE") || variable("LANG"),
  };
}
