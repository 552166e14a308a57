// What the bundle puts in the place of packages does what they do.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { common } from "../../scripts/binary/bundle.ts";

const root = join(import.meta.dirname, "..", "..");
const requireHere = createRequire(import.meta.url);
const requireOfDriver = createRequire(requireHere.resolve("mongodb"));

async function bundled(name: string): Promise<ReturnType<NodeJS.Require>> {
  const stdin = { contents: `module.exports = require(${JSON.stringify(name)})`, resolveDir: root };
  const { outputFiles } = await build({ ...common, stdin, format: "cjs", write: false });
  const module = { exports: {} };
  new Function("module", "require", "__dirname", outputFiles[0]?.text ?? "")(module, requireHere, root);
  return module.exports;
}

const uris = [
  "mongodb://localhost",
  "mongodb://a:27017,b.example.com:27018,[::1]:27019/",
  "mongodb://%2Ftmp%2Fstore.sock/?directConnection=true",
  "mongodb://user:p%40ss%2Fw%25rd@a,b/jobs?replicaSet=rs&w=majority&w=1&TLS=true#part",
  "mongodb://üser:pässwörd@bücher.example/daten?appName=Größe+1%20x",
  "mongodb+srv://user@cluster.example.com/?readPreferenceTags=dc:ny,rack:1&readPreferenceTags=",
  "MONGODB://localhost/?x='%22<>`{}|^",
  "mongodb://localhost/a b\tc?d e",
  "mongodb://localhost?authSource=admin",
  "mongodb://u:100%@h/db",
  "mongodb://u:p@ss@h/db",
  "mongodb://@h/",
  "mongodb://",
  "mongodb+srv://a.example.com:27017",
  "postgres://h/db",
];

test("Node's URL reads connection strings as the driver's does", async () => {
  const name = "mongodb-connection-string-url";
  const read = ({ ConnectionString }: ReturnType<NodeJS.Require>, uri: string) => {
    try {
      const url = new ConnectionString(uri);
      const { hosts, username, password, pathname, hash, isSRV, searchParams } = url;
      const options = [...searchParams].concat([["tls", searchParams.get("tls")]]);
      return {
        hosts,
        username,
        password,
        pathname,
        hash,
        isSRV,
        options,
        text: String(url),
        clone: String(url.clone()),
      };
    } catch (error) {
      return String(error);
    }
  };
  const own = await bundled(name);
  for (const uri of uris) assert.deepEqual(read(own, uri), read(requireOfDriver(name), uri), uri);
});

test("a password is prepared for SCRAM as the standard says", async () => {
  const { saslprep } = await bundled("@mongodb-js/saslprep");
  // RFC 4013, section 3.
  assert.deepEqual(["I\u00adX", "user", "USER", "\u00aa", "\u2168"].map(saslprep), ["IX", "user", "USER", "a", "IX"]);
  assert.throws(() => saslprep("\u0007"));
});
