// One model, one document: loads what is asked for when it is not loaded yet, reads, and notices when the GPU is lost.
import {
  load,
  type Checkpoints,
  type LongDocument,
  type LongtabError,
  type Memory,
  type Progress,
  type Model,
  type Settings,
  type Candidate,
  type SettingOverrides,
} from '../index.ts'
import { debugLevel } from './debug_level.ts'
import type { ChosenDocument } from './document/document_input.ts'
import type { EachRead } from './library/read_each.ts'
import { kernelChoice } from './kernel_choice.ts'
import { longReadingMs } from './library/reading_keeper.ts'
import { savedAs } from './library/save_document.ts'
import { stayAwake } from './reading/stay_awake.ts'
import type { PageStore } from './state.ts'

const memoryEveryMs = 500

export interface ReadingRequest {
  readonly candidate: Candidate
  /** what the engine is asked for; the rest follows from the model and its files */
  readonly overrides: SettingOverrides
  /** what the page says that it will be */
  readonly settings: Settings
  readonly document: ChosenDocument
  /** the model does not read it, only the passages that questions find */
  readonly skim: boolean
  /** the saved document that is opened, and read on if it is not whole; undefined where the reading begins */
  readonly saved?: SavedReading
}

export interface SavedReading {
  readonly file: Blob
  /** it was read to its end */
  readonly isWhole: boolean
  /** of the document in the library */
  readonly id: string
}

export interface SessionEvents {
  readonly progress: (progress: Progress) => void
  /** bytes by purpose, some twice a second while reading */
  readonly memory: (memory: Memory) => void
  /** takes a checkpoint of what is being read */
  readonly checkpoint: Checkpoints['keep']
  readonly read: (opened: Opened) => void
  /** one of several begins */
  readonly next: (request: ReadingRequest, index: number, count: number) => void
  /** one of several was read */
  readonly keep: (opened: Opened) => Promise<void>
  /** several were, or as many as could be */
  readonly eachRead: (read: EachRead) => void
  readonly failed: (error: unknown) => void
  /** the model is gone; the request can be made again */
  readonly lost: (error: LongtabError) => void
}

export interface PageSession {
  read(request: ReadingRequest): Promise<void>
  /** One after the other, each kept before the next. */
  readEach(requests: readonly ReadingRequest[]): Promise<void>
  cancel(): void
  /** Gives the GPU back; the next reading loads the model again. */
  release(): void
}

/** A document that was read, or opened, and what it was read with. */
export interface Opened {
  readonly document: LongDocument
  readonly model: Model
  readonly request: ReadingRequest
}

/** The model on the GPU, and what it was loaded with. */
export interface Loaded {
  readonly model: Model
  readonly candidate: Candidate
  readonly overrides: SettingOverrides
}

/** Why a reading ended that a loss of the GPU has ended; what it then throws is told already. */
const gpuLost = Symbol('the GPU was lost')

export function createSession(store: PageStore, on: SessionEvents): PageSession {
  let work = new AbortController()

  /** The model of the request, loaded anew unless it is the one at hand with the same settings. */
  const modelFor = async (request: ReadingRequest, signal: AbortSignal): Promise<Model> => {
    const { candidate, overrides } = request
    const { loaded } = store.get()
    if (loaded?.candidate === candidate && sameOverrides(loaded.overrides, overrides))
      return loaded.model
    store.set({ loaded: undefined })
    await loaded?.model.close()
    const { heads, compressor, access } = candidate
    const options = {
      ...overrides,
      ...access,
      ...(heads?.file === undefined ? {} : { heads: heads.file }),
      ...(compressor?.file === undefined ? {} : { compressor: compressor.file }),
      debug: debugLevel(location.search),
      kernels: kernelChoice(location.search),
      signal,
      onProgress: on.progress,
    }
    const model = await load(candidate.source, options)
    store.set({ loaded: { model, candidate, overrides } })
    void model.lost.then((error) => {
      if (store.get().loaded?.model !== model) return
      store.set({ loaded: undefined })
      work.abort(gpuLost)
      on.lost(error)
    })
    return model
  }

  const open = async (request: ReadingRequest, signal: AbortSignal): Promise<Opened> => {
    const model = await modelFor(request, signal)
    const stopWatching = watchMemory(model, on)
    try {
      const { text } = request.document
      const { skim, saved, candidate } = request
      // the demonstration is read again as soon as it is opened
      const isKept = candidate.card?.demonstration !== true
      const checkpoints = { ...savedAs(text), keep: on.checkpoint, everyMs: longReadingMs }
      const told = { signal, onProgress: on.progress, ...(isKept && { checkpoints }) }
      const document = saved
        ? await model.open(saved.file, told)
        : await model.read(text.blob, {
            skim,
            format: 'text', // the page has seen to it
            encoding: 'utf-8',
            ...told,
          })
      on.memory(await document.memory())
      return { document, model, request }
    } finally {
      stopWatching()
    }
  }

  /** Ends what was under way, and tells what goes wrong. */
  const working = async (act: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    work.abort()
    work = new AbortController()
    const { signal } = work
    const letSleep = stayAwake()
    try {
      await act(signal)
    } catch (error) {
      if (work.signal === signal && signal.reason !== gpuLost) on.failed(error)
    } finally {
      letSleep()
    }
  }

  return {
    read: (request) => working(async (signal) => on.read(await open(request, signal))),
    readEach: (requests) =>
      working(async (signal) => {
        const { readEach } = await import('./library/read_each.ts')
        const read = await readEach(requests, {
          begin: on.next,
          open: (request) => open(request, signal),
          keep: on.keep,
        })
        if (work.signal === signal && signal.reason !== gpuLost) on.eachRead(read)
      }),
    cancel() {
      work.abort()
    },
    release() {
      work.abort()
      work = new AbortController() // nobody waits for what is given up
      const { loaded } = store.get()
      store.set({ loaded: undefined })
      void loaded?.model.close()
    },
  }
}

function watchMemory(model: Model, on: SessionEvents): () => void {
  const look = (): void => {
    // A model that was lost or closed meanwhile has nothing to report; reading itself tells why.
    model.memory().then(on.memory, () => undefined)
  }
  look()
  const timer = setInterval(look, memoryEveryMs)
  return () => clearInterval(timer)
}

/** As `overridesFor` makes them: what is in both has the same order. */
function sameOverrides(a: SettingOverrides, b: SettingOverrides): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
