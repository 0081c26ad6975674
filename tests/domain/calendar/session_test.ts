import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { type Exchange, EXCHANGES, exchangeZone } from "../../../src/domain/calendar/exchange.ts";
import {
  localDate,
  localTimeOfDay,
  openedAt,
  previousSession,
  sessionDate,
  sessionStart,
  sessionState,
} from "../../../src/domain/calendar/session.ts";

/** The instant at which a zone's clocks show the local time. */
function local(exchange: Exchange, text: string): number {
  return Temporal.PlainDateTime.from(text).toZonedDateTime(exchangeZone(exchange)).epochMilliseconds;
}

const newYork = (text: string) => local("NYSE", text);
const state = (exchange: Exchange, text: string) => sessionState(exchange, local(exchange, text)).state;

Deno.test("a New York stock day is pre from 04:00, open from 09:30, post from 16:00, closed from 20:00", () => {
  const day = ["03:59", "04:00", "09:29", "09:30", "15:59", "16:00", "19:59", "20:00"];
  assert.deepEqual(day.map((time) => state("NYSE", `2026-11-20T${time}`)), [
    "closed",
    "pre",
    "pre",
    "open",
    "open",
    "post",
    "post",
    "closed",
  ]);
});

Deno.test("sessionState() says when it changes next, over a weekend and a holiday too", () => {
  assert.deepEqual(sessionState("NYSE", newYork("2026-11-20T10:30:45")), {
    state: "open",
    changesAt: newYork("2026-11-20T16:00"),
  });
  // Friday 20:00 to Monday 04:00.
  assert.deepEqual(sessionState("NYSE", newYork("2026-11-20T22:00")), {
    state: "closed",
    changesAt: newYork("2026-11-23T04:00"),
  });
  // Wednesday evening; Thanksgiving is closed.
  assert.equal(sessionState("NYSE", newYork("2026-11-25T21:00")).changesAt, newYork("2026-11-27T04:00"));
});

Deno.test("holidays and half days are not taken for open", () => {
  assert.equal(state("NYSE", "2026-11-26T11:00"), "closed");
  assert.equal(state("NYSE", "2026-11-27T12:59"), "open");
  assert.equal(state("NYSE", "2026-11-27T13:00"), "post");
  assert.equal(state("NYSE", "2026-11-27T17:00"), "closed");
  assert.equal(state("CBOE_EQUITY_OPTIONS", "2026-11-27T13:00"), "closed");
  assert.equal(state("CBOE_INDEX_OPTIONS", "2026-11-27T13:14"), "open");
  assert.equal(state("CBOE_INDEX_OPTIONS", "2026-11-27T13:15"), "closed");
  assert.equal(state("NYSE", "2025-01-09T11:00"), "closed");
});

Deno.test("index options trade overnight from 20:15, to 16:15, and in the curb session to 17:00", () => {
  const times = ["2026-11-19T20:14", "2026-11-19T20:15", "2026-11-20T09:24", "2026-11-20T09:26", "2026-11-20T09:30"];
  assert.deepEqual(times.map((time) => state("CBOE_INDEX_OPTIONS", time)), ["closed", "pre", "pre", "closed", "open"]);
  const evening = ["2026-11-20T16:14", "2026-11-20T16:15", "2026-11-20T17:00", "2026-11-20T21:00", "2026-11-22T20:15"];
  assert.deepEqual(evening.map((time) => state("CBOE_INDEX_OPTIONS", time)), [
    "open",
    "post",
    "closed",
    "closed",
    "pre",
  ]);
});

Deno.test("index options trade into Thanksgiving until 11:30, and not into Good Friday", () => {
  assert.equal(state("CBOE_INDEX_OPTIONS", "2026-11-26T11:29"), "pre");
  assert.equal(state("CBOE_INDEX_OPTIONS", "2026-11-26T11:30"), "closed");
  assert.equal(state("CBOE_INDEX_OPTIONS", "2026-11-26T20:15"), "pre");
  assert.equal(state("CBOE_INDEX_OPTIONS", "2026-04-02T21:00"), "closed");
});

Deno.test("Globex opens on Sunday at 18:00 New York and pauses from 17:00 to 18:00", () => {
  const globex = (text: string) => sessionState("CME_EQUITY_INDEX", newYork(text)).state;
  assert.equal(globex("2026-11-22T17:59"), "closed");
  assert.equal(globex("2026-11-22T18:00"), "open");
  assert.equal(globex("2026-11-23T03:00"), "open");
  assert.equal(globex("2026-11-23T17:00"), "closed");
  assert.equal(globex("2026-11-23T18:00"), "open");
  assert.equal(globex("2026-11-20T17:00"), "closed");
  assert.equal(globex("2026-11-21T12:00"), "closed");
});

Deno.test("Hong Kong closes for lunch", () => {
  const times = ["08:59", "09:00", "09:30", "12:00", "12:59", "13:00", "16:00", "16:10"];
  assert.deepEqual(times.map((time) => state("HKEX", `2026-11-20T${time}`)), [
    "closed",
    "pre",
    "open",
    "closed",
    "closed",
    "open",
    "post",
    "closed",
  ]);
  assert.equal(state("HKEX", "2026-12-24T14:00"), "closed");
});

Deno.test("London and Frankfurt open an hour apart at the same instant, in summer and in winter", () => {
  for (const date of ["2026-07-15", "2026-11-20"]) {
    assert.equal(local("LSE", `${date}T08:00`), local("XETRA", `${date}T09:00`));
    assert.equal(state("LSE", `${date}T08:00`), "open");
    assert.equal(state("XETRA", `${date}T08:59`), "pre");
    assert.equal(state("XETRA", `${date}T17:29`), "open");
    assert.equal(state("LSE", `${date}T16:30`), "post");
  }
});

Deno.test("in the weeks when only America has changed its clocks, New York opens at 13:30 UTC", () => {
  assert.equal(sessionState("NYSE", Date.parse("2026-03-16T13:30Z")).state, "open");
  assert.equal(sessionState("NYSE", Date.parse("2026-03-16T13:29Z")).state, "pre");
  assert.equal(sessionState("XETRA", Date.parse("2026-03-16T08:00Z")).state, "open"); // 09:00 CET
});

Deno.test("outside 2024 to 2027 the answer is unknown, not a guess", () => {
  const outside = [newYork("2023-12-29T11:00"), newYork("2028-01-03T11:00"), Number.NaN];
  for (const at of outside) {
    assert.deepEqual(sessionState("NYSE", at), { state: "unknown", changesAt: null });
    assert.equal(sessionDate("NYSE", at), null);
  }
  assert.equal(sessionState("NYSE", newYork("2027-12-31T23:00")).changesAt, newYork("2028-01-01T00:00"));
  assert.equal(sessionStart("NYSE", "2028-01-03"), null);
  assert.equal(previousSession("NYSE", "2028-01-03"), null);
  assert.equal(previousSession("NYSE", "2024-01-02"), null);
});

Deno.test("a stock session rolls at New York midnight before a trading day; weekends and holidays never roll", () => {
  const session = (text: string) => sessionDate("NYSE", newYork(text));
  assert.equal(session("2026-11-20T23:59"), "2026-11-20");
  assert.equal(session("2026-11-21T12:00"), "2026-11-20"); // Saturday
  assert.equal(session("2026-11-22T23:59"), "2026-11-20"); // Sunday
  assert.equal(session("2026-11-23T00:00"), "2026-11-23");
  assert.equal(session("2026-11-26T12:00"), "2026-11-25"); // Thanksgiving
  assert.equal(session("2026-11-27T00:00"), "2026-11-27");
});

Deno.test("a futures session rolls at 17:00 New York, on Sunday for Monday", () => {
  const session = (text: string) => sessionDate("CME_EQUITY_INDEX", newYork(text));
  assert.equal(session("2026-11-19T16:59"), "2026-11-19");
  assert.equal(session("2026-11-19T17:00"), "2026-11-20");
  assert.equal(session("2026-11-20T17:00"), "2026-11-20"); // Friday evening stays Friday's
  assert.equal(session("2026-11-21T12:00"), "2026-11-20");
  assert.equal(session("2026-11-22T16:59"), "2026-11-20");
  assert.equal(session("2026-11-22T17:00"), "2026-11-23");
  assert.equal(sessionStart("CME_EQUITY_INDEX", "2026-11-23"), newYork("2026-11-22T17:00"));
});

Deno.test("a futures session over Thanksgiving runs from Wednesday evening to Friday", () => {
  const session = (text: string) => sessionDate("CME_EQUITY_INDEX", newYork(text));
  assert.equal(session("2026-11-25T16:59"), "2026-11-25");
  assert.equal(session("2026-11-25T18:30"), "2026-11-27");
  assert.equal(session("2026-11-26T12:00"), "2026-11-27");
  assert.equal(session("2026-11-26T18:30"), "2026-11-27");
  assert.equal(session("2026-11-27T14:00"), "2026-11-27");
  assert.equal(previousSession("CME_EQUITY_INDEX", "2026-11-27"), "2026-11-25");
});

Deno.test("a futures session over a Monday holiday runs from Sunday evening to Tuesday", () => {
  const session = (text: string) => sessionDate("CME_EQUITY_INDEX", newYork(text));
  assert.equal(session("2026-01-18T17:30"), "2026-01-20");
  assert.equal(session("2026-01-19T12:00"), "2026-01-20");
  assert.equal(session("2026-01-19T20:00"), "2026-01-20");
  assert.equal(session("2026-01-20T17:00"), "2026-01-21");
});

Deno.test("a session before a day without any trading starts the evening before the session, not before the holiday", () => {
  // Christmas 2026 is a Friday: Monday's session starts on Sunday.
  assert.equal(sessionDate("CME_EQUITY_INDEX", newYork("2026-12-25T12:00")), "2026-12-24");
  assert.equal(sessionStart("CME_EQUITY_INDEX", "2026-12-28"), newYork("2026-12-27T17:00"));
});

Deno.test("FX rolls at 17:00 New York and pauses for a quarter of an hour", () => {
  assert.equal(sessionDate("FX", newYork("2026-11-19T17:00")), "2026-11-20");
  assert.equal(sessionState("FX", newYork("2026-11-19T17:10")).state, "closed");
  assert.equal(sessionState("FX", newYork("2026-11-19T17:15")).state, "open");
  assert.equal(sessionState("FX", newYork("2026-11-22T17:14")).state, "closed");
  assert.equal(sessionDate("FX", newYork("2026-11-22T17:30")), "2026-11-23");
});

Deno.test("each exchange rolls at midnight of its own zone", () => {
  // 16:00 UTC on Thursday is midnight of Friday in Hong Kong, 17:00 in Frankfurt and 11:00 in New York.
  const at = Date.parse("2026-11-19T16:00Z");
  assert.equal(sessionDate("HKEX", at), "2026-11-20");
  assert.equal(sessionDate("HKEX", at - 1), "2026-11-19");
  assert.equal(sessionDate("XETRA", at), "2026-11-19");
  assert.equal(sessionDate("NYSE", at), "2026-11-19");
});

Deno.test("previousSession() skips weekends and holidays, and takes a day that is no session", () => {
  assert.equal(previousSession("NYSE", "2026-11-23"), "2026-11-20");
  assert.equal(previousSession("NYSE", "2026-11-27"), "2026-11-25");
  assert.equal(previousSession("NYSE", "2026-11-26"), "2026-11-25");
  assert.equal(previousSession("HKEX", "2026-02-20"), "2026-02-16");
  assert.equal(sessionStart("NYSE", "2026-11-26"), null);
  assert.equal(sessionStart("NYSE", "2026-11-27"), newYork("2026-11-27T00:00"));
});

Deno.test("local date and time of day are the exchange's, across a change of clocks", () => {
  const at = Date.parse("2026-11-21T03:30Z"); // Friday 22:30 in New York
  assert.equal(localDate("NYSE", at), "2026-11-20");
  assert.equal(localDate("CME_EQUITY_INDEX", at), "2026-11-20");
  assert.equal(localDate("HKEX", at), "2026-11-21");
  assert.equal(localTimeOfDay("NYSE", at), 22 * 60 + 30);
  assert.equal(localTimeOfDay("NYSE", Date.parse("2026-03-08T06:59Z")), 1 * 60 + 59);
  assert.equal(localTimeOfDay("NYSE", Date.parse("2026-03-08T07:00Z")), 3 * 60);
});

const anExchange = fc.constantFrom(...EXCHANGES);
const inRange = fc.integer({ min: Date.parse("2024-01-03T00:00Z"), max: Date.parse("2027-12-31T00:00Z") });

Deno.test("the calendar's zone arithmetic agrees with Temporal at any instant", () => {
  fc.assert(
    fc.property(anExchange, fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2090, 0) }), (exchange, at) => {
      const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(exchangeZone(exchange));
      assert.equal(localDate(exchange, at), there.toPlainDate().toString());
      const minutes = there.hour * 60 + there.minute + (there.second + there.millisecond / 1000) / 60;
      assert.ok(Math.abs(localTimeOfDay(exchange, at) - minutes) < 1e-6);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a state holds from one change to the next, and then another begins", () => {
  fc.assert(
    fc.property(anExchange, inRange, (exchange, at) => {
      const { state, changesAt } = sessionState(exchange, at);
      assert.ok(changesAt !== null && changesAt > at);
      assert.equal(sessionState(exchange, changesAt - 1).state, state);
      assert.notEqual(sessionState(exchange, changesAt).state, state);
    }),
    { numRuns: 500 },
  );
});

Deno.test("sessions only move forward, and each instant lies in the session that it is counted to", () => {
  fc.assert(
    fc.property(anExchange, inRange, fc.integer({ min: 0, max: 7 * 86_400_000 }), (exchange, at, later) => {
      const session = sessionDate(exchange, at);
      assert.ok(session !== null);
      const start = sessionStart(exchange, session);
      assert.ok(start !== null && start <= at);
      const before = previousSession(exchange, session);
      if (before !== null) {
        assert.ok(before < session);
        assert.equal(sessionDate(exchange, start - 1), before);
      }
      const next = sessionDate(exchange, at + later);
      if (next !== null) assert.ok(next >= session);
    }),
    { numRuns: 500 },
  );
});

Deno.test("regular trading always counts to a session of its own date or, overnight, of the next trading day", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("NYSE", "NASDAQ", "CBOE_EQUITY_OPTIONS", "XETRA", "LSE", "HKEX"),
      inRange,
      (exchange, at) => {
        if (sessionState(exchange, at).state !== "open") return;
        assert.equal(sessionDate(exchange, at), localDate(exchange, at));
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("openedAt() is the last time that regular trading began, over nights, weekends and the noon break", () => {
  const opened = (exchange: Exchange, text: string) => openedAt(exchange, local(exchange, text));
  assert.equal(opened("NYSE", "2026-11-20T09:30"), newYork("2026-11-20T09:30"));
  assert.equal(opened("NYSE", "2026-11-20T17:00"), newYork("2026-11-20T09:30"));
  assert.equal(opened("NYSE", "2026-11-20T09:29"), newYork("2026-11-19T09:30"));
  assert.equal(opened("NYSE", "2026-11-22T12:00"), newYork("2026-11-20T09:30"));
  assert.equal(opened("HKEX", "2026-11-20T14:00"), local("HKEX", "2026-11-20T13:00"));
  assert.equal(openedAt("NYSE", newYork("2031-01-02T12:00")), null);
});
