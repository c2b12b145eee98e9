// Workers of a quality run: each has a browser's tab with an engine of its own, and a share of the documents that it takes
// through all passes.
import { RunError } from '../shell/command.ts'
import type { Pass } from './plan.ts'

/** The device would not give what a worker needs. */
export class ShortOfMemory extends RunError {}

/**
 * Deals the documents out. Each stays with one worker under all policies: what the full cache foresaw of it is in that
 * worker's tab.
 * @returns a share for each worker, fewer where there are fewer documents
 */
export function sharesOf(passes: readonly Pass[], workers: number): Pass[][] {
  const prompts = new Set(
    passes.flatMap(({ documents }) => documents.map(({ prompt }) => prompt.exam.prompt)),
  )
  const owners = new Map([...prompts].map((prompt, i) => [prompt, i % workers]))
  const shares = Array.from({ length: Math.min(workers, prompts.size) }, (_, worker) =>
    passes.map((pass) => ({
      ...pass,
      documents: pass.documents.filter(({ prompt }) => owners.get(prompt.exam.prompt) === worker),
    })),
  )
  return shares.map((share) => share.filter(({ documents }) => documents.length > 0))
}

/** For the report. */
export function noteOnSharing(workers: number): string[] {
  return workers > 1
    ? [
        `${workers} engines shared the device: their speeds compare only roughly, and one alone is faster.`,
      ]
    : []
}

/**
 * Has every share worked off at the same time. One of several workers that is short of memory stops, and leaves what it has
 * not done; any other failure stops them all, each after its document, and is thrown.
 * @param work goes through a share, or as far as `isStopped` lets it
 * @param say is told in a sentence of a worker that stops
 * @returns the workers that had the memory, and one at least: it may have been short because of the others
 */
export async function runShares(
  shares: readonly (readonly Pass[])[],
  work: (share: readonly Pass[], isStopped: () => boolean) => Promise<void>,
  say: (sentence: string) => void,
): Promise<number> {
  let left = shares.length
  let stopped = false
  const ended = shares.map(async (share) => {
    try {
      await work(share, () => stopped)
    } catch (error) {
      stopped ||= shares.length === 1 || !(error instanceof ShortOfMemory)
      if (stopped || !(error instanceof Error)) throw error
      left--
      say(
        `one of ${shares.length} workers could not have its memory (${error.message}); ${Math.max(1, left)} will do its documents`,
      )
    }
  })
  await Promise.allSettled(ended)
  await Promise.all(ended)
  return Math.max(1, left)
}
