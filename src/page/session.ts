// One model, one document: loads what is asked for when it is not loaded yet, reads, and notices when the GPU is lost.
import {
  load,
  type LongDocument,
  type Memory,
  type Progress,
  type Model,
  type Settings,
  type Candidate,
} from '../index.ts'
import type { ChosenDocument } from './document/document_input.ts'

const memoryEveryMs = 500

export interface ReadingRequest {
  readonly candidate: Candidate
  /** what the engine is asked for; the rest follows from the model and its files */
  readonly wished: Partial<Settings>
  /** what the page says that it will be */
  readonly settings: Settings
  readonly document: ChosenDocument
}

export interface SessionEvents {
  readonly progress: (progress: Progress) => void
  /** bytes by purpose, some twice a second while reading */
  readonly memory: (memory: Memory) => void
  readonly read: (document: LongDocument, model: Model, request: ReadingRequest) => void
  readonly failed: (error: unknown) => void
  /** the model is gone; the request can be made again */
  readonly lost: (reason: string) => void
}

export interface Session {
  read(request: ReadingRequest): Promise<void>
  cancel(): void
  /** Gives the GPU back; the next reading loads the model again. */
  release(): void
}

interface Loaded {
  readonly model: Model
  readonly candidate: Candidate
  readonly wished: Partial<Settings>
}

export function createSession(on: SessionEvents): Session {
  let loaded: Loaded | undefined
  let work = new AbortController()
  /** the reading that a loss has ended; what it then throws is told already */
  let endedByLoss: AbortSignal | undefined

  /** The model of the request, loaded anew unless it is the one at hand with the same settings. */
  const modelFor = async (request: ReadingRequest, signal: AbortSignal): Promise<Model> => {
    const { candidate, wished } = request
    if (loaded?.candidate === candidate && sameWishes(loaded.wished, wished)) return loaded.model
    const before = loaded
    loaded = undefined
    await before?.model.close()
    const { heads, compressor, access } = candidate
    const options = {
      ...wished,
      ...access,
      ...(heads?.file === undefined ? {} : { heads: heads.file }),
      ...(compressor?.file === undefined ? {} : { compressor: compressor.file }),
      signal,
      onProgress: on.progress,
    }
    const model = await load(candidate.source, options)
    loaded = { model, candidate, wished }
    void model.lost.then((reason) => {
      if (loaded?.model !== model) return
      loaded = undefined
      endedByLoss = work.signal
      work.abort()
      on.lost(reason)
    })
    return model
  }

  return {
    async read(request) {
      work.abort()
      work = new AbortController()
      const { signal } = work
      try {
        const model = await modelFor(request, signal)
        const stopWatching = watchMemory(model, on)
        try {
          const { blob } = request.document.text
          const document = await model.read(blob, { signal, onProgress: on.progress })
          on.memory(await document.memory())
          on.read(document, model, request)
        } finally {
          stopWatching()
        }
      } catch (error) {
        if (work.signal === signal && endedByLoss !== signal) on.failed(error)
      }
    },
    cancel() {
      work.abort()
    },
    release() {
      work.abort()
      work = new AbortController() // nobody waits for what is given up
      const before = loaded
      loaded = undefined
      void before?.model.close()
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

function sameWishes(a: Partial<Settings>, b: Partial<Settings>): boolean {
  const names = Object.keys({ ...a, ...b }) as (keyof Settings)[]
  return names.every((name) => a[name] === b[name])
}
