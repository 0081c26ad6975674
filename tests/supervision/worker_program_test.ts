import assert from "node:assert/strict";
import type { Conclusion } from "../../src/application/command.ts";
import type { CommandHost } from "../../src/application/ports/host.ts";
import type { Settings } from "../../src/application/settings.ts";
import type { ToSupervisor, ToWorker, Work } from "../../src/supervision/protocol.ts";
import { type RunWork, serveWorker } from "../../src/supervision/worker_program.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

Deno.test("the worker says that it is ready only when it listens", () => {
  const { said } = served(() => Promise.resolve("done"));
  assert.deepEqual(said, [{ kind: "ready" }]);
});

Deno.test("the end of the command is reported", async () => {
  const worker = served(() => Promise.resolve("limit"));
  worker.hear({ kind: "run", work: WORK });
  await worker.clock.advance(0);
  assert.deepEqual(worker.said.at(-1), { kind: "concluded", conclusion: "limit" });
});

Deno.test("an error of the command is reported with its cause, also when thrown before the first await", async () => {
  const worker = served(() => {
    throw new Error("cannot start", { cause: new Error("port taken") });
  });
  worker.hear({ kind: "run", work: WORK });
  await worker.clock.advance(0);
  const last = worker.said.at(-1);
  assert.equal(last?.kind === "failed" && last.failure.message, "cannot start");
  assert.equal(last?.kind === "failed" && last.failure.cause?.message, "port taken");
  assert.equal(last?.kind === "failed" && last.escaped, false);
});

Deno.test("an error that nobody caught is reported as escaped", () => {
  const worker = served(() => new Promise(() => {}));
  worker.escape(new TypeError("x is undefined"));
  const last = worker.said.at(-1);
  assert.deepEqual(last?.kind === "failed" && [last.failure.name, last.escaped], ["TypeError", true]);
});

Deno.test("finished work is counted and told every second, also when there is none", async () => {
  const hosts: CommandHost[] = [];
  const worker = served((_work, host) => {
    hosts.push(host);
    return new Promise(() => {});
  });
  worker.hear({ kind: "run", work: WORK });
  await worker.clock.advance(1000);
  hosts[0]!.workFinished();
  hosts[0]!.workFinished();
  await worker.clock.advance(1000);
  const beats = worker.said.filter((message) => message.kind === "heartbeat");
  assert.deepEqual(beats, [{ kind: "heartbeat", finished: 0 }, { kind: "heartbeat", finished: 2 }]);
});

Deno.test("a stop aborts the command's signal, which then concludes by itself", async () => {
  const worker = served((_work, host) =>
    new Promise<Conclusion>((resolve) => host.signal.addEventListener("abort", () => resolve("interrupted")))
  );
  worker.hear({ kind: "run", work: WORK });
  await worker.clock.advance(0);
  worker.hear({ kind: "stop", signal: "SIGINT" });
  await worker.clock.advance(0);
  assert.deepEqual(worker.said.at(-1), { kind: "concluded", conclusion: "interrupted" });
});

Deno.test("a resize reaches those who listen, until they no longer do", async () => {
  let resizes = 0;
  let unlisten = () => {};
  const worker = served((_work, host) => {
    unlisten = host.onResize(() => resizes++);
    return new Promise(() => {});
  });
  worker.hear({ kind: "run", work: WORK });
  await worker.clock.advance(0);
  worker.hear({ kind: "resized" });
  unlisten();
  worker.hear({ kind: "resized" });
  assert.equal(resizes, 1);
});

const WORK: Work = {
  request: { command: "self-test", attempt: "net", target: null },
  settings: {} as Settings,
  notes: [],
};

function served(run: RunWork) {
  const said: ToSupervisor[] = [];
  const clock = new VirtualClock();
  const listeners: ((message: ToWorker) => void)[] = [];
  const escapes: ((thrown: unknown) => void)[] = [];
  serveWorker(
    {
      post: (message) => said.push(message),
      onMessage: (listener) => listeners.push(listener),
      onEscapedError: (listener) => escapes.push(listener),
      embedded: (path) => `text of ${path}`,
      startStoreWorker: () => {
        throw new Error("no test here starts it");
      },
    },
    clock,
    run,
  );
  return {
    said,
    clock,
    hear: (message: ToWorker) => listeners.forEach((listener) => listener(message)),
    escape: (thrown: unknown) => escapes.forEach((listener) => listener(thrown)),
  };
}
