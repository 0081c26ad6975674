/**
 * Tries what the sandbox must refuse, from inside the worker. Succeeding is the failure: the command then concludes as
 * done, which a test of the executable reports.
 */
import type { Conclusion, SelfTestRequest } from "../application/command.ts";
import type { CommandHost } from "../application/ports/host.ts";

/** @throws the runtime's own refusal */
export async function runSelfTest(request: SelfTestRequest, host: CommandHost): Promise<Conclusion> {
  await ATTEMPTS[request.attempt](request.target, host);
  return "done";
}

type Attempt = (target: string | null, host: CommandHost) => void | Promise<void>;

const ATTEMPTS: Readonly<Record<SelfTestRequest["attempt"], Attempt>> = {
  async net(target) {
    const [hostname = "", port = ""] = (target ?? "192.0.2.1:443").split(/:(?=\d+$)/);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    connection.close();
  },
  read: (target) => void Deno.readTextFileSync(target ?? "/etc/passwd"),
  write: (target) => Deno.writeTextFileSync(target ?? "../apex-self-test", ""),
  run: (target) => void new Deno.Command(target ?? "/bin/true").outputSync(),
  /** Draws as a dashboard does, then never comes back. */
  hang(_target, host) {
    if (Deno.stdin.isTerminal()) Deno.stdin.setRaw(true);
    Deno.stdout.writeSync(new TextEncoder().encode("\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[31mstuck"));
    host.workFinished();
    while (true);
  },
};
