/** The two places a load run's simulated gateway can be in. */
import type { SimulatorPeer } from "./load_run.ts";
import type { Answer } from "./simulator_side.ts";

/** A worker: needs no permission, but its CPU and memory count as the monitor's process's. */
export function simulatorInWorker(): SimulatorPeer {
  const worker = new Worker(new URL("./simulator_worker.ts", import.meta.url), { type: "module" });
  const ask: SimulatorPeer["ask"] = (question) =>
    new Promise((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<Answer>) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(`Cannot run the simulator's worker: ${event.message}`));
      worker.postMessage(question);
    });
  return {
    ask,
    stop: async () => {
      await ask({ ask: "stop" });
      worker.terminate();
    },
  };
}

/** A process of its own, so that the figures of ours are the monitor's alone. */
export function simulatorInProcess(): SimulatorPeer {
  const script = new URL("./simulator_process.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--ignore-env", "--allow-read=.", "--allow-net=127.0.0.1", script.pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = linesOf(child.stdout);
  const ask: SimulatorPeer["ask"] = async (question) => {
    await writer.write(new TextEncoder().encode(JSON.stringify(question) + "\n"));
    const { value, done } = await lines.next();
    if (done === true) throw new Error("Cannot go on: the simulator's process ended");
    const answer: Answer = JSON.parse(value);
    return answer;
  };
  return {
    ask,
    stop: async () => {
      await ask({ ask: "stop" });
      await writer.close();
      await child.status;
    },
  };
}

async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  return undefined;
}
