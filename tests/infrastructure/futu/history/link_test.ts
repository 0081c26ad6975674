import assert from "node:assert/strict";
import { HistoryLink, type HistorySession, MOST_RECONNECTS } from "../../../../src/infrastructure/futu/history/link.ts";
import { type AskOptions, OpenDFault } from "../../../../src/infrastructure/futu/client/opend.ts";
import { GET_ORDER_FEE } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { seededRandom, VirtualClock } from "../../../support/virtual_clock.ts";

const HEADER = { trdEnv: 1, accID: "1", trdMarket: 2 };
const QUESTION = { header: HEADER, orderIdExList: ["a"] };
const ANSWER = { header: HEADER, orderFeeList: [] };

type Step = "answers" | "dies" | "refuses" | { readonly waitsMs: number };

/** Each dial and each question takes the next step of its script. */
function desk(dials: ("opens" | OpenDFault)[], questions: Step[]) {
  const clock = new VirtualClock();
  const counts = { dials: 0, closed: 0, asked: 0 };
  const session: HistorySession = {
    connId: "1",
    serverVersion: 905,
    isSimulated: true,
    close: () => void counts.closed++,
    ask: (async (_exchange: unknown, _question: unknown, { signal, onWait }: AskOptions = {}) => {
      counts.asked++;
      const step = questions.shift() ?? "answers";
      if (typeof step === "object") {
        onWait?.(step.waitsMs);
        await new Promise<void>((resolve, reject) => {
          const cancel = clock.after(step.waitsMs, resolve);
          signal?.addEventListener("abort", () => {
            cancel();
            reject(signal.reason);
          });
        });
      }
      if (step === "dies") throw new OpenDFault("lost", "OpenD is gone: connection reset");
      if (step === "refuses") throw new OpenDFault("refused", "OpenD refused it: no such account");
      return ANSWER;
    }) as HistorySession["ask"],
  };
  const link = new HistoryLink({
    settings: { reconnect: { firstDelayMs: 500, maxDelayMs: 60_000 } },
    clock,
    random: seededRandom(1),
    log: { write() {} },
    dial() {
      counts.dials++;
      const next = dials.shift() ?? "opens";
      return next === "opens" ? Promise.resolve(session) : Promise.reject(next);
    },
  });
  const words: (string | null)[] = [];
  const stop = new AbortController();
  const reading = { signal: stop.signal, onWaiting: (text: string | null) => void words.push(text) };
  const ask = () => link.ask(GET_ORDER_FEE, QUESTION, reading);
  return { clock, link, ask, words, stop, counts };
}

async function settled<Value>(clock: VirtualClock, running: Promise<Value>, limitMs = 300_000): Promise<Value> {
  let isOver = false;
  running.then(() => isOver = true, () => isOver = true);
  await clock.until(() => isOver, limitMs, "an end", 50);
  return await running;
}

Deno.test("a question whose connection is lost is asked again on a new one", async () => {
  const { clock, ask, counts, words } = desk([], ["dies", "dies", "dies", "answers"]);
  assert.deepEqual(await settled(clock, ask()), ANSWER);
  assert.deepEqual(counts, { dials: 4, closed: 3, asked: 4 });
  // The first delays are shorter than anybody reads.
  assert.equal(words[0], "OpenD is away: trying again in 2 s");
  assert.equal(words.at(-1), null, "the words are taken away again");
});

Deno.test("an OpenD that was there is waited for, and after a few attempts the run is told why, at once from then on", async () => {
  const away = new OpenDFault("lost", "Cannot reach OpenD at 127.0.0.1:11111: connection refused");
  const { clock, ask, counts } = desk(["opens", ...Array(20).fill(away)], ["answers", "dies"]);
  await settled(clock, ask());
  await assert.rejects(settled(clock, ask()), /Cannot reach OpenD.*tried 7 times again/);
  assert.equal(counts.dials, 1 + MOST_RECONNECTS);
  const waited = clock.monotonic();
  await assert.rejects(settled(clock, ask()), /Cannot reach OpenD/);
  assert.equal(counts.dials, 1 + MOST_RECONNECTS);
  assert.ok(clock.monotonic() - waited <= 50, "without another wait");
});

Deno.test("an OpenD that never was there, or wants a person, is no reason to wait", async () => {
  for (const kind of ["lost", "timeout", "refused", "unreadable"] as const) {
    const { clock, ask, counts } = desk([new OpenDFault(kind, "Cannot reach OpenD: start it")], []);
    await assert.rejects(settled(clock, ask(), 100), /start it/);
    assert.equal(counts.dials, 1, kind);
  }
});

Deno.test("a refused question is not repeated, and the connection stays for the next", async () => {
  const { clock, ask, counts } = desk([], ["refuses", "answers"]);
  await assert.rejects(settled(clock, ask()), /no such account/);
  await settled(clock, ask());
  assert.deepEqual(counts, { dials: 1, closed: 0, asked: 2 });
});

Deno.test("a wait for OpenD's limit is counted down, second by second, until it goes on", async () => {
  const { clock, ask, words } = desk([], [{ waitsMs: 3_200 }]);
  await settled(clock, ask());
  assert.deepEqual(words, [
    "waiting 4 s for OpenD's limit (10 in 30 s)",
    "waiting 3 s for OpenD's limit (10 in 30 s)",
    "waiting 2 s for OpenD's limit (10 in 30 s)",
    "waiting 1 s for OpenD's limit (10 in 30 s)",
    null,
  ]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("told to stop, it stops at once: while it waits for its turn, and while OpenD is away", async () => {
  for (const questions of [[{ waitsMs: 30_000 }], ["dies"]] as Step[][]) {
    const { clock, ask, stop } = desk(["opens", ...Array(9).fill(new OpenDFault("lost", "away"))], questions);
    const running = ask();
    running.catch(() => {});
    await clock.advance(10);
    stop.abort(new Error("Ctrl+C"));
    await assert.rejects(settled(clock, running, 50), /Ctrl\+C/);
    assert.equal(clock.pendingTimers, 0, "no timer is left");
  }
});
