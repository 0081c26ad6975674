/** `apex simulate`: the simulated gateway, and the simulated OpenD. */
import { Option } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import { type ApexProgram, type GlobalOptions, wholeNumber } from "../options.ts";

const EXAMPLES = `
Examples:
  apex simulate                            serve the demo scenario where TWS paper trading would be
  apex simulate --port 0 --seed 7          on any free port, which it prints, with other prices
  apex simulate --scenario drill.yaml      serve your own accounts, quotes and events
  apex simulate --broker futu              serve a made-up Futu book where OpenD would be

Troubles for --fault, with times since the start and lengths such as 500ms, 30s or 2m:
  drop@TIME                       close every connection
  refuse:SPAN@TIME                take no connections for a while
  freeze:SPAN@TIME                say nothing for a while
Of TWS:
  connectivity:1100@TIME          lose IB's servers; 1101 and 1102 bring them back
  farm:NAME:down|up|lost@TIME     lose or bring back a market-data farm
  client-id-in-use:SPAN@TIME      refuse client ids as taken (326)
  competing-session:SPAN@TIME     give the market data to another login
  garbage:FORM@TIME               send a broken message
Of OpenD:
  logout:SPAN@TIME                lose its login for a while
  rate-limit:SPAN@TIME            refuse as too frequent whatever is counted, for a while
  drop-before-reply:2221@TIME     close the connection instead of answering the next message of that number
  bad-sha@TIME                    send a frame whose SHA-1 is wrong
  truncated@TIME                  send the beginning of a frame whose rest never comes
  oversized@TIME                  announce a frame of 2 GB
  unknown@TIME                    send a message that nobody knows
  unreadable@TIME                 send a message that breaks off in the middle

Ctrl+C ends it. Nothing it serves is real, and every screen of a monitor connected to it says so.`;

/** Where TWS paper trading and OpenD listen, so that a monitor in its default environment finds the simulator. */
const USUAL_PORT = { ib: 7497, futu: 11_111 } as const;

export function addSimulate(program: ApexProgram, choose: (wish: Wish) => void): void {
  program.command("simulate")
    .description("serve a simulated TWS or Futu OpenD on 127.0.0.1, for trying things out")
    .addOption(
      new Option("--broker <broker>", "whose: the TWS of ib, or the OpenD of futu").choices(["ib", "futu"] as const)
        .default("ib" as const),
    )
    .addOption(
      new Option("--port <port>", "port to listen on; 0 for any free one (default: 7497, for futu 11111)")
        .argParser(wholeNumber(0, 65_535)),
    )
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
        broker: own.broker,
        port: own.port ?? USUAL_PORT[own.broker],
        scenario: own.scenario ?? null,
        seed: own.seed ?? null,
        faults: Array.isArray(own.fault) ? own.fault : [],
        now: now ?? null,
        forMs: forMs ?? null,
      });
    });
}
