/**
 * The load requirement held against the executable: `deno task soak:executable [SECONDS] [TICKS_PER_SECOND] [POSITIONS]`.
 *
 * What `deno task soak` cannot tell, since it runs on another runtime: what dist/apex itself takes, its supervisor and
 * both its isolates included. CPU and memory are the system's figures, read with `ps`.
 */
import { simulatorInProcess } from "./simulator_peers.ts";

const EXECUTABLE = new URL("../../dist/apex", import.meta.url).pathname;
const RESIDENT_MB = 150;
const GROWTH_MB = 10;
const LOOK_EVERY_MS = 5_000;
/** A request for details and one for a line of each position, 45 a second, and as long again for its P&L. */
const STARTING_SECONDS_PER_POSITION = 3 / 45;

if (import.meta.main) {
  const [seconds = 60, ticksPerSecond = 20_000, positions = 500] = Deno.args.map(Number);
  const folder = Deno.makeTempDirSync({ prefix: "apex-soak-" });
  const simulator = simulatorInProcess();
  try {
    for (const inside of ["config", "data"]) Deno.mkdirSync(`${folder}/${inside}`);
    const book = { positions, underlyings: Math.max(1, Math.round(positions / 20)), ticksPerSecond };
    const { port } = await simulator.ask({ ask: "start", book, seed: 1 });
    const startSeconds = 5 + Math.ceil(positions * STARTING_SECONDS_PER_POSITION);
    const child = startWatch(folder, port, positions, startSeconds + seconds + 5);
    await pause(startSeconds * 1000);
    const looks = [await figures(child.pid)];
    for (let at = 0; at < seconds * 1000; at += LOOK_EVERY_MS) {
      await pause(LOOK_EVERY_MS);
      looks.push(await figures(child.pid));
    }
    const { code } = await child.status;
    Deno.exitCode = print(looks, code) ? 0 : 1;
  } finally {
    await simulator.stop();
    Deno.removeSync(folder, { recursive: true });
  }
}

interface Figures {
  readonly residentMb: number;
  readonly cpuSeconds: number;
}

function startWatch(folder: string, port: number, positions: number, seconds: number): Deno.ChildProcess {
  return new Deno.Command(EXECUTABLE, {
    args: ["watch", "--no-dashboard", "--for", `${seconds}s`],
    cwd: folder,
    env: {
      APEX_IBKR__HOST: "127.0.0.1",
      APEX_IBKR__PORT: `${port}`,
      APEX_IBKR__MARKET_DATA_LINES: `${positions + 10}`,
    },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

async function figures(pid: number): Promise<Figures> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=,time=", "-p", `${pid}`] }).output();
  const [resident, time] = new TextDecoder().decode(stdout).trim().split(/\s+/);
  if (resident === undefined || time === undefined) throw new Error("Cannot measure dist/apex: it ended too early");
  const cpuSeconds = time.split(":").reduce((total, part) => total * 60 + Number(part), 0);
  return { residentMb: Number(resident) * 1024 / 1e6, cpuSeconds };
}

function print(looks: readonly Figures[], code: number): boolean {
  const first = looks[0]!;
  const middle = looks[looks.length >> 1]!;
  const last = looks[looks.length - 1]!;
  const cores = (last.cpuSeconds - first.cpuSeconds) / ((looks.length - 1) * LOOK_EVERY_MS / 1000);
  const kept = last.residentMb <= RESIDENT_MB && last.residentMb - first.residentMb <= GROWTH_MB;
  const resident = [first, middle, last].map(({ residentMb }) => residentMb.toFixed(1)).join(" → ");
  console.log(`CPU       ${cores.toFixed(2)} cores (below 1: ${cores < 1 ? "kept" : "MISSED"})`);
  console.log(`resident  ${resident} MB (≤ ${RESIDENT_MB}, growth ≤ ${GROWTH_MB}: ${kept ? "kept" : "MISSED"})`);
  if (code !== 0) console.log(`It ended with code ${code}`);
  return kept && cores < 1 && code === 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
