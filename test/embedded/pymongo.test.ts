// Another driver than ours against the embedded store, where Python has pymongo (`pip install pymongo`).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { MongoClient } from "mongodb";
import { startEmbeddedTarget } from "../helpers/embedded-server.ts";

const found = spawnSync("python3", ["-c", "import pymongo"]);
const skip = found.status === 0 ? false : "python3 has no pymongo: install it with pip install pymongo";

const script = `
import datetime, json, sys
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError
db = MongoClient(sys.argv[1]).fleetcron
db.jobs.create_index("name", unique=True)
job = {"name": "from python", "every_sec": 60, "url": "http://127.0.0.1/", "headers": {"X": "ä"}}
db.jobs.insert_one(dict(job))
try:
    db.jobs.insert_one(dict(job))
    refused = None
except DuplicateKeyError as error:
    refused = error.details["keyPattern"]
at = datetime.datetime(2026, 1, 2, 3, 4, 5)
runs = list(db.job_runs.find({"status": "ok", "scheduled_for": {"$gte": at}}).sort("scheduled_for", -1).limit(2))
changed = db.jobs.update_one({"name": "from python"}, {"$set": {"enabled": False}}).modified_count
print(json.dumps({"refused": refused, "runs": [run["_id"] for run in runs], "changed": changed}))
`;

test("PyMongo inserts a job and reads runs", { skip }, async () => {
  const server = await startEmbeddedTarget();
  try {
    await using client = new MongoClient(server.uri);
    const db = client.db("fleetcron");
    const runs = [1, 2, 3, 4].map((day) => ({
      _id: `r${day}` as never,
      status: day === 4 ? "error" : "ok",
      scheduled_for: new Date(Date.UTC(2026, 0, day, 3, 4, 5)),
    }));
    await db.collection("job_runs").insertMany(runs);
    const { stdout, stderr } = spawnSync("python3", ["-c", script, server.uri], { encoding: "utf8" });
    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), { refused: { name: 1 }, runs: ["r3", "r2"], changed: 1 });
    const job = await db.collection("jobs").findOne({ name: "from python" }, { projection: { _id: 0 } });
    assert.deepEqual(job, {
      name: "from python",
      every_sec: 60,
      url: "http://127.0.0.1/",
      headers: { X: "ä" },
      enabled: false,
    });
  } finally {
    await server.stop();
  }
});
