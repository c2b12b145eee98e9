// One model, one document: loads what is asked for when it is not loaded yet, reads, and notices when the GPU is lost.
import { load } from '../index.ts'
import type { LongDocument, Memory, Model, Progress } from '../api.ts'
import type { Settings } from '../engine/settings.ts'
import type { ChosenDocument } from './document_input.ts'
import type { Candidate } from './model_source.ts'

const memoryEveryMs = 500

export interface ReadingRequest {
  readonly candidate: Candidate
  readonly settings: Settings
  readonly document: ChosenDocument
}

export interface SessionEvents {
  readonly progress: (progress: Progress) => void
  /** bytes by purpose, some twice a second while reading */
  readonly memory: (memory: Memory) => void
  readonly read: (document: LongDocument, request: ReadingRequest) => void
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
  readonly settings: Settings
}

export function createSession(on: SessionEvents): Session {
  let loaded: Loaded | undefined
  let work = new AbortController()
  /** the reading that a loss has ended; what it then throws is told already */
  let endedByLoss: AbortSignal | undefined

  /** The model of the request, loaded anew unless it is the one at hand with the same settings. */
  const modelFor = async (request: ReadingRequest, signal: AbortSignal): Promise<Model> => {
    const { candidate, settings } = request
    if (loaded?.candidate === candidate && sameSettings(loaded.settings, settings))
      return loaded.model
    const before = loaded
    loaded = undefined
    await before?.model.close()
    const { heads, compressor, access } = candidate
    const options = {
      ...settings,
      ...access,
      ...(heads?.file === undefined ? {} : { heads: heads.file }),
      ...(compressor?.file === undefined ? {} : { compressor: compressor.file }),
      signal,
      onProgress: on.progress,
    }
    const model = await load(candidate.source, options)
    loaded = { model, candidate, settings }
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
          on.read(document, request)
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

function sameSettings(a: Settings, b: Settings): boolean {
  return (Object.keys(a) as (keyof Settings)[]).every((name) => a[name] === b[name])
}
