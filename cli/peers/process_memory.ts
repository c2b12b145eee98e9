// Memory of the browser's processes, as Linux counts it: the most that each had in memory since it began.
import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright'

export interface ProcessBytes {
  readonly tabBytes: number | null
  readonly gpuProcessBytes: number | null
}

const everyMs = 1000

export interface Watch {
  /** Looks once more, and ends. */
  most(): Promise<ProcessBytes>
}

/** Looks every second, so that a process that died counts too. */
export function watchMemory(browser: Browser): Watch {
  const most = new Map<string, number>() // by the process's type; of the largest
  const look = async () => {
    const session = await browser.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    await session.detach()
    for (const { type, id } of processInfo) {
      const bytes = peakIn(await readFile(`/proc/${id}/status`, 'utf8').catch(() => ''))
      if (bytes !== undefined) most.set(type, Math.max(bytes, most.get(type) ?? 0))
    }
  }
  let looking = Promise.resolve()
  const lookAgain = () => {
    looking = looking.then(look).catch(() => undefined) // the browser has ended
  }
  const timer = setInterval(lookAgain, everyMs)
  return {
    async most() {
      clearInterval(timer)
      lookAgain()
      await looking
      return {
        tabBytes: most.get('renderer') ?? null,
        gpuProcessBytes: most.get('GPU') ?? null,
      }
    },
  }
}

/** @param status /proc/ID/status */
export function peakIn(status: string): number | undefined {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]
  return kibibytes === undefined ? undefined : 1024 * Number(kibibytes)
}
