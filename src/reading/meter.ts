// Counts progress and reports it about ten times a second.
import type { Progress } from '../api/progress.ts'
import { totalBytes, type GpuMemory } from '../gpu/memory.ts'

export interface Meter {
  /** adds to the expected total, once known */
  expect(more: number): void
  readonly add: (amount: number) => void
  /** sets the progress to `amount` of `whole` */
  readonly reach: (amount: number, whole: number) => void
  /** speed and time left count from here on */
  from(done: number, share?: number): void
  /** reports `done`, with the share of the document if known */
  at(done: number, share?: number): void
  /** a final report, after which none follows */
  finish(): void
}

const intervalMs = 100

export function createMeter(
  phase: Progress['phase'],
  { memory }: { readonly memory: Pick<GpuMemory, 'live'> },
  report: (progress: Progress) => void,
): Meter {
  let started = performance.now()
  let last = -Infinity
  let done = 0
  let total: number | undefined
  let share: number | undefined
  let began = { done: 0, share: 0 }
  let isOver = false

  function send(): void {
    last = performance.now()
    const seconds = (last - started) / 1000
    const perSecond = seconds > 0 ? (done - began.done) / seconds : 0
    const part = share ?? (total ? done / total : undefined)
    const gone = (part ?? 0) - began.share
    const secondsLeft = part && gone > 0.01 ? (seconds * (1 - part)) / gone : undefined
    report({
      phase,
      done,
      perSecond,
      gpuBytes: totalBytes(memory.live()),
      ...(total === undefined ? {} : { total }),
      ...(share === undefined ? {} : { share }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    })
  }

  const maybe = () => {
    if (!isOver && performance.now() - last >= intervalMs) send()
  }
  return {
    expect(more) {
      total = done + more
    },
    add: (amount) => {
      done += amount
      maybe()
    },
    reach: (amount, whole) => {
      done = amount
      total = whole
      maybe()
    },
    from(amount, documentShare = 0) {
      began = { done: amount, share: documentShare }
      started = performance.now()
    },
    at(amount, documentShare) {
      done = amount
      share = documentShare
      maybe()
    },
    finish() {
      send()
      isOver = true
    },
  }
}
