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
  const store = await openConfiguredStore(settings.database, (path) => host.embedded(path), clock);
  const output = new OutputStream(Deno.stdout, 1);
  let isReaderGone = false;
  const pause = async () => {
    await new Promise<void>((resolve) => clock.after(0, resolve));
    host.signal.throwIfAborted();
  };
  output.onClosed(() => isReaderGone = true);
  try {
    for await (const text of historyText(request, store, historyLook(request, settings), clock.now(), pause)) {
      if (host.signal.aborted) return "interrupted";
      output.write(text);
      // Each piece is taken before the next is read: a long history needs no more memory than one page of it.
      await output.flush();
      if (isReaderGone) return "done";
    }
    return "done";
  } catch (fault) {
    if (host.signal.aborted) return "interrupted";
    throw fault;
  } finally {
    await store.close();
  }
}
