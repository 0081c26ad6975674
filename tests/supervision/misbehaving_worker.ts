/** Started as the store's worker by a test: tries what it may not do, or breaks in a way that nobody waits for. */
import type { MessageLink } from "../../src/application/ports/host.ts";
import { storeWorkerLink, workerScope } from "../../src/supervision/deno_isolate.ts";

const scope = workerScope();
if (scope !== null) {
  const link = storeWorkerLink(scope);
  link.onMessage((wish) => {
    if (wish === "connect") void attempt(link, () => Deno.connect({ hostname: "127.0.0.1", port: 9 }));
    else if (wish === "run") void attempt(link, async () => await new Deno.Command(Deno.execPath()).output());
    else if (wish === "throw") setTimeout(() => fail(new TypeError("x is undefined")), 0);
    else void Promise.reject(new Error("nobody waits for this"));
  });
  link.post("ready");
}

async function attempt(link: MessageLink, work: () => Promise<unknown>): Promise<void> {
  await work().then(() => link.post("done"), (fault: Error) => link.post(fault.name));
}

function fail(error: Error): never {
  throw error;
}
