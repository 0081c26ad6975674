/** `apex history`: the store read back. */
import type { Conclusion, HistoryRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";

export async function history(
  request: HistoryRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
): Promise<Conclusion> {
  const { openConfiguredStore } = await import("../infrastructure/store/configured_store.ts");
  const { OutputStream } = await import("../presentation/output_stream.ts");
  const { historyText } = await import("../presentation/cli/history/history_text.ts");
  const { historyLook } = await import("../presentation/cli/history/look.ts");
  const watch = request.watch ?? null;
  const store = await openConfiguredStore(settings.database, (path) => host.embedded(path), clock);
  const output = new OutputStream(Deno.stdout, 1);
  let isReaderGone = false;
  const pause = async () => {
    await new Promise<void>((resolve) => clock.after(0, resolve));
    host.signal.throwIfAborted();
  };
  output.onClosed(() => isReaderGone = true);
  const pieces = (width: number | null) =>
    historyText(request, store, historyLook({ width }, settings), clock.now(), pause);
  try {
    if (watch !== null) {
      const { printAgain } = await import("./print.ts");
      const whole = async (width: number | null) => (await Array.fromAsync(pieces(width))).join("");
      await printAgain(watch, request.forMs ?? null, host, clock, "\n", whole);
      return "done";
    }
    for await (const text of pieces(request.width)) {
      if (host.signal.aborted) return "interrupted";
      output.write(text);
      // Each piece is taken before the next is read: a long history needs no more memory than one page of it.
      await output.flush();
      if (isReaderGone) return "done";
    }
    return "done";
  } catch (fault) {
    if (host.signal.aborted) return watch === null ? "interrupted" : "done";
    throw fault;
  } finally {
    await store.close();
  }
}
