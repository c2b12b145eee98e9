// How much work goes into one submit. Layers are submitted in groups whose size follows the time the GPU takes for them,
// so that no submit holds the screen or trips a watchdog, and at most two are under way, so that a cancel is felt at once.

export interface Pace {
  /** After each layer: submits when the group is full, and then waits for the group before the last. */
  layerDone(submit: () => void): Promise<void> | undefined
  /** Submits what is left and waits until the GPU has done everything. */
  finish(submit: () => void): Promise<void>
}

const wantedMs = 40
const underWay = 2

export function createPace(queue: Pick<GPUQueue, 'onSubmittedWorkDone'>): Pace {
  let layersPerSubmit = 1
  let layers = 0
  let lastDone = 0
  const waiting: Promise<void>[] = []

  function send(submit: () => void): void {
    const group = layers
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
    async finish(submit) {
      send(submit)
      await Promise.all(waiting.splice(0))
    },
  }
}
