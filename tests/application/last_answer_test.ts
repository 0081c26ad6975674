/** What a frame asks several times is worked out once. */
import assert from "node:assert/strict";
import { LastAnswer } from "../../src/application/last_answer.ts";

Deno.test("the same question is answered once, and another one anew", () => {
  const last = new LastAnswer<string>();
  const [book, other] = [{}, {}];
  assert.equal(last.to([book, "theta"], () => "first"), "first");
  assert.equal(last.to([book, "theta"], () => "second"), "first");
  assert.equal(last.to([book, "vega"], () => "third"), "third");
  assert.equal(last.to([other, "vega"], () => "fourth"), "fourth");
  assert.equal(last.to([other], () => "fifth"), "fifth");
});

Deno.test("only the last answer is kept: going back to an earlier question works it out again", () => {
  const last = new LastAnswer<number>();
  const [book, other] = [{}, {}];
  last.to([book], () => 1);
  last.to([other], () => 2);
  assert.equal(last.to([book], () => 3), 3);
});

Deno.test("a question that could not be answered is asked again", () => {
  const last = new LastAnswer<number>();
  assert.throws(() =>
    last.to([1], () => {
      throw new Error("no book");
    }), /no book/);
  assert.equal(last.to([1], () => 2), 2);
});

Deno.test("an answer of nothing is an answer", () => {
  const last = new LastAnswer<undefined | string>();
  assert.equal(last.to([], () => undefined), undefined);
  assert.equal(last.to([], () => "made anew"), undefined);
});
