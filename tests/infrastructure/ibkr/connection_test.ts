import assert from "node:assert/strict";
import { type Desk, onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };

async function up(desk: Desk): Promise<void> {
  desk.feed.start();
  await desk.clock.until(() => desk.feed.readiness().complete, 10_000, "a complete view");
}

/** Virtual times of the attempts to connect. */
function watchAttempts({ clock, sink }: Desk): number[] {
  const times: number[] = [];
  const push = sink.push.bind(sink);
  sink.push = (event) => {
    if (event.kind === "link" && event.detail.startsWith("connecting to")) times.push(clock.monotonic());
    push(event);
  };
  return times;
}

Deno.test("a refused port is tried again at growing, jittered distances, at most a minute apart, for ever", async () => {
  for (const seed of [1, 2, 3]) {
    await onDesk({ listening: false, seed }, async (desk) => {
      const attempts = watchAttempts(desk);
      desk.feed.start();
      await desk.clock.advance(3 * 3_600_000);
      const gaps = attempts.slice(1).map((at, i) => at - attempts[i]!);
      gaps.forEach((gap, i) => {
        // Half to whole of 500 ms × 2ⁿ, capped at 60 s; the refusal itself takes a fraction of a millisecond.
        const full = Math.min(500 * 2 ** i, 60_000);
        assert.ok(gap >= full / 2 && gap <= full + 2, `gap ${i} is ${gap} ms with seed ${seed}`);
      });
      assert.ok(attempts.length > 180, `${attempts.length} attempts in three hours`);
      assert.equal(desk.sink.last("link").status, "down");
    });
  }
});

Deno.test("a refused port says what to check and on which ports, and fills the log with one line only", async () => {
  await onDesk({ listening: false }, async (desk) => {
    desk.feed.start();
    await desk.clock.advance(3_600_000);
    const { detail } = desk.sink.last("link");
    for (const word of ["127.0.0.1:7497", "refused", "7496 live", "7497 paper", "4001", "4002", "next try in"]) {
      assert.ok(detail.includes(word) || desk.log[0]!.message.includes(word), `${word} is missing in ${detail}`);
    }
    assert.equal(desk.log.length, 1);
  });
});

Deno.test("how long it is until the next try runs down on the screen", async () => {
  await onDesk({ listening: false }, async (desk) => {
    const left = (): number => Number(/; next try in ([\d.]+) s$/.exec(desk.sink.last("link").detail)?.[1]);
    desk.feed.start();
    await desk.clock.until(() => left() > 20, 600_000, "a long wait", 1);
    const first = left();
    await desk.clock.advance(5_000);
    assert.equal(left(), first - 5);
    await desk.clock.advance(5_000);
    assert.equal(left(), first - 10);
  });
});

Deno.test("an IPv6 address stands in brackets before its port", async () => {
  await onDesk({ listening: false, settings: { host: "::1" } }, async (desk) => {
    desk.feed.start();
    await desk.clock.advance(100);
    assert.match(desk.sink.last("link").detail, /^Cannot reach IBKR at \[::1\]:7497: /);
  });
});

Deno.test("a gateway that appears after hours is connected to within its longest back-off", async () => {
  await onDesk({ listening: false }, async (desk) => {
    desk.feed.start();
    await desk.clock.advance(5 * 3_600_000);
    await desk.gateway.listen();
    await desk.clock.until(() => desk.sink.last("link").status === "up", 62_000, "the link");
  });
});

Deno.test("a peer that accepts and stays silent is given up after the handshake time-out", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.greets = false;
    desk.feed.start();
    await desk.clock.advance(9_900);
    assert.equal(desk.gateway.connections, 1);
    await desk.clock.advance(1_200);
    assert.equal(desk.gateway.connections, 2);
    assert.match(desk.log[0]!.message, /the port is open, but nothing answered the greeting within 10000 ms/);
  });
});

Deno.test("a peer that greets and never starts the session is given up after the handshake time-out", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.startsSession = false;
    desk.feed.start();
    await desk.clock.advance(11_500);
    assert.equal(desk.gateway.connections, 2);
    assert.match(desk.log[0]!.message, /did not start the session/);
    desk.gateway.startsSession = true;
    await desk.clock.until(() => desk.sink.last("link").status === "up", 30_000, "the link");
  });
});

Deno.test("a peer that is no TWS is named as such", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.version = "HTTP/1.1 400 Bad Request";
    desk.feed.start();
    await desk.clock.advance(100);
    assert.match(
      desk.sink.last("link").detail,
      /does not speak the TWS protocol.*HTTP\/1\.1 400.*\. Start TWS or IB Gateway/,
    );
  });
});

Deno.test("a connection attempt that hangs ends with its time-out", async () => {
  await onDesk({ listening: false }, async (desk) => {
    let dialled = 0;
    desk.network.connect = () => {
      dialled++;
      return new Promise(() => {});
    };
    desk.feed.start();
    await desk.clock.advance(5_000);
    assert.match(desk.log[0]!.message, /no answer within 5000 ms/);
    await desk.clock.advance(1_000);
    assert.equal(dialled, 2);
  });
});

Deno.test("after a drop the first attempt comes within a second and everything is asked for again", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    await desk.clock.advance(10_000);
    const droppedAt = desk.clock.monotonic();
    desk.gateway.drop();
    await desk.clock.advance(5);
    assert.equal(desk.sink.last("link").status, "down");
    assert.equal(desk.sink.line(AAPL.conId)?.status, "dead");
    await desk.clock.until(() => desk.feed.readiness().complete, 5_000, "a complete view again");
    const again = desk.gateway.requests.filter((each) => each.connection === 2);
    assert.ok(again[0]!.at - droppedAt <= 1_000);
    const kinds = again.map((each) => each.fields[0]);
    // The market-data type is not kept by TWS: it goes before the first request for a quote.
    assert.ok(kinds.indexOf(OUT.marketDataType) < kinds.indexOf(OUT.mktData));
    for (const kind of [OUT.positions, OUT.accountSummary, OUT.executions, OUT.pnl, OUT.pnlSingle, OUT.mktData]) {
      assert.equal(again.filter((each) => each.fields[0] === kind).length, 1, `request ${kind}`);
    }
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
    assert.equal(desk.sink.last("link").status, "up");
  });
});

Deno.test("a request number is never used twice, not even across connections", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    desk.gateway.drop();
    await desk.clock.advance(5_000);
    const ids = [...desk.gateway.asked(OUT.mktData)].map((each) => each.fields[2]);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, 2);
  });
});

Deno.test("a client id in use is tried again, then the next of the range", async () => {
  await onDesk({ settings: { clientId: 11, clientIdRange: 2 } }, async (desk) => {
    const text = "Unable to connect as the client id is already in use. Retry with a unique client id.";
    desk.gateway.refusal = { code: 326, text };
    desk.feed.start();
    await desk.clock.advance(20_000);
    const ids = desk.gateway.asked(OUT.startApi).map((each) => each.fields[2]);
    assert.deepEqual(ids.slice(0, 4), ["11", "11", "11", "12"]);
    assert.match(desk.sink.last("link").detail, /client id 1[12] is in use there/);
    desk.gateway.refusal = null;
    await desk.clock.until(() => desk.feed.readiness().complete, 61_000, "a complete view");
    // Nothing that was meant for a refused connection is sent on the one that holds.
    assert.equal(desk.gateway.asked(OUT.positions).length, 1);
  });
});

Deno.test("a quiet evening is no outage: TWS is asked for its time and the link stays up", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    const before = desk.gateway.connections;
    await desk.clock.advance(600_000);
    assert.equal(desk.gateway.connections, before);
    assert.ok(desk.gateway.asked(OUT.currentTime).length > 50);
    assert.ok(!desk.sink.of("link").some((each) => each.status === "down"));
  });
});

Deno.test("a freeze of 12 s is noticed within 6 s and over when bytes flow again, without a new connection", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    await desk.clock.advance(10_000);
    desk.gateway.frozen = true;
    await desk.clock.advance(6_500);
    const { status, detail } = desk.sink.last("link");
    assert.equal(status, "down");
    assert.match(detail, /nothing has arrived .* for 5 s/);
    await desk.clock.advance(5_500);
    desk.gateway.thaw();
    await desk.clock.advance(100);
    assert.equal(desk.sink.last("link").status, "up");
    assert.equal(desk.gateway.connections, 1);
    const probes = desk.gateway.asked(OUT.currentTime).length;
    assert.ok(probes <= 8, `${probes} probes`);
  });
});

Deno.test("a freeze that does not end is answered by a new connection", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    desk.gateway.frozen = true;
    await desk.clock.advance(20_000);
    assert.equal(desk.gateway.connections, 1);
    await desk.clock.advance(2_000);
    assert.equal(desk.gateway.connections, 2);
  });
});

Deno.test("1100 keeps the connection, marks the quotes, and 1102 takes everything up as it was", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    desk.gateway.notice(1100, "Connectivity between IBKR and Trader Workstation has been lost.");
    await desk.clock.advance(10);
    assert.equal(desk.sink.last("link").status, "degraded");
    assert.equal(desk.sink.line(AAPL.conId)?.status, "dead");
    await desk.clock.advance(60_000);
    assert.equal(desk.gateway.connections, 1);
    const asked = desk.gateway.asked(OUT.mktData).length;
    desk.gateway.notice(1102, "Connectivity has been restored - data maintained.");
    await desk.clock.advance(2_000);
    assert.equal(desk.sink.last("link").status, "up");
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
    assert.equal(desk.gateway.asked(OUT.mktData).length, asked);
  });
});

Deno.test("1101 asks for every subscription again", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    const before = desk.gateway.requests.length;
    desk.gateway.notice(1100, "Connectivity between IBKR and Trader Workstation has been lost.");
    await desk.clock.advance(3_000);
    desk.gateway.notice(1101, "Connectivity has been restored - data lost.");
    await desk.clock.advance(3_000);
    const kinds = desk.gateway.requests.slice(before).map((each) => each.fields[0]);
    for (const kind of [OUT.positions, OUT.accountSummary, OUT.executions, OUT.pnl, OUT.pnlSingle, OUT.mktData]) {
      assert.ok(kinds.includes(kind), `request ${kind}`);
    }
    assert.equal(desk.gateway.connections, 1);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
    assert.equal(desk.sink.last("link").status, "up");
  });
});

Deno.test("a session that ends within moments, again and again, does not reset the back-off", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.script = ([kind]) => {
      if (kind === OUT.positions) desk.gateway.drop();
      return kind === OUT.positions;
    };
    desk.feed.start();
    await desk.clock.advance(300_000);
    assert.ok(desk.gateway.connections < 15, `${desk.gateway.connections} connections in five minutes`);
  });
});

Deno.test("stop() ends the connection and every timer, and nothing is pushed after it", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    await desk.feed.stop();
    assert.equal(desk.sink.last("link").status, "off");
    const events = desk.sink.events.length;
    const ticks = desk.sink.ticks;
    await desk.clock.advance(3_600_000);
    assert.equal(desk.sink.events.length, events);
    assert.equal(desk.sink.ticks, ticks);
    assert.equal(desk.clock.pendingTimers, 0);
    assert.equal(desk.gateway.stream, null);
  });
});

Deno.test("a gateway that calls itself simulated is marked as such on every connection", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    desk.gateway.notice(2199, "This is a simulated gateway");
    await desk.clock.advance(10);
    assert.equal(desk.sink.of("simulated").length, 1);
  });
});

Deno.test("an account of the settings that the login does not manage is said, under a key that the log masks", async () => {
  await onDesk({ settings: { accounts: ["DU1", "DU7654321"] } }, async (desk) => {
    await up(desk);
    const line = desk.log.find((each) => each.message.includes("does not manage"));
    assert.deepEqual(line?.data, { account: ["DU7654321"] });
    assert.deepEqual(desk.sink.last("positions").accounts, ["DU1"]);
  });
});

Deno.test("no account number stands in a log message or under any key but account", async () => {
  await onDesk({ settings: { accounts: ["DU7654321", "DU9"] } }, async (desk) => {
    desk.gateway.accounts = "DU7654321,DU1234567";
    desk.gateway.hold(AAPL, "many", 150, "DU7654321");
    desk.gateway.script = ([kind]) => kind === OUT.accountSummary || kind === OUT.executions;
    desk.feed.start();
    await desk.clock.advance(60_000);
    desk.gateway.drop();
    await desk.clock.advance(60_000);
    assert.ok(desk.log.length > 3);
    for (const { message, data } of desk.log) {
      const { account: _, ...rest } = data ?? {};
      assert.doesNotMatch(message + JSON.stringify(rest), /DU\d/);
    }
  });
});

Deno.test("2110 without a word of its end is over when data has long been flowing again", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    desk.gateway.notice(
      2110,
      "Connectivity between Trader Workstation and server is broken. It will be restored automatically.",
    );
    await desk.clock.advance(100);
    // What TWS still had in hand is no sign of recovery.
    desk.gateway.price(desk.gateway.lineOf(AAPL.conId), 1, 151);
    await desk.clock.advance(100);
    assert.equal(desk.sink.last("link").status, "degraded");
    await desk.clock.advance(15_000);
    assert.equal(desk.sink.last("link").status, "degraded");
    desk.gateway.price(desk.gateway.lineOf(AAPL.conId), 1, 152);
    await desk.clock.advance(100);
    assert.equal(desk.sink.last("link").status, "up");
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
  });
});

Deno.test("reconnect() ends the session, and everything is asked for again on a new one", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    await desk.clock.advance(10_000);
    assert.deepEqual(desk.feed.reconnect(), { done: true, words: "the connection to IBKR is made anew" });
    assert.equal(desk.sink.line(AAPL.conId)?.status, "dead");
    await desk.clock.until(() => desk.feed.readiness().complete, 5_000, "a complete view again");
    assert.equal(Math.max(...desk.gateway.requests.map(({ connection }) => connection)), 2);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
    assert.ok(desk.log.some(({ message }) => /a person asked for a new connection/.test(message)));
  });
});

Deno.test("reconnect() does not wait for the next try, and leaves one that is being made alone", async () => {
  await onDesk({ listening: false }, async (desk) => {
    const attempts = watchAttempts(desk);
    desk.feed.start();
    await desk.clock.advance(10 * 60_000);
    const before = attempts.length;
    assert.deepEqual(desk.feed.reconnect(), { done: true, words: "IBKR is tried again now" });
    assert.equal(attempts.length, before + 1);
    assert.equal(attempts.at(-1), desk.clock.monotonic());
    assert.deepEqual(desk.feed.reconnect(), { done: false, words: "IBKR is being connected to already" });
    await desk.clock.advance(30 * 60_000);
    const gaps = attempts.slice(before + 1).map((at, i) => at - attempts[before + i]!);
    for (const gap of gaps) assert.ok(gap >= 30_000, `the waiting goes on as long as before: ${gap} ms`);
    await desk.feed.stop();
    assert.equal(desk.feed.reconnect().done, false);
  });
});
