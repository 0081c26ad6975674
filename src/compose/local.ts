/** The commands that are done on the spot, in the process that understood the command line. Each is loaded when it is asked for. */
import type { ConfigurationChoice, LocalRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { Printed } from "../presentation/cli/local_command.ts";

/** What a command done on the spot is given. */
export interface LocalSurroundings {
  readonly clock: Clock;
  /** The text of a file that is part of the program. */
  readonly embedded: (path: string) => string;
}

export async function runLocal(
  request: LocalRequest,
  configuration: ConfigurationChoice,
  { clock, embedded }: LocalSurroundings,
): Promise<Printed> {
  switch (request.command) {
    case "calendar": {
      const { runLocalCommand } = await import("../presentation/cli/local_command.ts");
      return await runLocalCommand(request, clock.now());
    }
    case "init": {
      const { writeFirstConfiguration } = await import("./init.ts");
      return await writeFirstConfiguration(configuration.directory, embedded);
    }
    case "config": {
      const { lookAtConfiguration } = await import("./config.ts");
      return await lookAtConfiguration(request, configuration);
    }
    case "completions": {
      const { printCompletions } = await import("./completions.ts");
      return await printCompletions(request);
    }
    case "complete": {
      const { printWords } = await import("./completions.ts");
      return await printWords(request, configuration, clock);
    }
  }
}
