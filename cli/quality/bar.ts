// A progress bar on stderr that rewrites itself on a terminal; in a log, a line for every twentieth of the work.

export interface Bar {
  /** the current work */
  show(doing: string): void
  /** counts one more as done */
  done(): void
  /** called before anything else is printed */
  clear(): void
}

const width = 24

export function barPrinter(out: NodeJS.WriteStream, total: number): Bar {
  const started = performance.now()
  let finished = 0
  let logged = 0
  return {
    show(doing) {
      if (out.isTTY)
        out.write(`\r\x1b[K${line(finished, total, performance.now() - started)} ${doing}`)
    },
    done() {
      finished++
      if (out.isTTY || (finished < total && finished - logged < total / 20)) return
      logged = finished
      out.write(`${line(finished, total, performance.now() - started)}\n`)
    },
    clear() {
      if (out.isTTY) out.write('\r\x1b[K')
    },
  }
}

/** E.g. `[######                  ] 12 of 48 documents, 3 min left`. */
function line(finished: number, total: number, ms: number): string {
  const filled = Math.round((width * finished) / Math.max(1, total))
  const bar = '#'.repeat(filled).padEnd(width)
  const left = (ms / finished) * (total - finished)
  const time = finished === 0 || finished === total ? '' : `, ${duration(left)} left`
  return `[${bar}] ${finished} of ${total} documents${time}`
}

function duration(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 1) return `${Math.ceil(ms / 1000)} s`
  return minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`
}
