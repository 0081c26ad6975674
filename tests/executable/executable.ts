/** Runs the compiled dist/apex as a user would. */

export const EXECUTABLE = new URL("../../dist/apex", import.meta.url).pathname;
/** An empty program compiled on the same runtime, to measure start-up against; not always there. */
export const EMPTY_PROGRAM = new URL("../../dist/empty", import.meta.url).pathname;

export function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return false;
    throw fault;
  }
}

export const BUILT = exists(EXECUTABLE);
if (!BUILT) {
  console.warn("SKIPPED: dist/apex is not built, so nothing of the executable is tested; run deno task compile first");
}

/** A test of the executable, in a working folder of its own which is removed afterwards. */
export function smoke(name: string, body: (folder: string) => void | Promise<void>): void {
  Deno.test({
    name,
    ignore: !BUILT,
    async fn() {
      const folder = Deno.makeTempDirSync({ prefix: "apex-smoke-" });
      try {
        for (const inside of ["config", "data"]) Deno.mkdirSync(`${folder}/${inside}`);
        await body(folder);
      } finally {
        await remove(folder);
      }
    },
  });
}

/** A shell that ends in the folder writes its history at the last moment, and a folder that fills cannot be removed. */
async function remove(folder: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return Deno.removeSync(folder, { recursive: true });
    } catch (fault) {
      if (tries === 20 || !(fault instanceof Error) || !/not empty/i.test(fault.message)) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs to the end. A run longer than the deadline is killed, which no test takes for success. */
export async function apex(folder: string, args: string, environment: Record<string, string> = {}): Promise<Ended> {
  const child = start(folder, args, environment);
  const { code, stdout, stderr } = await ended(child);
  return { code, stdout, stderr };
}

const DEADLINE_MS = 60_000;

export function start(folder: string, args: string, environment: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(EXECUTABLE, {
    args: args.split(" ").filter((word) => word !== ""),
    cwd: folder,
    env: environment,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  try {
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

/** `eventually`, for something that only a running program brings about: fails at once when it ends before that. */
export async function whileRunning<T>(
  running: Promise<Ended>,
  what: string,
  condition: () => T | null | Promise<T | null>,
): Promise<T> {
  let gone: Ended | null = null;
  running.then((end) => gone = end);
  return await eventually(what, () => {
    if (gone !== null) throw new Error(`The program ended before ${what} came about: ${JSON.stringify(gone)}`);
    return condition();
  });
}

/** Waits until the condition gives something, looking again and again; fails at the deadline, saying what was awaited. */
export async function eventually<T>(what: string, condition: () => T | null | Promise<T | null>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = await condition();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come about within ${DEADLINE_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** A configuration in the folder that names this port of 127.0.0.1 for the broker. */
export function configureBroker(folder: string, port: number): void {
  Deno.writeTextFileSync(`${folder}/config/base.yaml`, `ibkr: { host: 127.0.0.1, port: ${port} }\n`);
}

/** A program that runs has written the first lines of its log. */
export function hasLog(folder: string): boolean {
  try {
    return Deno.statSync(`${folder}/data/logs/live_risk.log`).size > 0;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return false;
    throw fault;
  }
}

/** Runs a command that serves on the port as long as it is used. */
export async function withServer(
  folder: string,
  args: string,
  port: number,
  use: (server: Deno.ChildProcess) => Promise<void>,
): Promise<void> {
  const server = start(folder, args);
  const running = ended(server);
  try {
    await whileRunning(running, `a connection to port ${port}`, () => canConnect(port));
    await use(server);
  } finally {
    end(server);
    await running;
  }
}

/** It may have ended by itself, which the test has then reported, or been killed by the test. */
function end(server: Deno.ChildProcess): void {
  try {
    server.kill("SIGTERM");
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
  }
}

async function canConnect(port: number): Promise<true | null> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (fault) {
    // Reset: it listens, and has not come to taking connections.
    if (fault instanceof Deno.errors.ConnectionRefused || fault instanceof Deno.errors.ConnectionReset) return null;
    throw fault;
  }
}
