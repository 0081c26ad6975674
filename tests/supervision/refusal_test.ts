import assert from "node:assert/strict";
import { describeFailure, failureOf } from "../../src/supervision/failure.ts";
import { explainRefusal } from "../../src/supervision/refusal.ts";

Deno.test("a refused host is named together with the configuration and the build settings that allow it", () => {
  const text = explained("NotCapable", 'Requires net access to "db.corp:5432", run again with the --allow-net flag');
  assert.match(text, /db\.corp:5432/);
  assert.match(text, /configuration/);
  assert.match(text, /APEX_ALLOW_NET=db\.corp:5432/);
  assert.match(text, /APEX_ALLOW_NET_ONLY/);
});

Deno.test("a host that node's sockets were refused is recognised by EPERM", () => {
  for (const message of ["connect EPERM 10.0.0.5:5432 - Local (undefined:undefined)", "getaddrinfo EPERM db.corp"]) {
    const error = Object.assign(new Error(message), { code: "EPERM" });
    assert.match(
      describeFailure(failureOf(error), false),
      /Cannot use the network address (10\.0\.0\.5:5432|db\.corp):/,
    );
  }
});

Deno.test("EPERM from the system about something else is no refusal of the sandbox", () => {
  const error = Object.assign(new Error("chmod EPERM data/apex.db"), { code: "EPERM" });
  assert.equal(explainRefusal(failureOf(error)), null);
});

Deno.test("a refused file is named together with the folders that are allowed", () => {
  const compiled = 'Requires read access to "/etc/passwd", specify the required permissions during compilation using ' +
    "`deno compile --allow-read`";
  assert.match(explained("NotCapable", compiled), /Cannot read \/etc\/passwd: .*config and data .*\/etc\/apex/);
  const writing = 'Requires write access to "../x", run again with the --allow-write flag';
  assert.match(explained("NotCapable", writing), /Cannot write \.\.\/x: .*folder data/);
});

Deno.test("a refused variable is named together with those that are allowed", () => {
  const text = explained("NotCapable", 'Requires env access to "HOME", run again with the --allow-env flag');
  assert.match(text, /environment variable HOME: .*APEX_\*/);
});

Deno.test("a refused program is named, and that no setting allows it", () => {
  const text = explained("NotCapable", 'Requires run access to "/bin/true", run again with the --allow-run flag');
  assert.match(text, /Cannot start \/bin\/true: .*no setting/);
});

Deno.test("an unknown kind of refusal keeps the runtime's words", () => {
  assert.match(explained("NotCapable", "Can't escalate parent thread permissions"), /Can't escalate/);
});

Deno.test("a refusal deep in the causes is what the user reads", () => {
  const refused = new Error('Requires net access to "h:1", run again with the --allow-net flag');
  refused.name = "NotCapable";
  const error = new Error("Cannot connect", { cause: new Error("socket failed", { cause: refused }) });
  assert.match(describeFailure(failureOf(error), false), /^Cannot use the network address h:1:/);
});

Deno.test("any other error is its message, and its stacks only when asked for", () => {
  const error = new Error("Cannot read the scenario", { cause: new Error("bad YAML") });
  assert.equal(describeFailure(failureOf(error), false), "Cannot read the scenario");
  const withStacks = describeFailure(failureOf(error), true);
  assert.match(withStacks, /refusal_test\.ts/);
  assert.match(withStacks, /Caused by: Error: bad YAML/);
});

Deno.test("what is thrown without being an error becomes its text", () => {
  assert.equal(describeFailure(failureOf("nope"), false), "nope");
});

Deno.test("a cyclic chain of causes ends", () => {
  const error = new Error("round");
  error.cause = error;
  assert.equal(describeFailure(failureOf(error), false), "round");
});

function explained(name: string, message: string): string {
  return explainRefusal({ name, message, code: null, stack: null, cause: null }) ?? "";
}
