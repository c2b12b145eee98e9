// Sizes submits by the time the GPU takes. Layers are submitted in groups, so that no submit freezes the screen or trips
// a watchdog. At most two are in flight, so that cancelling takes effect at once. A block sized for a slow GPU leaves a
// fast one idle, so blocks grow while a layer stays within the same time.
import { evenBlock, type Plan } from '../plan/plan.ts'

export interface Pace {
  /** Called after each layer. Submits when the group is full, then waits for the group before the last. */
  layerDone(submit: () => void): Promise<void> | undefined
  /** Tokens of the next block, at most `left` and at most double those of the block before. */
  nextBlock(left: number, plan: Pick<Plan, 'block' | 'longestBlock'>): number
  /** Submits the rest and waits until the GPU has finished. */
  finish(submit: () => void): Promise<void>
}

const leastWantedMs = 40
const underWay = 2

/** The longest that a browser is believed to take to tell that its GPU is done; a busy GPU takes longer. */
const mostLateMs = 100

/** @param queue without work, so that its first answers show how late answers come */
export function createPace(queue: Pick<GPUQueue, 'onSubmittedWorkDone'>): Pace {
  let wantedMs = leastWantedMs
  void latenessOf(queue).then((ms) => {
    // a submit shorter than a timer's tick seems to take all of it, so that only two ticks tell of a long one
    wantedMs = Math.max(leastWantedMs, 2 * Math.min(ms, mostLateMs))
  })
  let layersPerSubmit = 1
  let layers = 0
  let lastDone = 0
  let rows = 0 // of the current block
  let fittingRows = 0
  const waiting: Promise<void>[] = []

  function send(submit: () => void): void {
    const group = layers
    const sentRows = rows
    layers = 0
    const sent = performance.now()
    submit()
    waiting.push(
      queue.onSubmittedWorkDone().then(() => {
        const now = performance.now()
        // a queued submit starts when the one before it ends
        const ms = now - Math.max(sent, lastDone)
        lastDone = now
        if (group === 0) return
        const fitting = (group * wantedMs) / Math.max(ms, 0.5)
        // grows by at most half at a time, shrinks at once
        fittingRows = fitting * sentRows
        layersPerSubmit = Math.max(1, Math.floor(Math.min(fitting, 1.5 * layersPerSubmit + 1)))
      }),
    )
  }

  return {
    layerDone(submit) {
      if (++layers < layersPerSubmit) return undefined
      send(submit)
      return waiting.length > underWay ? waiting.shift() : undefined
    },
    nextBlock(left, { block, longestBlock }) {
      const longest = Math.max(block, Math.min(longestBlock, 2 * rows, fittingRows))
      rows = evenBlock(left, longest)
      return rows
    },
    async finish(submit) {
      send(submit)
      await Promise.all(waiting.splice(0))
    },
  }
}

/**
 * ms from asking an idle queue to its answer. Firefox asks its GPU on a timer of about 100 ms (Mozilla bug 1870699), others
 * answer at once. The first answer comes on a tick, so the second takes a whole one.
 */
async function latenessOf(queue: Pick<GPUQueue, 'onSubmittedWorkDone'>): Promise<number> {
  await queue.onSubmittedWorkDone()
  const asked = performance.now()
  await queue.onSubmittedWorkDone()
  return performance.now() - asked
}
