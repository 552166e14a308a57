// Memory and processor time of the process, by the names that every Prometheus dashboard knows.
import { Counter, Gauge, type Registry } from "prom-client";

/** By hand: the default metrics of prom-client keep timers going, and some are named against Prometheus's own rules. */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const memory: Gauge = new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the whole process",
    registers,
    collect: () => memory.set(process.memoryUsage.rss()),
  });
  const cpu: Counter = new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time of the whole process",
    registers,
    collect: () => {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
    },
  });
  const start = new Gauge({
    name: "process_start_time_seconds",
    help: "When the process started, as seconds since 1970",
    registers,
  });
  start.set(performance.timeOrigin / 1_000);
}
