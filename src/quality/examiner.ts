// The part of the quality bench that runs where the engine does, in a browser tab or in Node. It loads a model with a
// policy's settings, reads documents and asks questions. It keeps the full cache's logits to compare the other policies
// with.
import type { LoadOptions, Model } from '../api/model.ts'
import type { Memory } from '../api/progress.ts'
import type { Settings } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { divergence } from './divergence.ts'

export interface AskedQuestion {
  readonly question: string
  /** beginning of the answer */
  readonly lead: string
  readonly maxTokens: number
  /** the answer in the history of later questions; absent for the model's own */
  readonly golden?: string
}

/** Which passages of the document an answer is given from; all but the first are controls. */
export const passageChoices = ['found', 'behind', 'random', 'other'] as const
export type PassageChoice = (typeof passageChoices)[number]

export interface ExamDocument {
  readonly context: string
  readonly questions: readonly AskedQuestion[]
  /** each question follows the earlier questions and their answers */
  readonly turns: boolean
  /** text to predict after the context */
  readonly continuation?: string
  /** identifies the document */
  readonly prompt: string
  /** the others are compared with this reading */
  readonly isFull: boolean
  /** by default `found`; the twin alone takes others */
  readonly passages?: PassageChoice
}

export interface GivenAnswer {
  readonly text: string
  readonly tokens: number
  readonly ms: number
}

/** Scores of the continuation under teacher forcing. Agreement and divergence are against the full cache. */
export interface TeacherForced {
  /** nats per token */
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
  readonly teacherForced?: TeacherForced
}

export interface Opened {
  readonly adapter: string
  readonly settings: Settings
  readonly description: ModelDescription
}

/** An error of the engine as a value, since a thrown error would lose its code between tab and Node. */
export interface Refused {
  readonly code: string
  readonly message: string
}

export interface Examiner {
  /** replaces the model opened before; `model` is an address */
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

/** @param fullLogits prompt → (tokens, vocabulary): logits of the full cache; the full cache's reading adds to it */
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
  if (!full) throw new Error('the full cache has no logits for this text')
  const apart = divergence(full, logits, logits.length / logProbs.length)
  const teacherForced: TeacherForced = {
    nats: -logProbs.reduce((sum, value) => sum + value, 0) / logProbs.length,
    agreement: apart.agreement,
    divergence: apart.nats,
    tokens: logProbs.length,
    ms,
  }
  return { ...read, teacherForced }
}
