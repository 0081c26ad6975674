/** The simulated gateway as a process: a question is a line of JSON on its input, and so is the answer on its output. */
import { type Question, simulatorSide } from "./simulator_side.ts";

if (import.meta.main) {
  const answer = simulatorSide();
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const question: Question = JSON.parse(line);
      const bytes = new TextEncoder().encode(JSON.stringify(await answer(question)) + "\n");
      for (let sent = 0; sent < bytes.length;) sent += await Deno.stdout.write(bytes.subarray(sent));
    }
  }
}
