// A process that reads inputs one after the other and tells each before it begins. `run.ts` starts and ends it.
import { inputOf, readInput } from './input.ts'
import { most } from './limits.ts'
import { readerNamed } from './readers.ts'

/** What it tells. */
export type Told =
  | { readonly round: number }
  | { readonly failed: number; readonly why: string }
  | { readonly done: number; readonly read: number }

/** Resolves once it is on its way: what waits in a process that ends is lost. */
const tell = (told: Told) => new Promise<void>((resolve) => process.send?.(told, () => resolve()))

async function readAll(
  name: string,
  seed: number,
  first: number,
  end: number,
  until: number,
): Promise<void> {
  const reader = readerNamed(name)
  for (const file of await reader.files()) await readInput(reader, file) // parsers are loaded
  let read = 0
  let round = first
  for (; round < end && Date.now() < until; round++) {
    await tell({ round })
    const input = await inputOf(reader, seed, round)
    const before = process.cpuUsage()
    try {
      if ((await readInput(reader, input)) === 'read') read++
    } catch (error) {
      await tell({
        failed: round,
        why: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
    }
    const { user, system } = process.cpuUsage(before)
    const ms = (user + system) / 1000
    if (ms > most.ms)
      await tell({ failed: round, why: `it took ${Math.round(ms)} ms of ${most.ms}` })
    const bytes = process.memoryUsage.rss()
    if (bytes > most.bytes) {
      await tell({ failed: round, why: `the process has ${bytes} bytes of ${most.bytes}` })
      process.exit(1) // what it holds would count against the next
    }
  }
  await tell({ done: round, read })
}

const [name = '', ...numbers] = process.argv.slice(2)
const [seed = 0, first = 0, end = 0, until = 0] = numbers.map(Number)
await readAll(name, seed, first, end, until)
process.disconnect()
