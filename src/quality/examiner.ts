// The part of the quality bench that runs where the engine does, in a browser's tab or in Node: loads a model with a policy's settings, reads documents,
// asks, and holds what the full cache foresaw for the policies after it.
import type { LoadOptions, Model } from '../api/model.ts'
import type { Memory } from '../api/progress.ts'
import type { Settings } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { divergence } from './divergence.ts'

export interface AskedQuestion {
  readonly question: string
  /** the answer is begun with it */
  readonly lead: string
  readonly maxTokens: number
  /** the answer that stands before the questions after this one; absent for the model's own */
  readonly golden?: string
}

export interface ExamDocument {
  readonly context: string
  readonly questions: readonly AskedQuestion[]
  /** each question comes after those before it and their answers */
  readonly turns: boolean
  /** text to foresee after the context */
  readonly continuation?: string
  /** names the document among all */
  readonly prompt: string
  /** this reading is the one that others are compared with */
  readonly isFull: boolean
}

export interface GivenAnswer {
  readonly text: string
  readonly tokens: number
  readonly ms: number
}

/** How the continuation was foreseen; agreement and divergence against the full cache. */
export interface Foresight {
  /** a token */
  readonly nats: number
  readonly agreement: number
  readonly divergence: number
  readonly tokens: number
  readonly ms: number
}

export interface Examination {
  readonly tokens: number
  readonly readMs: number
  readonly memory: Memory
  readonly answers: readonly GivenAnswer[]
  readonly foresight?: Foresight
}

export interface Opened {
  readonly adapter: string
  readonly settings: Settings
  readonly description: ModelDescription
}

/** An error of the engine, given back because its code would not leave the tab when thrown. */
export interface Refused {
  readonly code: string
  readonly message: string
}

export interface Examiner {
  /** in place of the model opened before; by its address */
  open(model: string, options: LoadOptions): Promise<Opened | Refused>
  examine(document: ExamDocument): Promise<Examination | Refused>
}

/** @param load the module's */
export function createExaminer(
  load: (source: string, options: LoadOptions) => Promise<Model>,
): Examiner {
  let model: Model | undefined
  /** prompt → (tokens, vocabulary) */
  const fullLogits = new Map<string, Float32Array>()
  return {
    open(source, options) {
      return orRefused(async () => {
        await model?.close()
        model = undefined
        model = await load(source, { keep: false, ...options })
        const { adapter, settings, description } = model
        return { adapter, settings, description }
      })
    },
    examine(exam) {
      return orRefused(() => {
        if (!model) throw new Error('no model is open')
        return examine(model, exam, fullLogits)
      })
    },
  }
}

async function orRefused<Result>(work: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}

/** @param fullLogits prompt → (tokens, vocabulary) that the full cache foresaw; gets what it foresees now */
async function examine(
  model: Model,
  exam: ExamDocument,
  fullLogits: Map<string, Float32Array>,
): Promise<Examination> {
  const document = await model.read(exam.context)
  const memory = await document.memory()
  const answers: GivenAnswer[] = []
  let before = ''
  for (const { question, lead, maxTokens, golden } of exam.questions) {
    const asked = performance.now()
    const answer = document.ask(before + question, { prefix: lead, maxTokens })
    const { text, ids } = await answer.summary
    answers.push({ text, tokens: ids.length, ms: performance.now() - asked })
    if (exam.turns) before += `${question}\n${lead}${golden ?? text}\n\n`
  }
  const read = { tokens: document.tokens, readMs: document.readMs, memory, answers }
  if (exam.continuation === undefined) return read

  const began = performance.now()
  const { logProbs, logits } = await document.likelihood(exam.continuation, {
    keepLogits: true,
  })
  const ms = performance.now() - began
  if (!logits) throw new Error('no logits came back')
  if (exam.isFull) fullLogits.set(exam.prompt, logits)
  const full = fullLogits.get(exam.prompt)
  if (!full) throw new Error('the full cache has not foreseen this text')
  const apart = divergence(full, logits, logits.length / logProbs.length)
  const foresight: Foresight = {
    nats: -logProbs.reduce((sum, value) => sum + value, 0) / logProbs.length,
    agreement: apart.agreement,
    divergence: apart.nats,
    tokens: logProbs.length,
    ms,
  }
  return { ...read, foresight }
}
