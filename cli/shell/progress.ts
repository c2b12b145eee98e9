// Progress on stderr: one line that rewrites itself on a terminal; in a log, an occasional line.
import type { Progress } from '../../src/api/progress.ts'
import type { TrainingProgress } from '../../src/api/training.ts'

export interface ProgressPrinter {
  show(progress: Progress | TrainingProgress): void
  /** called before anything else is printed */
  clear(): void
}

const logEveryMs = 10_000

export function progressPrinter(out: NodeJS.WriteStream): ProgressPrinter {
  let shown = performance.now()
  let dirty = false
  return {
    show(progress) {
      const now = performance.now()
      if (out.isTTY) {
        out.write(`\r\x1b[K${describe(progress)}`)
        dirty = true
      } else if (
        ['read', 'train', 'download'].includes(progress.phase) &&
        now - shown >= logEveryMs
      ) {
        out.write(`${describe(progress)}\n`)
        shown = now
      }
    },
    clear() {
      if (dirty) out.write('\r\x1b[K')
      dirty = false
    },
  }
}

/** E.g. `training: step 12 of 400, loss 0.123, held out 34 %, 120 s left, 85.2 MB on the GPU`. */
function describeTraining(progress: TrainingProgress): string {
  const { done, total, losses, looks, secondsLeft, gpuBytes } = progress
  const loss = mean(losses.slice(-10))
  const found = mean(looks.at(-1)?.byLayer ?? [])
  return [
    `training: step ${count(done)} of ${count(total)}`,
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(found === undefined ? [] : [`held out ${Math.round(100 * found)} %`]),
    ...(secondsLeft === undefined ? [] : [`${Math.ceil(secondsLeft)} s left`]),
    `${megabytes(gpuBytes)} on the GPU`,
  ].join(', ')
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b) / values.length
}

/** E.g. `reading: 12,345 tokens, 37 %, 1,234 tokens/s, 12 s left, 85.2 MB on the GPU`. */
export function describe(progress: Progress | TrainingProgress): string {
  if (progress.phase === 'train') return describeTraining(progress)
  const { phase, done, total, perSecond, secondsLeft, share } = progress
  const part = share ?? (total === undefined || total === 0 ? undefined : done / total)
  const percent = part === undefined ? [] : [`${Math.floor(part * 100)} %`]
  const left = secondsLeft === undefined ? [] : [`${Math.ceil(secondsLeft)} s left`]
  switch (phase) {
    case 'download':
      return [`downloading: ${megabytes(done)}`, ...percent, ...left].join(', ')
    case 'load':
      return [`loading: ${megabytes(done)}`, ...percent, ...left].join(', ')
    case 'save':
      return [`saving: ${megabytes(done)}`, ...percent, ...left].join(', ')
    case 'open':
      return [`opening: ${megabytes(done)}`, ...percent, ...left].join(', ')
    case 'compile':
      return [`compiling: ${count(done)} shaders`, ...percent].join(', ')
    case 'read':
      return [
        `reading: ${count(done)} tokens`,
        ...percent,
        `${count(perSecond)} tokens/s`,
        ...left,
        `${megabytes(progress.gpuBytes)} on the GPU`,
      ].join(', ')
  }
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
