import assert from "node:assert/strict";
import { test } from "node:test";
import { BrokenMessage, largestMessage, MessageBuffer } from "../../../src/embedded/wire/message-buffer.ts";
import { command, message } from "./raw-messages.ts";

const messages = [command({ ping: 1 }), message(2013, Buffer.alloc(0)), command({ hello: 1, text: "x".repeat(300) })];
const stream = Buffer.concat([...messages, ...messages]);

for (const size of [1, 3, 15, 16, 17, 64, stream.length]) {
  test(`messages that come in pieces of ${size} bytes come out whole`, () => {
    const buffer = new MessageBuffer();
    const whole: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) {
      buffer.push(Buffer.from(stream.subarray(at, at + size)));
      for (let next = buffer.next(); next !== null; next = buffer.next()) whole.push(next);
    }
    assert.deepEqual(whole, [...messages, ...messages]);
  });
}

for (const length of [-2147483648, -1, 0, 15, largestMessage + 1, 2147483647]) {
  test(`a header that announces ${length} bytes is refused before anything more is taken`, () => {
    const buffer = new MessageBuffer();
    buffer.push(message(2013, Buffer.alloc(0), length));
    assert.throws(() => buffer.next(), BrokenMessage);
  });
}

test("the largest message is awaited, and 1 byte more than allowed is not", () => {
  const buffer = new MessageBuffer();
  buffer.push(message(2013, Buffer.alloc(0), largestMessage));
  assert.equal(buffer.next(), null);
  assert.throws(() => buffer.next(largestMessage - 1), BrokenMessage);
});

test("a header that announces much takes no memory for it", () => {
  const before = process.memoryUsage().arrayBuffers;
  const buffers = Array.from({ length: 20 }, () => {
    const buffer = new MessageBuffer();
    buffer.push(message(2013, Buffer.alloc(100), largestMessage));
    buffer.push(Buffer.alloc(100));
    buffer.next();
    return buffer;
  });
  assert.equal(buffers.length, 20);
  assert.ok(process.memoryUsage().arrayBuffers - before < largestMessage);
});
