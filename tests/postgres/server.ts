/** A real PostgreSQL for the tests, started by server.sh. It ends when the tests do, however they do. */

const SCRIPT = new URL("server.sh", import.meta.url).pathname;
const USER = "apex";
/** What can go wrong in an address, in one password. */
const PASSWORD = "pass@word/1";

export interface PostgresServer {
  readonly port: number;
  /** The certificate that the server shows, which signs itself; for `localhost`. */
  readonly certificateFile: string;
  /** The address of one of its databases; `host` as it is to be dialled. */
  dsn(database: string, host?: string): string;
  /** Gives an order to server.sh and waits until it is carried out. */
  order(order: "restart" | "crash" | "stop" | "start"): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Null, with one loud line, when there is no PostgreSQL to start.
 *
 * @param durability `unsynced` outlives crashes of the server, not of the system: for what measures nothing
 */
export async function startPostgres(durability: "synced" | "unsynced" = "synced"): Promise<PostgresServer | null> {
  const { stdout } = await new Deno.Command("bash", { args: [SCRIPT, "check"] }).output();
  const found = new TextDecoder().decode(stdout).trim();
  if (!found.startsWith("present")) {
    console.error(
      `*** SKIPPED: nothing is tested against PostgreSQL (${found}); install Debian's package postgresql ***`,
    );
    return null;
  }
  const port = freePort();
  const child = new Deno.Command("bash", { args: [SCRIPT, String(port), durability], stdin: "piped", stdout: "piped" })
    .spawn();
  const orders = child.stdin.getWriter();
  const answers = lines(child.stdout);
  const first = await answers.next();
  const folder = /^ready (.+)$/.exec(first.value ?? "")?.[1];
  if (folder === undefined) throw new Error(`Cannot start PostgreSQL: ${first.value}`);
  const userInfo = `${USER}:${encodeURIComponent(PASSWORD)}`;
  return {
    port,
    certificateFile: `${folder}/root.crt`,
    dsn: (database, host = "127.0.0.1") => `postgresql://${userInfo}@${host}:${port}/${database}`,
    async order(order) {
      await orders.write(new TextEncoder().encode(`${order}\n`));
      const { value } = await answers.next();
      if (value !== "ready" && value !== "stopped") throw new Error(`PostgreSQL did not ${order}: ${value}`);
    },
    async stop() {
      await orders.close();
      await child.status;
    },
  };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
  return undefined;
}
