/** Files, folders and addresses: what was found there, and what it means. */
import { fail, type Finding, ok, warn } from "./finding.ts";

export interface ConfigurationFindings {
  /** Those that were read, in their order. */
  readonly files: readonly string[];
  /** Each with its place; none: the configuration holds. */
  readonly faults: readonly string[];
  /** `APEX_*` names that are no setting. */
  readonly ignoredVariables: readonly string[];
}

const LISTED_FAULTS = 8;

/** @param directory that of the configuration */
export function configurationFinding(seen: ConfigurationFindings, directory: string): Finding {
  const check = "Configuration";
  const { files, faults, ignoredVariables } = seen;
  if (faults.length > 0) {
    const more = faults.length > LISTED_FAULTS ? [`and ${faults.length - LISTED_FAULTS} more`] : [];
    return fail(
      check,
      [`${faults.length === 1 ? "1 fault" : `${faults.length} faults`}:`, ...faults.slice(0, LISTED_FAULTS), ...more]
        .join("\n"),
      "Correct what is listed; apex config check lists it again, and the comments in the files say what is allowed",
    );
  }
  if (ignoredVariables.length > 0) {
    return warn(
      check,
      `${ignoredVariables.join(", ")} in the environment ${ignoredVariables.length === 1 ? "is" : "are"} no setting`,
      "Correct the name (apex config show lists the keys; ibkr.port is APEX_IBKR_PORT), or unset it",
    );
  }
  if (files.length === 0) {
    return warn(check, `no file in ${directory}/: the built-in defaults hold`, "Write one to edit with apex init");
  }
  return ok(check, files.join(", "));
}

/** The folder for what is kept. */
export type FolderState =
  | { readonly kind: "writable"; readonly isNew: boolean; readonly isOpenToOthers: boolean }
  | { readonly kind: "refused"; readonly reason: string };

export function dataFolderFinding(folder: string, state: FolderState): Finding {
  const check = "Data folder";
  if (state.kind === "refused") {
    return fail(
      check,
      `Cannot write into ${folder}/: ${state.reason}`,
      `Start APEX in a folder of your own (WorkingDirectory= of a service), or give its user ${folder}/`,
    );
  }
  if (state.isOpenToOthers) {
    return warn(
      check,
      `${folder}/ is writable, and open to other users of this machine`,
      `Make it yours alone: chmod 700 ${folder}`,
    );
  }
  return ok(check, state.isNew ? `${folder}/ is not there yet and can be made` : `${folder}/ is writable`);
}

/** One address that the configuration names. */
export interface NamedHost {
  readonly host: string;
  readonly isAllowed: boolean;
}

export function hostsFinding(hosts: readonly NamedHost[]): Finding {
  const check = "Permissions";
  const refused = hosts.filter(({ isAllowed }) => !isAllowed).map(({ host }) => host);
  if (refused.length > 0) {
    const list = refused.join(",");
    return fail(
      check,
      `this executable was not built to reach ${refused.join(", ")}`,
      `Build it with APEX_ALLOW_NET=${list}, or name addresses of loopback and private networks in the configuration`,
    );
  }
  if (hosts.length === 0) return ok(check, "the configuration names no address to reach");
  return ok(check, `${hosts.map(({ host }) => host).join(", ")} may be reached`);
}

/** The manual file as it was read. */
export type ManualFileState =
  | { readonly kind: "off" }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "read"; readonly entries: number; readonly faults: readonly string[] };

export function manualFileFinding(file: string, state: ManualFileState): Finding {
  const check = "Manual positions";
  switch (state.kind) {
    case "off":
      return ok(check, "off (manual.enabled: false)");
    case "missing":
      return ok(check, `there is no ${file}, so no position is kept by hand`);
    case "unreadable":
      return fail(check, `${file}: ${state.reason}`, "Correct the file or manual.file; apex init writes an example");
    case "read":
      if (state.faults.length === 0) {
        return ok(check, `${file}: ${state.entries} ${state.entries === 1 ? "position" : "positions"}`);
      }
      return fail(
        check,
        [
          `${state.faults.length === 1 ? "1 fault" : `${state.faults.length} faults`}:`,
          ...state.faults.slice(0, LISTED_FAULTS),
        ].join("\n"),
        "Correct the lines; the monitor takes the file up again by itself. Its comments show the form of an entry",
      );
  }
}

/** @param host of the statement service; null: it is not asked */
export function statementsFinding(host: NamedHost | null, hasQuery: boolean): Finding {
  const check = "Flex statements";
  if (host === null) return ok(check, "no token: the web service is not asked");
  if (!host.isAllowed) {
    return warn(
      check,
      `a token is set, and this executable was not built to reach ${host.host}`,
      `Build it with APEX_ALLOW_NET=${host.host}; until then put downloaded statements into flex.folder`,
    );
  }
  if (!hasQuery) {
    return warn(check, "a token is set, and flex.query_id is not", "Set flex.query_id to the number of the Flex query");
  }
  return ok(check, `${host.host} may be asked`);
}
