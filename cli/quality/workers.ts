// Workers of a quality run. Each has a browser tab with its own engine and takes a part of the documents through all
// passes.
import { RunError } from '../shell/command.ts'
import type { Pass } from './plan.ts'

/** The device did not have the memory that a worker needs. */
export class ShortOfMemory extends RunError {}

/**
 * Splits the documents over workers. A document has the same worker under all policies, since the full cache's logits
 * stay in that worker's tab.
 * @returns one part per worker, fewer where there are fewer documents
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

/** A sentence for the report. */
export function noteOnSharing(workers: number): string[] {
  return workers > 1
    ? [
        `${workers} engines shared the device: their speeds compare only roughly, and one alone is faster.`,
      ]
    : []
}

/**
 * Runs all parts concurrently. If one of several workers is short of memory it stops and leaves the rest of its part. Any
 * other failure stops all workers, each after its document, and is thrown.
 * @param work runs a part, until `isStopped` returns true
 * @param say called with a sentence when a worker stops
 * @returns the number of workers that had the memory, at least one, since it may have lacked memory because of the others
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
