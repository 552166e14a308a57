// The bytes of one index key on their way. Each thing written is prefix-free: no encoding is the start of another, so what
// follows never decides between two that differ, and flipping every bit turns the order round exactly.

/** A larger scratch is not kept: one long string must not hold megabytes for ever. */
const keptBytes = 64 * 1024;

export class KeyWriter {
  length = 0;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.length, value);
    this.length += 2;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.length, value);
    this.length += 4;
  }

  uint64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.length, value);
    this.length += 8;
  }

  /** NaN before all others, -0 as 0. The bits of a positive double ascend with it, those of a negative one descend. */
  double(value: number): void {
    this.#reserve(8);
    const view = this.#view;
    const at = this.length;
    this.length += 8;
    view.setFloat64(at, value + 0);
    const high = view.getInt32(at);
    if (Number.isNaN(value)) view.setFloat64(at, 0);
    else if (high >= 0) view.setInt32(at, high ^ 0x8000_0000);
    else {
      view.setInt32(at, ~high);
      view.setInt32(at + 4, ~view.getInt32(at + 4));
    }
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /**
   * UTF-8, ended by 0; the characters 0 and 1 are escaped by 1, so that the end is less than any character. A lone
   * surrogate, which BSON can't hold, becomes U+FFFD as it does in BSON.
   */
  text(text: string): void {
    this.#reserve(text.length * 3 + 1);
    const bytes = this.#bytes;
    let to = this.length;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 1 && unit < 0x80) bytes[to++] = unit;
      else if (unit <= 1) {
        bytes[to++] = 1;
        bytes[to++] = unit + 1;
      } else if (unit < 0x800) {
        bytes[to++] = 0xc0 | (unit >> 6);
        bytes[to++] = 0x80 | (unit & 0x3f);
      } else {
        const point = unit < 0xd800 || unit > 0xdfff ? unit : pairAt(text, at);
        if (point > 0xffff) {
          at++;
          bytes[to++] = 0xf0 | (point >> 18);
          bytes[to++] = 0x80 | ((point >> 12) & 0x3f);
        } else bytes[to++] = 0xe0 | (point >> 12);
        bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[to++] = 0x80 | (point & 0x3f);
      }
    }
    bytes[to++] = 0;
    this.length = to;
  }

  /** Turns the order of all that was written since `start`. */
  invertFrom(start: number): void {
    const bytes = this.#bytes;
    for (let at = start; at < this.length; at++) bytes[at] = ~(bytes[at] as number);
  }

  /** A copy of what was written; the writer is empty again. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.length);
    this.clear();
    return taken;
  }

  clear(): void {
    this.length = 0;
    if (this.#bytes.length > keptBytes) this.#resize(new Uint8Array(1024));
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + count));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#resize(larger);
  }

  #resize(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

function pairAt(text: string, at: number): number {
  const point = text.codePointAt(at) as number;
  return point > 0xffff ? point : 0xfffd;
}
