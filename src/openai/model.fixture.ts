// A pretended model, which reads words as tokens and answers with what it was asked. Tests see what was read and asked of it, and
// hold it where they like.
import type {
  AnswerSummary,
  AskOptions,
  ChosenToken,
  DocumentSource,
  LongDocument,
  Model,
  ReadOptions,
} from '../index.ts'
import { LongtabError } from '../api/errors.ts'
import { createAnswer } from '../worker/answer.ts'

interface Asked extends AskOptions {
  readonly question: string
}

export interface PretendedModel {
  readonly model: Model
  /** texts, in the order in which they were read */
  readonly read: string[]
  readonly asked: Asked[]
  /** Answers wait for `goOn`. */
  readonly hold: () => void
  readonly goOn: () => void
}

/** A piece as one token, likelier than all others. */
function tokenOf(text: string, likeliest: number): ChosenToken {
  const token = { id: text.length, text, bytes: [...new TextEncoder().encode(text)], logProb: -0.5 }
  return { ...token, likeliest: likeliest === 0 ? [] : [token] }
}

/** @param differs of the summary of every answer, but for its text */
export function pretendedModel(differs: Partial<AnswerSummary> = {}): PretendedModel {
  const read: string[] = []
  const asked: Asked[] = []
  let held: Promise<void> = Promise.resolve()
  let goOn: () => void = () => undefined
  let current: symbol | undefined

  async function readDocument(source: DocumentSource, { onProgress, signal }: ReadOptions = {}) {
    const mine = Symbol('document')
    current = mine
    if (signal?.aborted) throw new LongtabError('aborted', 'reading was cancelled')
    const text = source instanceof Blob ? await source.text() : (source as string)
    if (text.trim() === '') throw new LongtabError('bad-input', 'the document is empty')
    read.push(text)
    const tokens = text.split(/\s+/).length
    onProgress?.({ phase: 'read', done: tokens, total: tokens, perSecond: 1, gpuBytes: 0 })
    return { ...{ tokens, notes: [] }, ask: askOf(mine) } as unknown as LongDocument
  }

  const askOf =
    (mine: symbol) =>
    (question: string, options: AskOptions = {}) => {
      if (current !== mine) throw new LongtabError('bad-input', 'this document was closed')
      asked.push({ question, ...options })
      return createAnswer(options.signal, async (onText, stopped): Promise<AnswerSummary> => {
        const pieces = ['You asked: ', question]
        const tell = (text: string) => {
          if (options.logProbs !== undefined) options.onToken?.(tokenOf(text, options.logProbs))
          onText(text)
        }
        tell(pieces[0] ?? '')
        const leave = new Promise<void>((resolve) =>
          stopped.addEventListener('abort', () => resolve()),
        )
        await Promise.race([held, leave])
        if (!stopped.aborted) tell(pieces[1] ?? '')
        return {
          ...{ text: pieces.join(''), thinking: '', overflow: 0, remembered: 0, doubtful: false },
          ...{ questionTokens: 5, ids: [1, 2, 3], sources: [], reread: [] },
          ...{ timeToFirstTokenMs: 1, decodeTokensPerSecond: 1, finish: 'end' },
          ...(options.logProbs !== undefined && {
            logProbs: [...pieces, ''].map((text) => tokenOf(text, options.logProbs ?? 0)),
          }),
          ...differs,
          ...(stopped.aborted && { text: pieces[0] ?? '', finish: 'aborted' }),
        }
      })
    }

  const model = {
    read: readDocument,
    settings: { budget: 20, recall: 'none' },
    canCallTools: true,
    countTokens: async (text: string) => text.split(/\s+/).length,
  } as unknown as Model
  return {
    ...{ model, read, asked },
    hold: () => {
      held = new Promise((resolve) => (goOn = resolve))
    },
    goOn: () => goOn(),
  }
}
