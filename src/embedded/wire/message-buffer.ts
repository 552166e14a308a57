// Cuts what a socket delivers into whole messages. Memory follows what has really come, never what a header announces.

/** Length, request id, response to, opcode: four little-endian integers. */
export const headerBytes = 16;
/** What `hello` announces as maxMessageSizeBytes. */
export const largestMessage = 48_000_000;

/** Nothing sensible can follow on this connection: it must be closed. */
export class BrokenMessage extends Error {
  constructor(what: string) {
    super(what);
    this.name = "BrokenMessage";
  }
}

export class MessageBuffer {
  /** What was handed out lies before #start and is never written again; after #end there is room to grow. */
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  push(chunk: Buffer): void {
    if (this.#start === this.#end) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#bytes.length - this.#end < chunk.length) this.#grow(chunk.length);
    chunk.copy(this.#bytes, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next whole message, or null until more comes. Throws BrokenMessage for a length that no message of up to
   * `largest` bytes can have, as soon as its header is here.
   */
  next(largest = largestMessage): Buffer | null {
    const held = this.#end - this.#start;
    if (held < headerBytes) return null;
    const length = this.#bytes.readInt32LE(this.#start);
    if (length < headerBytes || length > largest) throw new BrokenMessage(`a message of ${length} bytes`);
    if (held < length) return null;
    const message = this.#bytes.subarray(this.#start, this.#start + length);
    this.#start += length;
    return message;
  }

  /** Doubles up to the announced length, so that a message of many small pieces is not copied once for each. */
  #grow(more: number): void {
    const held = this.#end - this.#start;
    const announced = held < headerBytes ? 0 : this.#bytes.readInt32LE(this.#start);
    const grown = Buffer.allocUnsafeSlow(Math.max(held + more, Math.min(2 * held, announced)));
    this.#bytes.copy(grown, 0, this.#start, this.#end);
    this.#bytes = grown;
    this.#start = 0;
    this.#end = held;
  }
}
