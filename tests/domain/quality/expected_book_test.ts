import assert from "node:assert/strict";
import { BookBuilder, near, RISK_SETTINGS } from "../../support/book_builder.ts";

/** 600 of one name at IB, 300 of another in the file alone, 500 in the file beside IB's 600. */
function bookOf(manual: "supplement" | "expected") {
  const book = new BookBuilder({ reconciliation: { ...RISK_SETTINGS.reconciliation, manual } });
  const both = book.stock("SAP");
  const fileOnly = book.stock("TSLA");
  book.account("DU1", "USD").quote(both, { last: 100 }).quote(fileOnly, { last: 10 });
  book.holds([{ of: both, quantity: 600, at: 90 }]);
  book.holds(
    [{ account: "manual", of: both, quantity: 500 }, { account: "manual", of: fileOnly, quantity: 300 }],
    null,
    "MANUAL",
  );
  return { book, assessment: book.assess() };
}

Deno.test("supplement: the file adds what no broker holds, and what one holds is counted once", () => {
  const { assessment } = bookOf("supplement");
  // 600 x 100 + 300 x 10.
  near(assessment.portfolio.marketValue, 63_000);
});

Deno.test("expected: what only the file has stays out of the totals, the names and the lines", () => {
  const { book, assessment } = bookOf("expected");
  near(assessment.portfolio.marketValue, 60_000);
  assert.deepEqual(assessment.positions.map(({ symbol, quantity }) => [symbol, quantity]), [["SAP", 600]]);
  assert.deepEqual(assessment.byUnderlying.map(({ underlying }) => underlying), ["SAP"]);
  assert.deepEqual(assessment.linePriorities(), [book.portfolio.registry.priceOf("SAP")]);
});
