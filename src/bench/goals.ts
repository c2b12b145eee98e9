// Goals for a shape's numbers, and whether they are met.
import type { ReadingRecord, ShapeRecord } from './record.ts'

export interface Goal {
  readonly goal: string
  readonly reached: string
  /** null where it was not measured, or applies to other shapes only */
  readonly met: boolean | null
}

const mostRatio = 1.05
const mostEvictionShare = 0.05
/** Parameters from which on eviction must cost almost nothing. */
const largeModel = 450e6
const idBytes = 4
const mostTraining = 1.6
const leastGain = 2

/** A median this far above the fastest sample shows other load on the machine. */
const noisy = 1.25

export function goalsOf({
  parameters,
  reading,
  answering,
  byWeights,
  training,
  gpuBytes,
}: ShapeRecord): Goal[] {
  const { evictionShare, chunk } = reading
  const { loaded, whileReading, afterAnswering } = gpuBytes
  const spread = Math.max(loaded, afterAnswering, ...whileReading) - loaded
  const { submits, bytesReadBack } = answering.step
  const created = chunk.buffersCreated + answering.step.buffersCreated
  return [
    steadyPace(reading),
    {
      goal: 'GPU bytes constant',
      reached: `${loaded} before, at most ${spread} more, ${created} buffers created on the way`,
      met: created === 0 && [...whileReading, afterAnswering].every((bytes) => bytes === loaded),
    },
    {
      goal: `score + select + compact ≤ ${100 * mostEvictionShare} % of a chunk, from 0.5 B parameters on`,
      reached: evictionShare === null ? 'no timestamps' : `${(100 * evictionShare).toFixed(1)} %`,
      met:
        evictionShare === null || parameters < largeModel
          ? null
          : evictionShare <= mostEvictionShare,
    },
    {
      goal: 'one submit per decode step or fewer',
      reached: `${submits}`,
      met: submits <= 1,
    },
    {
      goal: 'nothing read back while decoding but the id',
      reached: `${bytesReadBack} bytes per token`,
      met: bytesReadBack <= idBytes,
    },
    fewerBits(parameters, byWeights),
    {
      goal: `training step ÷ the forward pass that feeds it ≤ ${mostTraining}`,
      reached: training.ratio.median.toFixed(2),
      met: training.ratio.median <= mostTraining,
    },
  ]
}

function fewerBits(parameters: number, byWeights: ShapeRecord['byWeights']): Goal {
  const rate = (weights: string) =>
    byWeights.find((one) => one.weights === weights)?.tokensPerSecond.median ?? NaN
  const gain = rate('q4') / rate('f16')
  return {
    goal: `tokens/s with weights in q4 ÷ in f16 ≥ ${leastGain}, from 0.5 B parameters on`,
    reached: gain.toFixed(2),
    met: parameters < largeModel ? null : gain >= leastGain,
  }
}

function steadyPace({ whenFull, later, ratio }: ReadingRecord): Goal {
  const goal = `time per chunk later ÷ when the buffer is first full ≤ ${mostRatio}`
  if (!whenFull || !later || ratio === null) {
    return { goal, reached: 'documents too short', met: null }
  }
  const reached = `${ratio.toFixed(3)} from chunk ${later.firstChunk} on`
  const uncertain = [whenFull, later].some(({ ms }) => ms.median > noisy * ms.low)
  return uncertain
    ? { goal, reached: `${reached}, but too noisy to tell`, met: null }
    : { goal, reached, met: ratio <= mostRatio }
}
