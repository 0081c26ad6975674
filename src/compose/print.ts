/** Standard output of a command that prints. */
import type { Repetition } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";

export async function print(text: string): Promise<void> {
  const { OutputStream } = await import("../presentation/output_stream.ts");
  const output = new OutputStream(Deno.stdout, 1);
  output.write(text);
  await output.flush();
}

/**
 * Prints a text again and again until Ctrl+C, the end of `forMs`, or the reader's end.
 *
 * @param separator between two that are not drawn over each other
 * @param text given the terminal's width, or null where there is none
 */
export async function printAgain(
  { everyMs, draws }: Repetition,
  forMs: number | null,
  host: CommandHost,
  clock: Clock,
  separator: string,
  text: (width: number | null) => Promise<string> | string,
): Promise<void> {
  const { watchTable } = await import("../presentation/cli/watch_table.ts");
  const { denoTerminal } = await import("../presentation/terminal/deno_terminal.ts");
  const onResize = (listener: () => void) => host.onResize(listener);
  const terminal = denoTerminal(onResize);
  await watchTable({
    text,
    everyMs,
    forMs,
    separator,
    clock,
    signal: host.signal,
    writer: Deno.stdout,
    screen: draws ? () => terminal.size() : null,
    onResize,
  });
}
