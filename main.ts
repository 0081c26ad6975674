/**
 * Runs in up to three isolates. The main one understands the command line, reads the configuration and supervises; the
 * worker that it starts from this same file does everything else, with no more permissions than the configuration names,
 * and has a worker of its own, started from this file again, keep the store.
 */
import type { Conclusion, ConfigurationChoice } from "./src/application/command.ts";
import type { Invocation } from "./src/presentation/cli/invocation.ts";
import { STORE_WORKER, type WorkerScope, workerScope } from "./src/supervision/deno_isolate.ts";
import type { Failure } from "./src/supervision/failure.ts";
import type { Configured } from "./src/supervision/launch.ts";
import type { Outcome } from "./src/supervision/protocol.ts";
import project from "./deno.json" with { type: "json" };

const CONCLUSION_CODES: Readonly<Record<Conclusion, number>> = { done: 0, limit: 3, interrupted: 130 };
/** Errors that the words on the command line or in the configuration are to blame for. */
const MISUSES = ["UsageError", "ConfigurationError", "ScenarioError", "HostOutsideFence"];

const worker = workerScope();
if (worker === null) Deno.exit(await main());
else if (worker.name === STORE_WORKER) await serveStore(worker);
else await serve(worker);

async function main(): Promise<number> {
  const { parseArguments } = await import("./src/presentation/cli/arguments.ts");
  const columns = Deno.stdout.isTerminal() ? Deno.consoleSize().columns : null;
  const invocation = parseArguments(Deno.args, {
    terminal: Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb",
    color: (Deno.env.get("NO_COLOR") ?? "") === "",
    errorTerminal: Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb",
    version: project.version,
    columns,
  });
  if (invocation.kind === "print") {
    const { fittedHelp } = await import("./src/presentation/cli/fitted_help.ts");
    return await print(fittedHelp(invocation.text, columns));
  }
  if (invocation.kind === "misused") return say(Deno.stderr, invocation.text, 2);
  if (invocation.kind === "local") return await onTheSpot(invocation);
  const { describeFailure, failureOf } = await import("./src/supervision/failure.ts");
  const outcome = await run(invocation).catch((fault): Outcome => ({ kind: "failed", failure: failureOf(fault) }));
  if (outcome.kind === "concluded") return CONCLUSION_CODES[outcome.conclusion];
  if (outcome.kind === "cut-short") return CONCLUSION_CODES.interrupted;
  const withStacks = invocation.configuration.logLevel === "DEBUG";
  return say(Deno.stderr, `apex: ${describeFailure(outcome.failure, withStacks)}\n`, failureCode(outcome));
}

/** What needs no worker. */
async function onTheSpot({ request, configuration }: Extract<Invocation, { kind: "local" }>): Promise<number> {
  const { runLocal } = await import("./src/compose/local.ts");
  const { systemClock } = await import("./src/infrastructure/system_clock.ts");
  const { embeddedText } = await import("./src/supervision/deno_isolate.ts");
  const embedded = (path: string) => embeddedText(import.meta.url, path);
  try {
    const { text, remarks, code } = await runLocal(request, configuration, { clock: systemClock(), embedded });
    const printed = await print(text);
    return printed === 0 ? say(Deno.stderr, remarks, code) : printed;
  } catch (fault) {
    const { describeFailure, failureOf } = await import("./src/supervision/failure.ts");
    const words = describeFailure(failureOf(fault), configuration.logLevel === "DEBUG");
    return say(Deno.stderr, `apex: ${words}\n`, 1);
  }
}

/** Reads the configuration, starts the command in its worker, and waits for its end. */
async function run({ wish, configuration }: Extract<Invocation, { kind: "run" }>): Promise<Outcome> {
  const { systemClock } = await import("./src/infrastructure/system_clock.ts");
  const { requireHostsAllowed } = await import("./src/supervision/fence.ts");
  const { prepareLaunch } = await import("./src/supervision/launch.ts");
  const { supervise } = await import("./src/supervision/supervisor.ts");
  const { restoreTerminal } = await import("./src/supervision/terminal_restore.ts");
  const deno = await import("./src/supervision/deno_worker.ts");
  const configured = await configure(configuration, wish.command === "doctor");
  const { monitorAround } = await import("./src/compose/monitor_around.ts");
  const monitor = await monitorAround(wish, configured.settings);
  const launch = prepareLaunch(wish, monitor === null ? configured : { ...configured, monitor }, deno.freeLoopbackPort);
  requireHostsAllowed(launch.hosts, deno.hostAllowed);
  const hosts = [...launch.hosts, ...(launch.hostsIfAllowed ?? []).filter(deno.hostAllowed)];
  const outcome = await supervise(launch, {
    clock: systemClock(),
    startWorker: (events) => deno.startFencedWorker(import.meta.url, hosts, events),
    listen: deno.listenToSignals,
  });
  if (launch.draws && (outcome.kind === "worker-lost" || outcome.kind === "cut-short")) restoreTerminal();
  return outcome;
}

/** @param examines whether faults are to be told of later on, instead of ending it here */
async function configure(choice: ConfigurationChoice, examines: boolean): Promise<Configured> {
  const { examineConfiguration, loadConfiguration } = await import("./src/compose/configuration.ts");
  const { configuredHosts, databaseHosts, flexHost } = await import("./src/infrastructure/config/hosts.ts");
  const { loaded, examined } = examines
    ? await examineConfiguration(choice)
    : { loaded: await loadConfiguration(choice), examined: null };
  const { settings, ignoredVariables } = loaded;
  const level = choice.logLevel ?? settings.logging.level;
  return {
    settings: { ...settings, logging: { ...settings.logging, level } },
    hosts: configuredHosts(settings),
    databaseHosts: databaseHosts(settings.database),
    statementHost: flexHost(settings.flex),
    ...(examined === null ? {} : { examined }),
    notes: ignoredVariables.map((name) => `The environment variable ${name} is no setting and was left aside`),
  };
}

/** The program inside the worker. */
async function serve(scope: WorkerScope): Promise<void> {
  const { systemClock } = await import("./src/infrastructure/system_clock.ts");
  const { denoIsolate } = await import("./src/supervision/deno_isolate.ts");
  const { startStoreWorker } = await import("./src/supervision/deno_worker.ts");
  const { serveWorker } = await import("./src/supervision/worker_program.ts");
  serveWorker(denoIsolate(scope, import.meta.url, startStoreWorker), systemClock(), async (work, host) => {
    const { request } = work;
    if (request.command === "self-test") {
      const { runSelfTest } = await import("./src/supervision/self_test.ts");
      return await runSelfTest(request, host);
    }
    const { runCommand } = await import("./src/compose.ts");
    return await runCommand({ ...work, request }, host);
  });
}

/** The store's worker. */
async function serveStore(scope: WorkerScope): Promise<void> {
  const { systemClock } = await import("./src/infrastructure/system_clock.ts");
  const { embeddedText, storeWorkerLink } = await import("./src/supervision/deno_isolate.ts");
  const { serveStore } = await import("./src/infrastructure/store/worker/store_server.ts");
  const { openMonitorsStore } = await import("./src/infrastructure/store/worker/monitors_store.ts");
  const clock = systemClock();
  const embedded = (path: string) => embeddedText(import.meta.url, path);
  serveStore(storeWorkerLink(scope), clock, (work) => openMonitorsStore(work, embedded, clock));
}

function failureCode(outcome: Extract<Outcome, { failure: Failure }>): number {
  if (outcome.kind === "worker-lost") return 70;
  return MISUSES.includes(outcome.failure.name) ? 2 : 1;
}

/** Prints on standard output: 0, or 1 when that could not be done. */
async function print(text: string): Promise<number> {
  try {
    return say(Deno.stdout, text, 0);
  } catch (fault) {
    const { outputFailure } = await import("./src/presentation/output_stream.ts");
    const failure = outputFailure(fault);
    return failure === null ? 0 : say(Deno.stderr, `apex: ${failure.message}\n`, 1);
  }
}

function say(stream: { writeSync(bytes: Uint8Array): number }, text: string, code: number): number {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
  return code;
}
