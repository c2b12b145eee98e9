// What `Settings.recall` asks for, allocated and compiled when a model is loaded. Reading keeps units or passages outside the
// GPU, a question finds some of them, and the answer is given from those.
import type { AnswerSummary } from '../api/answer.ts'
import { privateFolder } from '../files/store/folder.ts'
import type { Engine } from '../forward/engine.ts'
import { readbackUsage } from '../gpu/memory.ts'
import { catchOutOfMemory } from '../gpu/room.ts'
import { stagingBytes } from '../plan/passage_room.ts'
import { bytesOfPlan } from '../plan/plan.ts'
import { keepsUnits } from '../plan/recall_shape.ts'
import { copyDocumentCache, holdsAll, type DocumentCache } from '../recall/document_cache.ts'
import { checkOf, judgementOf } from '../recall/answer_check.ts'
import { DocumentPassages, following } from '../recall/document_passages.ts'
import { lookUp } from '../recall/look_up.ts'
import { findSources } from '../recall/sources.ts'
import { openUnitRecall } from '../recall/unit_recall.ts'
import type { UnitRing } from '../recall/unit_ring.ts'
import type { About } from '../saved/about.ts'
import type { Part } from '../saved/part.ts'
import type { SavedFile } from '../saved/read.ts'
import * as from from './recall.ts'
import type { Surveyed } from './survey.ts'
import type { Texts } from './texts.ts'

/** Passages that are found where none is read again. */
const passagesFound = 8

/** First passages of a document that drafts of an answer are looked up in, about a million tokens. */
const passagesRepeated = 8192

export interface DocumentRecall {
  /** takes units off the GPU while reading */
  readonly ring: UnitRing | undefined
  /**
   * Forgets the document before.
   * @param prefix token ids before the document's first, as those of the template
   */
  begin(form: 'chat' | 'plain', skim: boolean, prefix: readonly number[]): Promise<void>
  /** Of the document being read. */
  passages(): DocumentPassages | undefined
  /** Once a document has been read, or opened. */
  finish(): Promise<void>
  /** What is kept of the document, to be saved. */
  parts(): Part[]
  about(): Pick<About, 'units' | 'passages'>
  /** The same while it is being read: passages are left out, which are cut anew from the text when the reading goes on. */
  soFar(): Promise<Pick<DocumentRecall, 'parts' | 'about'>>
  /** In place of reading: takes what was saved, between `begin` and `finish`. Throws LongtabError `bad-file`. */
  open(file: SavedFile, about: Pick<About, 'units' | 'passages'>): Promise<void>
  /** Bytes outside the GPU. */
  bytes(): number
  /**
   * Looks a question up; undefined where the document does not speak of what it asks.
   * @param before the question before
   */
  look(
    question: string | undefined,
    before: string | undefined,
    evenIfAbsent: boolean,
  ): Promise<Look | undefined>
  /** The whole document, to be read once more; undefined where it has no passages. */
  again(): Again | undefined
}

/** A document whose passages are read again, one stretch after the other, in place of its cache. */
export interface Again {
  /** of each passage */
  readonly tokens: readonly number[]
  readonly take: Surveyed['take']
  /** @param ids the template's are put before them */
  grounds(ids: readonly number[]): from.Grounds
  /** the cache that comes back afterwards */
  hold(): Promise<DocumentCache>
}

/** What a question found. */
export interface Look {
  readonly grounds: from.Grounds
  /** tokens that are read again */
  readonly tokens: number
  /**
   * Once the answer is there.
   * @param odds see AnswerSummary
   */
  told(answer: string, odds: number | undefined): Promise<Told>
}

type Told = Pick<AnswerSummary, 'reread' | 'sources' | 'doubtful'>

/** Throws LongtabError `does-not-fit` or `out-of-memory`, as openUnitRecall does. */
export async function openRecall(
  engine: Engine,
  { tokenizer, chat }: Texts,
): Promise<DocumentRecall> {
  const { gpu, plan } = engine
  const { settings } = plan
  const { recall, reread = passagesFound, doubtBelow } = settings
  const units = keepsUnits(settings) ? await openUnitRecall(engine) : undefined
  const allocate = () =>
    gpu.memory.allocate('scratch', 'a copy of the cache, leaving', stagingBytes, readbackUsage)
  const staging =
    recall === 'passages' ? await catchOutOfMemory(gpu, bytesOfPlan(plan), allocate) : undefined
  const encoding = {
    tokenizer,
    specials: 'data',
    boundary: chat.boundary,
    lead: chat.lead.length,
  } as const
  const judgement = doubtBelow === undefined ? undefined : judgementOf(tokenizer)
  const checking = (question: string): from.Checking | undefined =>
    judgement &&
    staging && {
      checkOf: (answer) => ({
        prefix,
        tail: chat.tail(checkOf(question, answer)),
        judgement,
      }),
      staging,
    }
  const unitParts = () => (units ? [units.part()] : [])
  const unitsAbout = () => ({ ...(units && { units: units.about() }) })
  let passages: DocumentPassages | undefined
  let held: DocumentCache | undefined
  /** the cache holds all of the document, so the model itself sees what is not there */
  let isWhole = false
  let isSkimmed = false
  let prefix: readonly number[] = []

  return {
    ring: units?.ring,
    async begin(form, skim, before) {
      isSkimmed = skim
      prefix = before
      await passages?.close()
      held = undefined
      await units?.begin()
      const isAsked = recall !== 'none' && form === 'chat'
      passages = isAsked
        ? new DocumentPassages(encoding, await privateFolder('passages'))
        : undefined
    },
    passages: () => passages,
    async finish() {
      await units?.finish()
      isWhole = !isSkimmed && holdsAll(engine)
      // a document that the cache holds whole, and that is no longer than its passages, is answered from as it is
      if (staging && passages && (!isWhole || passages.count > reread))
        held = await copyDocumentCache(engine, staging)
    },
    parts: () => [...unitParts(), ...(passages?.parts() ?? [])],
    about: () => ({ ...unitsAbout(), ...(passages && { passages: passages.about() }) }),
    async soFar() {
      await units?.ring.settled()
      return { parts: unitParts, about: unitsAbout }
    },
    async open(file, about) {
      if (units) await units.open(file, about.units ?? { tokens: 0 })
      if (about.passages) await passages?.open(file, about.passages)
    },
    bytes: () => (units?.bytes() ?? 0) + (passages?.bytes ?? 0) + (held?.bytes ?? 0),
    async look(question, before, evenIfAbsent) {
      const ofCache = units ? from.units(engine, units) : from.document
      const document = passages
      if (document === undefined || question === undefined)
        return { grounds: ofCache, tokens: 0, told: nothing }
      const usual: from.Grounds = {
        ...ofCache,
        repeats: () => document.ids(following(0, Math.min(document.count, passagesRepeated))),
      }
      const found = lookUp(document.words, question, before, reread)
      if (found.kind === 'absent' && !evenIfAbsent && !isWhole) return undefined
      const describe = (some: readonly number[]) =>
        Promise.all(some.map((passage) => document.describe(passage)))
      const chosen =
        found.kind === 'passages' ? found.passages : isSkimmed ? evenly(document.count, reread) : []
      const again = held ? chosen.toSorted(ascending) : []
      const ids = [...prefix, ...(await document.ids(again))]
      return {
        grounds:
          held && again.length > 0 ? from.passages(engine, ids, held, checking(question)) : usual,
        tokens: again.length > 0 ? ids.length : 0,
        async told(answer, odds = Infinity) {
          const doubtful = odds < (doubtBelow ?? -Infinity)
          const sources = doubtful ? [] : findSources(document.words, question, answer, again)
          return { reread: await describe(again), sources: await describe(sources), doubtful }
        },
      }
    },
    again() {
      const document = passages
      if (document === undefined || staging === undefined) return undefined
      return {
        tokens: document.tokens(),
        take: async (first, count) => ({
          ids: await document.ids(following(first, count)),
          passage: await document.describe(first, count),
        }),
        grounds: (ids) => from.text(engine, [...prefix, ...ids]),
        hold: async () => held ?? copyDocumentCache(engine, staging),
      }
    },
  }
}

const nothing = (): Promise<Told> => Promise.resolve({ reread: [], sources: [], doubtful: false })

/** Passages at even distances, the first among them. */
function evenly(count: number, wanted: number): number[] {
  const most = Math.min(count, wanted)
  return Array.from({ length: most }, (_, i) => Math.floor((i * count) / most))
}

const ascending = (a: number, b: number) => a - b
