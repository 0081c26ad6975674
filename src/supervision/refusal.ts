/**
 * What the sandbox refused, in words the user can act on.
 *
 * Two fences can refuse a host: the list that the executable was built with, and, inside it, the hosts that the
 * configuration names. Files are fenced by folder, variables by name; both are fixed when the executable is built.
 */
import type { Failure } from "./failure.ts";

/** The sentence for a refusal anywhere in the chain of causes; null when nothing was refused. */
export function explainRefusal(failure: Failure): string | null {
  for (let at: Failure | null = failure; at !== null; at = at.cause) {
    const sentence = at.name === "NotCapable" ? explainNotCapable(at.message) : explainEperm(at);
    if (sentence !== null) return sentence;
  }
  return null;
}

/** `Requires net access to "db.corp:5432", specify …`, as the runtime puts it. */
function explainNotCapable(message: string): string {
  const match = /^Requires (\w+) access(?: to (?:"([^"]*)"|(<[^>]*>|\S+?)))?(?:,|$)/.exec(message);
  const kind = match?.[1] ?? "";
  const target = match?.[2] ?? match?.[3] ?? null;
  const explain = EXPLANATIONS[kind];
  return explain === undefined ? `The sandbox refused this: ${message}` : explain(target);
}

const EXPLANATIONS: Readonly<Record<string, (target: string | null) => string>> = {
  net: (host) => hostRefused(host ?? "a host"),
  read: (file) =>
    `Cannot read ${file ?? "a file"}: APEX reads only the folders config and data of the working folder, and ` +
    `/etc/apex; put the file there`,
  write: (file) =>
    `Cannot write ${file ?? "a file"}: APEX writes only into the folder data of the working folder; put the file there`,
  env: (name) =>
    `Cannot read the environment variable ${name ?? ""}: APEX reads only APEX_*, NO_COLOR, TERM, COLORTERM, LANG, ` +
    `LC_ALL and LC_CTYPE; use a variable whose name begins with APEX_`,
  run: (program) =>
    `Cannot start ${program ?? "a program"}: APEX is built to start no other program, and no setting changes that`,
  ffi: (library) => `Cannot load ${library ?? "a library"}: APEX is built to load no native library`,
  sys: (what) => `Cannot ask the system for ${what ?? "its details"}: APEX is built without that permission`,
  import: (module) => `Cannot load code from ${module ?? "outside"}: APEX runs only what was built into it`,
};

/** Node's way of saying that a host is not permitted: `connect EPERM 10.0.0.5:5432`, `getaddrinfo EPERM db.corp`. */
function explainEperm(failure: Failure): string | null {
  if (failure.code !== "EPERM") return null;
  const match = /^(connect|getaddrinfo|listen|bind) EPERM (\S+)/.exec(failure.message);
  return match === null ? null : hostRefused(match[2]!);
}

function hostRefused(host: string): string {
  return `Cannot use the network address ${host}: the configuration does not name it, and only the hosts it names can ` +
    `be reached; write it into the configuration and start again (a host outside the loopback and private networks ` +
    `also needs an executable built with APEX_ALLOW_NET=${host} or APEX_ALLOW_NET_ONLY=${host})`;
}
