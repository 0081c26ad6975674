/** What the executable must not be able to do, whatever its code asks for. */
import assert from "node:assert/strict";
import { apex, configureBroker, type Ended, exists, smoke } from "./executable.ts";

smoke(
  "a host that is not configured cannot be reached, though the executable could be built for it",
  async (folder) => {
    const outcome = await withListener((port) => {
      configureBroker(folder, port === 65_535 ? port - 1 : port + 1);
      return apex(folder, `self-test --attempt net --target 127.0.0.1:${port}`);
    });
    refused(outcome, /Cannot use the network address 127\.0\.0\.1:\d+: the configuration does not name it/);
  },
);

smoke(
  "the same host can be reached once it is configured, so that the refusal above means something",
  async (folder) => {
    const outcome = await withListener((port) => {
      configureBroker(folder, port);
      return apex(folder, `self-test --attempt net --target 127.0.0.1:${port}`);
    });
    assert.deepEqual(outcome, { code: 0, stdout: "", stderr: "" });
  },
);

smoke(
  "a host outside the list that the executable was built with cannot be reached, configured or not",
  async (folder) => {
    refused(await apex(folder, "self-test --attempt net --target 192.0.2.1:443"), /APEX_ALLOW_NET=192\.0\.2\.1:443/);
    Deno.writeTextFileSync(`${folder}/config/base.yaml`, "ibkr: { host: tws.example.com, port: 7497 }\n");
    const configured = await apex(folder, "snapshot");
    assert.equal(configured.code, 2);
    refused(
      configured,
      /Cannot use tws\.example\.com:7497.*APEX_ALLOW_NET=tws\.example\.com:7497.*APEX_ALLOW_NET_ONLY/,
    );
  },
);

smoke("files outside config, data and /etc/apex cannot be read", async (folder) => {
  refused(
    await apex(folder, "self-test --attempt read --target /etc/passwd"),
    /Cannot read \/etc\/passwd: .*config and data/,
  );
  Deno.writeTextFileSync(`${folder}/outside.txt`, "x");
  refused(await apex(folder, "self-test --attempt read --target outside.txt"), /Cannot read outside\.txt/);
  refused(await apex(folder, "self-test --attempt read --target data/../outside.txt"), /Cannot read/);
});

smoke("files outside data cannot be written", async (folder) => {
  for (const target of ["outside.txt", "config/base.yaml", "data/../outside.txt", "/tmp/apex-self-test"]) {
    refused(await apex(folder, `self-test --attempt write --target ${target}`), /Cannot write .*folder data/);
  }
  assert.equal(exists(`${folder}/outside.txt`), false);
  assert.equal((await apex(folder, "self-test --attempt write --target data/inside.txt")).code, 0);
});

smoke("no other program can be started", async (folder) => {
  for (const target of ["/bin/true", "/bin/sh"]) {
    refused(await apex(folder, `self-test --attempt run --target ${target}`), /Cannot start .*no setting changes that/);
  }
});

function refused(outcome: Ended, sentence: RegExp): void {
  assert.notEqual(outcome.code, 0, outcome.stdout);
  assert.match(outcome.stderr, sentence);
  assert.doesNotMatch(outcome.stderr, /\n\s+at /, "a stack");
  assert.equal(outcome.stdout, "");
}

/** Something that answers on 127.0.0.1, so that only a refusal can be in the way. */
async function withListener<T>(use: (port: number) => Promise<T>): Promise<T> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) connection.close();
  })();
  try {
    return await use(listener.addr.port);
  } finally {
    listener.close();
    await accepting;
  }
}
