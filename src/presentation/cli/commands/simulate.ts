/** `apex simulate`: the simulated gateway. */
import type { Wish } from "../../../application/command.ts";
import { type ApexProgram, type GlobalOptions, wholeNumber } from "../options.ts";

const EXAMPLES = `
Examples:
  apex simulate                            serve the demo scenario where TWS paper trading would be
  apex simulate --port 0 --seed 7          on any free port, which it prints, with other prices
  apex simulate --scenario drill.yaml      serve your own accounts, quotes and events

Troubles for --fault, with times since the start and lengths such as 500ms, 30s or 2m:
  drop@TIME                       close every connection
  refuse:SPAN@TIME                take no connections for a while
  freeze:SPAN@TIME                say nothing for a while
  connectivity:1100@TIME          lose IB's servers; 1101 and 1102 bring them back
  farm:NAME:down|up|lost@TIME     lose or bring back a market-data farm
  client-id-in-use:SPAN@TIME      refuse client ids as taken (326)
  competing-session:SPAN@TIME     give the market data to another login
  garbage:FORM@TIME               send a broken message

Ctrl+C ends it. Nothing it serves is real, and every screen of a monitor connected to it says so.`;

/** Where TWS paper trading listens, so that a monitor in its default environment finds the simulator. */
const PAPER_TRADING_PORT = 7497;

export function addSimulate(program: ApexProgram, choose: (wish: Wish) => void): void {
  program.command("simulate")
    .description("serve a simulated TWS on 127.0.0.1, for trying things out")
    .option("--port <port>", "port to listen on; 0 for any free one", wholeNumber(0, 65_535), PAPER_TRADING_PORT)
    .option("--scenario <file>", "YAML file with accounts, contracts, quotes, positions and events")
    .option("--seed <number>", "seed of the random walk; the same seed gives the same prices", wholeNumber(0, 2 ** 31))
    .option(
      "--fault <fault...>",
      "trouble to make, such as drop@30s; can be given several times",
    )
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { for: forMs, now }: GlobalOptions = command.optsWithGlobals();
      choose({
        command: "simulate",
        port: own.port,
        scenario: own.scenario ?? null,
        seed: own.seed ?? null,
        faults: Array.isArray(own.fault) ? own.fault : [],
        now: now ?? null,
        forMs: forMs ?? null,
      });
    });
}
