// The one model that answers.
import { seconds } from './files.ts'
import { RequestError } from './request_error.ts'

/** A model that answers. */
export interface ModelObject {
  /** Its name, which requests give as `model`. */
  id: string
  /** Says what it is. */
  object: 'model'
  /** Seconds since 1970 at which it began to answer. */
  created: number
  /** Who runs it. */
  owned_by: 'longtab'
}

/** All models that answer. */
export interface ModelList {
  /** Says what it is. */
  object: 'list'
  /** The one model. */
  data: ModelObject[]
}

/** Models that answer: the one that was loaded. */
export interface Models {
  /**
   * Lists it.
   * @throws Nothing.
   */
  list(): Promise<ModelList>
  /**
   * Tells of one.
   * @throws LongtabError `bad-setting` for another name.
   */
  retrieve(id: string): Promise<ModelObject>
}

export function createModels(name: string): Models {
  const only: ModelObject = {
    ...{ id: name, object: 'model', created: seconds(), owned_by: 'longtab' },
  }
  return {
    list: async () => ({ object: 'list', data: [only] }),
    async retrieve(id) {
      requireModel(id, name)
      return only
    },
  }
}

/** Throws RequestError unless it is the model that answers. */
export function requireModel(asked: string | undefined, name: string): void {
  if (asked === name) return
  const what = asked === undefined ? 'model is missing' : `the model ${asked} is not loaded here`
  const status = asked === undefined ? 400 : 404
  throw new RequestError('bad-setting', `${what}; ask for ${name}`, { param: 'model', status })
}
