// What a connected MongoClient costs with nothing to do: the floor of an idle agent. Plain JavaScript, as the build is.
import { MongoClient } from "mongodb";

const client = new MongoClient(process.argv[2] ?? "", { maxPoolSize: 50 });
await client.connect();
await client.db("admin").command({ ping: 1 });
console.error("agent ready");
