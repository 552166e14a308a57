import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { type ClockSample, FleetClock } from "../../src/agent/fleet-clock.ts";
import { FakeClock } from "../helpers/fake-clock.ts";

const wallNow = Date.parse("2026-03-01T12:00:00Z");
const log = pino({ level: "silent" });

/** A server whose clock is `ahead` ms of the wall clock, cut to whole milliseconds, answering at once. */
function fleetClock(clock: FakeClock, server: { ahead: number; away?: boolean; asked?: number }): FleetClock {
  const start = clock.monotonic();
  return new FleetClock({ clock, log }, async (): Promise<ClockSample> => {
    server.asked = (server.asked ?? 0) + 1;
    if (server.away) throw new Error("away");
    const serverTime = Math.floor(wallNow + (clock.monotonic() - start) + server.ahead);
    return { sentAt: clock.monotonic(), receivedAt: clock.monotonic(), serverTime };
  });
}

test("fleet time is the server's, whatever this machine's clock says", async () => {
  const clock = new FakeClock(wallNow);
  const fleet = fleetClock(clock, { ahead: 90_000 });
  await fleet.measure();
  assert.ok(Math.abs(fleet.now() - (wallNow + 90_000)) <= 1);
  assert.ok(Math.abs(fleet.offsetMs() - 90_000) <= 1);
});

test("it is not trusted before it was measured, nor after a step of the wall clock, until measured again", async () => {
  const clock = new FakeClock(wallNow);
  const fleet = fleetClock(clock, { ahead: 0 });
  assert.equal(fleet.isTrusted(), false);
  await fleet.measure();
  assert.equal(fleet.isTrusted(), true);
  clock.stepWall(5 * 60_000);
  assert.equal(fleet.isTrusted(), false);
  await fleet.waitTrusted(new AbortController().signal);
  assert.ok(Math.abs(fleet.now() - wallNow) <= 1, "the step moved nothing");
});

test("a step of the wall clock moves nothing, not even while nobody has measured again", async () => {
  const clock = new FakeClock(wallNow);
  const fleet = fleetClock(clock, { ahead: 270_000 });
  await fleet.measure();
  clock.stepWall(-480_000);
  assert.equal(fleet.isTrusted(), false);
  assert.ok(Math.abs(fleet.now() - (wallNow + 270_000)) <= 1, "a run that ends now must not end before its start");
});

test("waiting for trust goes on while the database is away and ends when it is back", async () => {
  const clock = new FakeClock(wallNow);
  const server = { ahead: 0, away: true };
  const fleet = fleetClock(clock, server);
  let trusted = false;
  const waiting = fleet.waitTrusted(new AbortController().signal).then(() => {
    trusted = true;
  });
  await clock.advance(60_000);
  assert.equal(trusted, false);
  server.away = false;
  await clock.advance(10_000);
  assert.equal(trusted, true);
  await waiting;
});

test("a jump of the server's clock is believed at the third agreeing measure, a small move at once", async () => {
  const clock = new FakeClock(wallNow);
  const server = { ahead: 0 };
  const fleet = fleetClock(clock, server);
  await fleet.measure();
  server.ahead = 3_000;
  await fleet.measure();
  assert.ok(Math.abs(fleet.now() - (wallNow + 3_000)) <= 1);
  server.ahead = 60_000;
  for (const expected of [3_000, 3_000, 60_000]) {
    await fleet.measure();
    assert.ok(Math.abs(fleet.now() - (wallNow + expected)) <= 1, `expected ${expected}`);
  }
});

test("a sleep never ends early, and an abort ends it at once", async () => {
  const clock = new FakeClock(wallNow);
  const fleet = fleetClock(clock, { ahead: 250 });
  await fleet.measure();
  const at = fleet.now() + 100_000;
  let woke: number | null = null;
  const stop = new AbortController();
  const sleeping = fleet.sleepUntil(at, stop.signal).then(() => {
    woke = fleet.now();
  });
  await clock.advance(99_990);
  assert.equal(woke, null);
  await clock.advance(20);
  await sleeping;
  assert.ok(woke !== null && woke >= at);
  const aborted = fleet.sleepUntil(Number.POSITIVE_INFINITY, stop.signal);
  await clock.advance(1_000);
  stop.abort();
  await aborted;
});

test("a check asks once while the offset still fits, and measures anew when clocks have drifted apart", async () => {
  const clock = new FakeClock(wallNow);
  const server = { ahead: 0, asked: 0 };
  const fleet = fleetClock(clock, server);
  await fleet.measure();
  server.asked = 0;
  await fleet.refresh();
  assert.equal(server.asked, 1);
  server.ahead = 40;
  await fleet.refresh();
  assert.equal(server.asked, 1 + 1 + 5);
  assert.ok(Math.abs(fleet.now() - (wallNow + 40)) <= 1);
});

test("measures that agree but are more than a minute apart are not believed together", async () => {
  const clock = new FakeClock(wallNow);
  const server = { ahead: 0 };
  const fleet = fleetClock(clock, server);
  await fleet.measure();
  server.ahead = 60_000;
  for (let measures = 0; measures < 4; measures++) {
    await fleet.measure();
    await clock.advance(61_000);
  }
  assert.ok(Math.abs(fleet.offsetMs()) <= 1);
});

test("a jump that was none is forgotten at the next look", async () => {
  const clock = new FakeClock(wallNow);
  const server = { ahead: 0 };
  const fleet = fleetClock(clock, server);
  await fleet.measure();
  server.ahead = 60_000;
  await fleet.refresh();
  assert.equal(fleet.isDoubted(), true);
  server.ahead = 0;
  await fleet.refresh();
  assert.equal(fleet.isDoubted(), false);
});
