// Preloaded into an agent's process (`node --import`): its wall clock is off by SHIFTED_CLOCK_MS, and SIGUSR2 steps it
// to the same distance on the other side. Monotonic time and timers go on as they were, as on a machine whose clock was
// set by hand.
const RealDate = Date;
let offsetMs = Number(process.env.SHIFTED_CLOCK_MS ?? 0);

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
};

process.on("SIGUSR2", () => {
  offsetMs = -offsetMs;
});
