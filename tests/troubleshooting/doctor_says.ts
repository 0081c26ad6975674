/** `apex doctor` on a scripted gateway. */
import { gatewayFindings } from "../../src/application/doctor/gateway.ts";
import type { Environment, IbkrSettings } from "../../src/application/settings.ts";
import { examineGateway } from "../../src/infrastructure/ibkr/examination.ts";
import { SETTINGS } from "../infrastructure/ibkr/bench_desk.ts";
import { ScriptedGateway } from "../infrastructure/ibkr/scripted_gateway.ts";
import { MemoryNetwork } from "../support/memory_network.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import type { See } from "./manual_words.ts";

export interface Examined {
  /** Where a gateway listens; null: nowhere. */
  readonly port?: number | null;
  readonly env?: Environment;
  readonly settings?: Partial<IbkrSettings>;
  readonly script?: (gateway: ScriptedGateway, clock: VirtualClock) => void;
}

/** What the doctor says. */
export async function examined(see: See, { port = 7497, env = "dev", settings = {}, script }: Examined): Promise<void> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  if (port !== null) {
    const gateway = await new ScriptedGateway(clock, network, port).listen();
    gateway.accounts = "DU1234567";
    script?.(gateway, clock);
  }
  const wanted = { ...SETTINGS, accounts: [], clientIdRange: 3, ...settings };
  let ended = false;
  const signal = new AbortController().signal;
  const examination = examineGateway({ settings: wanted, network, clock, log: { write() {} }, signal });
  examination.finally(() => ended = true);
  await clock.until(() => ended, 20_000, "an end");
  for (const { found, fix } of gatewayFindings(await examination, { env, ...wanted })) see(`${found}\n${fix ?? ""}`);
}
