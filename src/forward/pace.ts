// How much work goes into one submit. Layers are submitted in groups whose size follows the time the GPU takes for them,
// so that no submit holds the screen or trips a watchdog, and at most two are under way, so that a cancel is felt at once.
// A fast GPU is not filled by a block that a slow one can bear: blocks grow as far as a layer stays within the same time.
import { evenBlock, type Plan } from '../plan/plan.ts'

export interface Pace {
  /** After each layer: submits when the group is full, and then waits for the group before the last. */
  layerDone(submit: () => void): Promise<void> | undefined
  /** Tokens of the next block, of so many left in the chunk: at most double those of the block before. */
  nextBlock(left: number, plan: Pick<Plan, 'block' | 'longestBlock'>): number
  /** Submits what is left and waits until the GPU has done everything. */
  finish(submit: () => void): Promise<void>
}

const wantedMs = 40
const underWay = 2

export function createPace(queue: Pick<GPUQueue, 'onSubmittedWorkDone'>): Pace {
  let layersPerSubmit = 1
  let layers = 0
  let lastDone = 0
  let rows = 0 // of the block under way
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
        // a submit behind another starts when that one ends
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
