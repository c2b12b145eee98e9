// Describes the machine of a measurement.
import { arch, cpus, loadavg, platform } from 'node:os'

/** Includes the load at the start, since other processes slow a software adapter down. */
export function machine(): string {
  const all = cpus()
  const [load = 0] = loadavg()
  const processor = all[0]?.model.trim() ?? 'unknown processor'
  return `${platform()} ${arch()}, ${all.length} × ${processor}, load ${load.toFixed(1)}`
}
