// A training from its first step, or from a checkpoint, to its last: steps, looks at held-out documents, checkpoints,
// pauses. What it does at a step depends on nothing but settings, data and the state it goes on from.
import { LongtabError, throwIfAborted } from '../errors.ts'
import type { ChatForm } from '../text/chat.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type { TrainingData } from './data.ts'
import { encodeSample } from './encode.ts'
import { readMetadata, readState, writeHeads, writeState, type Metadata } from './state.ts'
import type { StepLoss } from './learn.ts'
import { judge, trainStep } from './step.ts'
import type { Trainer } from './trainer.ts'

/** What a run has come to, and how. */
export interface History {
  /** (steps so far) */
  readonly losses: StepLoss[]
  readonly looks: Look[]
}

/** A look at the held-out documents. */
export interface Look {
  /** steps taken before it; 0 is the random start */
  readonly step: number
  /** (layers): mean top-10 % overlap of scores and labels, 0…1 */
  readonly overlap: readonly number[]
}

export interface RunOptions {
  readonly tokenizer: Tokenizer
  readonly chat: ChatForm
  readonly data: TrainingData
  /** names the model */
  readonly model: string
  /** a checkpoint of this very training to go on from */
  readonly resume: Blob | undefined
  readonly signal: AbortSignal | undefined
  /** at the start, and after every step and every look */
  readonly onHistory: (history: History) => void
  /** every few minutes and whenever the run pauses or ends; `steps` are in it */
  readonly onCheckpoint: (state: Blob, steps: number) => void
  /** resolves when the run may take its next step; `stop` ends it there */
  readonly next: () => Promise<'go' | 'stop'>
  /** whether it is time for a checkpoint */
  readonly checkpointDue: () => boolean
}

export interface TrainedRun {
  readonly heads: Blob
  readonly history: History
}

/** Throws LongtabError `diverged` at a loss that is not a number; the last checkpoint is from before it. */
export async function runTraining(trainer: Trainer, options: RunOptions): Promise<TrainedRun> {
  const { settings, engine, buffers } = trainer
  const { signal, onHistory, onCheckpoint, next, checkpointDue, data } = options
  const history = await startOf(trainer, options)
  const sample = (text: ReturnType<TrainingData['at']>) =>
    encodeSample(options.tokenizer, options.chat, text, settings)
  const save = async () => {
    const state = { ...identity(trainer, options), history: JSON.stringify(history) }
    onCheckpoint(await writeState(engine.gpu, buffers.heads, state), history.losses.length)
  }
  const lookIfDue = async () => {
    const step = history.losses.length
    const due = step % settings.lookEvery === 0 || step === settings.steps
    if (data.heldOut === 0 || !due || history.looks.some((look) => look.step === step)) return
    const overlap = new Array<number>(engine.plan.model.layers).fill(0)
    for (let i = 0; i < data.heldOut; i++) {
      const found = await judge(trainer, sample(data.heldOutAt(i)))
      found.forEach(
        (share, layer) => (overlap[layer] = (overlap[layer] ?? 0) + share / data.heldOut),
      )
    }
    history.looks.push({ step, overlap })
    onHistory(history)
  }

  onHistory(history)
  while (history.losses.length < settings.steps) {
    if ((await next()) === 'stop') break
    throwIfAborted(signal, 'the training')
    await lookIfDue()
    const step = history.losses.length
    const loss = await trainStep(trainer, sample(data.at(step)), step)
    if (!Number.isFinite(loss.regression + loss.smoothing)) {
      throw new LongtabError(
        'diverged',
        `the loss of step ${step + 1} is not a number; train anew with a rate below ${settings.rate}`,
      )
    }
    history.losses.push(loss)
    onHistory(history)
    if (checkpointDue()) await save()
  }
  await lookIfDue()
  await save()
  const heads = await writeHeads(engine.gpu, engine.plan.model, buffers.heads, {
    ...identity(trainer, options),
    steps: String(history.losses.length),
    history: JSON.stringify(history),
  })
  return { heads, history }
}

/** What a checkpoint must agree with to be gone on from, and what the finished heads carry. */
function identity({ settings }: Trainer, { model, data }: RunOptions): Metadata {
  return { model, data: data.name, settings: JSON.stringify(settings) }
}

/** Reads the checkpoint into the heads. Throws LongtabError `bad-input` when it belongs to another training. */
async function startOf(trainer: Trainer, options: RunOptions): Promise<History> {
  const { resume, signal } = options
  if (!resume) return { losses: [], looks: [] }
  const found = await readMetadata(resume, signal)
  for (const [name, wanted] of Object.entries(identity(trainer, options))) {
    if (found[name] === wanted) continue
    throw new LongtabError(
      'bad-input',
      `the checkpoint was made with another ${name} (${found[name] ?? 'none'}, here ${wanted}); go on with the same or start anew`,
    )
  }
  await readState(trainer.engine.gpu, trainer.buffers.heads, resume, signal)
  return JSON.parse(found['history'] ?? '') as History
}
