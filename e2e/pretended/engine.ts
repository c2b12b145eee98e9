// A worker that stands where the engine's does and computes nothing. It reads at once, answers with the sentence that shares
// most words with the question, and stays at a stage for as long as a test holds it there.
import { expose } from 'comlink'
import type { AnswerSummary, Passage } from '../../src/api/answer.ts'
import { LongtabError } from '../../src/api/errors.ts'
import type { Memory, Progress } from '../../src/api/progress.ts'
import type { SettingOverrides, Settings } from '../../src/api/settings.ts'
import { nameOf } from '../../src/files/location.ts'
import type { Loaded, ReadResult, Session } from '../../src/reading/protocol.ts'
import { about } from '../../src/saved/about.fixture.ts'
import { textName } from '../../src/saved/contents.ts'
import { describeSaved } from '../../src/saved/describe.ts'
import { blobPart } from '../../src/saved/part.ts'
import { writeSaved } from '../../src/saved/write.ts'
import { carryErrors } from '../../src/worker/errors.ts'
import { showLife } from '../../src/worker/life.ts'

export type Stage = 'download' | 'read' | 'answer' | 'lost'

export interface Held {
  /** the stages to stay at until `goOn`; all else is passed at once */
  held: Stage[]
  goOn: (stage: Stage) => void
}

const here = self as unknown as Held
const waiting = new Map<Stage, () => void>()
here.goOn = (stage) => {
  here.held = here.held.filter((other) => other !== stage)
  waiting.get(stage)?.()
}

const cancelled = new Map<number, () => void>()

/** Resolves when the stage may end; rejects when its operation is cancelled. */
async function pass(stage: Stage, ticket: number): Promise<void> {
  if (!here.held.includes(stage)) return
  await new Promise<void>((resolve, reject) => {
    waiting.set(stage, resolve)
    cancelled.set(ticket, () => reject(new LongtabError('aborted', 'it was cancelled')))
  })
}

const memory: Memory = { weights: 988e6, cache: 412e6, scratch: 120e6, peak: 1520e6 }
const gpuBytes = memory.peak
const unitsPerToken = 4
const unitsPerPiece = 1200
/** of a reading that stays where it is */
const shareRead = 0.6

const nowhere = { firstChar: new Float64Array(0), place: [] }

const told = (phase: Progress['phase'], share: number, total: number): Progress => ({
  ...{ phase, done: Math.round(share * total), total, share },
  ...{ perSecond: total / 60, secondsLeft: (1 - share) * 60 },
  gpuBytes: phase === 'read' ? gpuBytes : 0,
})

let text = ''
/** as the page asked for the model */
let source = ''
let settings: SettingOverrides = {}

/** What a session keeps of a document: its text. @param share 0…1 of it that was read */
async function kept(title: string, share: number): Promise<Blob> {
  const { tokens } = result()
  const of = {
    ...{ title, settings: settings as Settings, savedAt: Date.UTC(2026, 10, 28, 9) },
    model: { ...about.model, source },
    document: { ...about.document, tokens: Math.round(share * tokens) },
    ...(share < 1 && { reading: { share } }),
  }
  const parts = [blobPart(textName, new Blob([text]))]
  return writeSaved({ ...about, ...of }, parts, () => undefined)
}

function result(): ReadResult {
  const tokens = Math.ceil(text.length / unitsPerToken)
  const pieces = Math.max(1, Math.ceil(text.length / unitsPerPiece))
  const starts = Array.from({ length: pieces }, (_, i) => i * unitsPerPiece)
  return {
    ...{ tokens, prefilled: tokens, encoding: 'utf-8', notes: [], readMs: 31_000 },
    pieces: {
      firstChar: Float64Array.from(starts),
      firstToken: Uint32Array.from(starts, (start) => start / unitsPerToken),
    },
    gpuBytesOverRead: [0, tokens].map((at) => [at, gpuBytes] as const),
    ...{ hostBytes: 1.2e6, savedBytes: 43e6 },
  }
}

/** The sentence of the text that shares most words with a question; undefined where none shares two. */
function found(question: string): Passage | undefined {
  const words = (sentence: string) => sentence.toLowerCase().match(/\w{4,}/g) ?? []
  const asked = new Set(words(question))
  let best: { passage: Passage; shared: number } | undefined
  for (const { 0: sentence, index: firstChar } of text.matchAll(/[^.\s][^.]*\./g)) {
    const shared = words(sentence).filter((word) => asked.has(word)).length
    if (shared < 2 || shared <= (best?.shared ?? 0)) continue
    const { length } = sentence
    const [firstToken, tokens] = [firstChar, length].map((n) => Math.floor(n / unitsPerToken))
    const passage = { firstChar, length, firstToken: firstToken!, tokens: tokens!, text: sentence }
    best = { passage, shared }
  }
  return best?.passage
}

const session: Pick<
  Session,
  'load' | 'read' | 'open' | 'save' | 'answer' | 'retained' | 'memory' | 'lost' | 'cancel' | 'close'
> = {
  async load({ ticket, source: from, overrides }, tell) {
    if (from.kind !== 'picked') source = nameOf(from)
    tell(told('download', 0.4, 988e6))
    await pass('download', ticket)
    const heads = { from: 'folder', note: 'retaining heads: those in its folder' } as const
    settings = { ...overrides, recall: 'passages' }
    return {
      settings,
      heads,
      suggestedSampling: undefined,
      canThink: false,
      canCallTools: false,
      notes: [],
    } as unknown as Loaded
  },
  async read({ ticket, checkpoints }, document, tell, keep) {
    text = document instanceof Blob ? await document.text() : ''
    const read = result()
    tell(told('read', shareRead, read.tokens))
    if (checkpoints) await keep(await kept(checkpoints.title, shareRead), shareRead * read.tokens)
    await pass('read', ticket)
    return read
  },
  async open({ ticket }, file, tell) {
    text = (await (await describeSaved(file)).text?.text()) ?? ''
    const read = result()
    tell(told('read', shareRead, read.tokens))
    await pass('read', ticket)
    return { ...read, format: 'text', title: undefined, places: nowhere }
  },
  save: ({ title }) => kept(title, 1),
  async answer({ ticket, question = '', evenIfAbsent = false }, onPart): Promise<AnswerSummary> {
    const passage = found(question)
    const isAbsent = passage === undefined && !evenIfAbsent
    const answer = isAbsent ? '' : (passage?.text ?? 'Nobody knows.')
    onPart({ kind: 'answer', text: answer.slice(0, answer.length / 2) })
    await pass('answer', ticket)
    onPart({ kind: 'answer', text: answer.slice(answer.length / 2) })
    const sources = passage === undefined ? [] : [passage]
    return {
      ...{
        text: answer,
        thinking: '',
        overflow: 0,
        questionTokens: 0,
        remembered: 0,
        ids: Array.from({ length: Math.ceil(answer.length / unitsPerToken) }, (_, i) => i),
      },
      ...{
        finish: isAbsent ? 'absent' : 'end',
        timeToFirstTokenMs: 210,
        decodeTokensPerSecond: 55,
      },
      ...{ reread: sources, sources, doubtful: false },
    }
  },
  /** as what is kept of a document is: in stretches */
  retained: async () =>
    Float32Array.from({ length: Math.ceil(text.length / unitsPerToken) }, (_, i) => {
      return Math.max(0, 0.2 + 0.4 * Math.sin(i / 97) * Math.sin(i / 31) * Math.sin(i / 7))
    }),
  memory: async () => memory,
  lost: async () => {
    await new Promise<void>((resolve) => waiting.set('lost', resolve))
    return 'it was unplugged'
  },
  cancel: (ticket) => cancelled.get(ticket)?.(),
  close: async () => undefined,
}

showLife()
carryErrors()
expose(session)
