// A training from its first step, or from a checkpoint, to its last: steps, measurements on held-out documents,
// checkpoints, pauses. A step depends only on settings, data and the state it starts from.
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import type { Schedule } from '../api/training.ts'
import { readMetadata, readState, writeState, type Metadata } from './state.ts'
import { totalOf, type Samples, type StepLoss, type Trainee } from './trainee.ts'

/** Results of a run so far. */
export interface History {
  /** (steps so far) */
  readonly losses: StepLoss[]
  readonly looks: Look[]
}

/** A measurement on the held-out documents. */
export interface Look {
  /** number of steps before it; 0 is the random start */
  readonly step: number
  /**
   * (layers), means 0…1: for heads the top-10 % overlap, for a compressor the share of attention's output that is lost
   */
  readonly byLayer: readonly number[]
}

export interface RunOptions<Sample> {
  readonly samples: Samples<Sample>
  /** identifies the model */
  readonly model: string
  /** a checkpoint of the same training to resume */
  readonly resume: Blob | undefined
  readonly signal: AbortSignal | undefined
  /** at the start, and after every step and measurement */
  readonly onHistory: (history: History) => void
  /** every few minutes and at every pause and end; `steps` is the number of steps in it */
  readonly onCheckpoint: (state: Blob, steps: number) => void
  /** resolves when the run may take its next step; `stop` ends it there */
  readonly next: () => Promise<'go' | 'stop'>
  /** whether a checkpoint is due */
  readonly checkpointDue: () => boolean
}

export interface TrainedRun {
  /** the result, as `load` takes it */
  readonly file: Blob
  readonly history: History
}

/** Throws LongtabError `diverged` at a loss that is not a number, naming the checkpoint before it. */
export async function runTraining<Sample>(
  trainee: Trainee<Sample>,
  options: RunOptions<Sample>,
): Promise<TrainedRun> {
  const { settings, gpu, matrices } = trainee
  const { signal, onHistory, onCheckpoint, next, checkpointDue, samples } = options
  const history = await startOf(trainee, options)
  /** steps in the last checkpoint */
  let saved = history.losses.length
  const save = async () => {
    const state = { ...identity(settings, options), history: JSON.stringify(history) }
    const checkpoint = await writeState(gpu, matrices, state)
    saved = history.losses.length
    onCheckpoint(checkpoint, saved)
  }
  const lookIfDue = async () => {
    const step = history.losses.length
    const due = step % settings.lookEvery === 0 || step === settings.steps
    if (samples.heldOut === 0 || !due || history.looks.some((look) => look.step === step)) return
    const byLayer: number[] = []
    for (let i = 0; i < samples.heldOut; i++) {
      const found = await trainee.judge(samples.heldOutAt(i))
      found.forEach(
        (share, layer) => (byLayer[layer] = (byLayer[layer] ?? 0) + share / samples.heldOut),
      )
    }
    history.looks.push({ step, byLayer })
    onHistory(history)
  }

  onHistory(history)
  while (history.losses.length < settings.steps) {
    if ((await next()) === 'stop') break
    throwIfAborted(signal, 'the training')
    await lookIfDue()
    const step = history.losses.length
    const loss = await trainee.trainStep(samples.at(step), step)
    if (!Number.isFinite(totalOf(loss))) {
      throw new LongtabError(
        'diverged',
        `the loss of step ${step + 1} is not a number; ${saved > 0 ? `the checkpoint of step ${saved} is kept` : 'no checkpoint was made'}; train anew with a rate below ${settings.rate}`,
      )
    }
    history.losses.push(loss)
    onHistory(history)
    if (checkpointDue()) await save()
  }
  await lookIfDue()
  await save()
  const file = await trainee.write({
    ...identity(settings, options),
    steps: String(history.losses.length),
    history: JSON.stringify(history),
  })
  return { file, history }
}

/** Fields in which a checkpoint must agree to be resumed; the finished file carries them too. */
function identity(
  settings: Schedule,
  { model, samples }: Pick<RunOptions<unknown>, 'model' | 'samples'>,
): Metadata {
  return { model, data: samples.name, settings: JSON.stringify(settings) }
}

/** Throws LongtabError `bad-input` when a checkpoint belongs to another training. Returns what it says of itself. */
export async function requireSameTraining(
  checkpoint: Blob,
  settings: Schedule,
  of: Pick<RunOptions<unknown>, 'model' | 'samples'>,
  signal: AbortSignal | undefined,
): Promise<Metadata> {
  const found = await readMetadata(checkpoint, signal)
  for (const [name, wanted] of Object.entries(identity(settings, of))) {
    if (found[name] === wanted) continue
    throw new LongtabError(
      'bad-input',
      `the checkpoint was made with another ${name} (${found[name] ?? 'none'}, here ${wanted}); go on with the same or start anew`,
    )
  }
  return found
}

/** Reads the checkpoint into the trainee. Throws LongtabError `bad-input` when it belongs to another training. */
async function startOf<Sample>(
  trainee: Trainee<Sample>,
  options: RunOptions<Sample>,
): Promise<History> {
  const { resume, signal } = options
  if (!resume) return { losses: [], looks: [] }
  const found = await requireSameTraining(resume, trainee.settings, options, signal)
  await readState(trainee.gpu, trainee.matrices, resume, signal)
  return JSON.parse(found['history'] ?? '') as History
}
