// The one model behind all sessions. It is loaded by whoever needs it first, and again after a loading that failed.
import type { LoadOptions, Model } from '../index.ts'
import type { ChatCompletions } from '../openai/index.ts'

/** Loads a model with what is told of it. */
export type OpenModel = (call: Pick<LoadOptions, 'onProgress'>) => Promise<Model>

/** A model and what answers with it. */
export interface Answering {
  readonly model: Model
  readonly completions: ChatCompletions
}

export interface Loader {
  isLoaded(): boolean
  /** @param onPart is told the part that has arrived, 0…1 */
  load(onPart: (loaded: number) => void): Promise<Answering>
}

export function createLoader(open: OpenModel, shape: (model: Model) => Answering): Loader {
  const listeners = new Set<(loaded: number) => void>()
  let loading: Promise<Answering> | undefined
  let isLoaded = false
  const begin = async (): Promise<Answering> => {
    try {
      const model = await open({
        onProgress: ({ done, total }) => {
          if (total !== undefined && total > 0) for (const tell of listeners) tell(done / total)
        },
      })
      isLoaded = true
      return shape(model)
    } catch (error) {
      loading = undefined
      throw error
    }
  }
  return {
    isLoaded: () => isLoaded,
    async load(onPart) {
      listeners.add(onPart)
      try {
        return await (loading ??= begin())
      } finally {
        listeners.delete(onPart)
      }
    },
  }
}
