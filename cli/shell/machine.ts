// The machine a measurement was made on, in words.
import { arch, cpus, loadavg, platform } from 'node:os'

/** With the load when it began: what else runs slows a software adapter down. */
export function machine(): string {
  const all = cpus()
  const [load = 0] = loadavg()
  const processor = all[0]?.model.trim() ?? 'unknown processor'
  return `${platform()} ${arch()}, ${all.length} × ${processor}, load ${load.toFixed(1)}`
}
