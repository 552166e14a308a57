// Chance that a seed decides. Each part of a world draws from a stream of its own, so that one more draw in one part
// changes nothing in the others.
import { hash } from "node:crypto";

export interface Chance {
  /** From 0 to below 1. */
  (): number;
  between(low: number, high: number): number;
  /** A whole number, `high` included. */
  whole(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  /** True with this probability. */
  hits(probability: number): boolean;
}

/** The stream `name` of the world `seed`. */
export function chanceOf(seed: number, name: string): Chance {
  const words = Buffer.from(hash("sha256", `${seed}/${name}`, "buffer"));
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => words.readInt32LE(at)) as [number, number, number, number];
  // sfc32: small, quick, and the same on every machine.
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return Object.assign(next, {
    between: (low: number, high: number) => low + next() * (high - low),
    whole,
    pick: <T>(from: readonly T[]) => from[whole(0, from.length - 1)] as T,
    hits: (probability: number) => next() < probability,
  });
}
