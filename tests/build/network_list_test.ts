import assert from "node:assert/strict";
import { networkList } from "../../build/network_list.ts";

const DEFAULT = ["localhost", "127.0.0.0/8", "[::1]", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

Deno.test("an executable reaches loopback and private networks unless told otherwise", () => {
  assert.deepEqual(networkList({ allowNet: undefined, allowNetOnly: undefined }), DEFAULT);
  assert.deepEqual(networkList({ allowNet: "", allowNetOnly: " " }), DEFAULT);
});

Deno.test("APEX_ALLOW_NET adds hosts", () => {
  const list = networkList({ allowNet: "db.corp:5432, hooks.example.com:443", allowNetOnly: undefined });
  assert.deepEqual(list, [...DEFAULT, "db.corp:5432", "hooks.example.com:443"]);
});

Deno.test("APEX_ALLOW_NET_ONLY replaces the list, and APEX_ALLOW_NET still adds to it", () => {
  assert.deepEqual(networkList({ allowNet: undefined, allowNetOnly: "127.0.0.1:4001" }), ["127.0.0.1:4001"]);
  assert.deepEqual(networkList({ allowNet: "db:5432", allowNetOnly: "127.0.0.1:4001" }), ["127.0.0.1:4001", "db:5432"]);
});

for (
  const entry of ["db.corp", "db.corp:5432", "[::1]:7497", "[fe80::1]", "10.1.2.3/32:5432", "*.corp:5432", "a-b_c.d"]
) {
  Deno.test(`"${entry}" is accepted`, () => {
    assert.deepEqual(networkList({ allowNet: undefined, allowNetOnly: entry }), [entry]);
  });
}

for (
  const [entry, reason] of [
    ["https://hooks.example.com", /without scheme/],
    ["user@db.corp:5432", /without scheme/],
    ["::1", /in brackets/],
    ["db.corp:", /write host/],
    ["db.corp:0", /from 1 to 65535/],
    ["db.corp:65536", /from 1 to 65535/],
    ["db.corp/24", /only an IP address/],
    ["10.0.0.0/33", /at most 32 bits/],
    ["10.0.0.256", /from 0 to 255/],
    ["10.0.0", /four numbers/],
    ["*", /a star stands for the first part/],
    ["db.*", /a star stands for the first part/],
    ["*:5432", /a star stands for the first part/],
    ["a b", /no host name/],
    ["-x.corp", /no host name/],
    ["db.corp,", /an empty entry/],
  ] as const
) {
  Deno.test(`"${entry}" is refused with the reason`, () => {
    assert.throws(() => networkList({ allowNet: entry, allowNetOnly: undefined }), {
      name: "RangeError",
      message: reason,
    });
  });
}

Deno.test("all wrong entries are listed at once, with their variable", () => {
  assert.throws(() => networkList({ allowNet: "a:0", allowNetOnly: "10.0.0.300" }), (error) => {
    return error instanceof RangeError && /APEX_ALLOW_NET: a:0/.test(error.message) &&
      /APEX_ALLOW_NET_ONLY: 10\.0\.0\.300/.test(error.message);
  });
});
