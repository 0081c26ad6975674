/** Futu's part of `apex backfill`. */
import type { BackfillSource } from "../application/backfill/source.ts";
import type { BackfillRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Store } from "../application/ports/store.ts";
import type { Settings } from "../application/settings.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";

export interface FutuHistoryPart {
  /** @param store the one that rows go to; null in a dry run */
  source(store: Store | null): BackfillSource;
  close(): void;
}

/** The connection is made with the first question. */
export async function futuHistory(
  { account, market }: BackfillRequest,
  { futu: settings }: Settings,
  { signal }: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<FutuHistoryPart> {
  const { dial } = await import("../infrastructure/futu/client/dial.ts");
  const { FutuHistory } = await import("../infrastructure/futu/history/futu_history.ts");
  const { HistoryLink } = await import("../infrastructure/futu/history/link.ts");
  const { FutuInstruments } = await import("../infrastructure/futu/contracts/instruments.ts");
  const { RateLimit } = await import("../infrastructure/futu/client/rate_limit.ts");
  const network = tcpNetwork();
  // Its windows belong to OpenD's login: they go on over a reconnect.
  const rateLimit = new RateLimit(clock);
  const onNotReady = (words: string) => log.write("WARN", "SYSTEM", `Waiting for OpenD: ${words}`);
  const dialled = { settings, network, clock, log, rateLimit, purpose: "backfill", onNotReady };
  const link = new HistoryLink({ settings, clock, random: Math.random, log, dial: (stop) => dial(dialled, stop) });
  return {
    source(store) {
      const instruments = new FutuInstruments(settings.optionRoots);
      const ordersWithoutFees = store === null ? null : (id: string) => store.futuOrdersWithoutFees(id);
      const onAccounts = (accounts: readonly string[]) => log.addAccounts(accounts);
      const common = { settings, link, instruments, account, market, clock, log, signal };
      return new FutuHistory({ ...common, ordersWithoutFees, onAccounts });
    },
    close: () => link.close(),
  };
}
