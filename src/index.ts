// Longtab: read documents of any length on the user's own GPU, in memory that never grows.
import { wrap } from 'comlink'
import type { LoadOptions, Model, ModelSource } from './api.ts'
import { openModel, type RemoteSession } from './worker/client.ts'
import { carryErrors } from './worker/errors.ts'
import type { Session } from './worker/protocol.ts'

export type * from './api.ts'
export type { Allocation } from './engine/allocation.ts'
export { policyNames, policyTraits, type PolicyName } from './engine/policy_traits.ts'
export type { Settings } from './engine/settings.ts'
export type { ModelDescription } from './model/description.ts'
export { estimateBytes } from './engine/plan.ts'
export { defaultSettings } from './engine/settings.ts'
export { LongtabError, type ErrorCode } from './errors.ts'

/**
 * Loads a model, in a Web Worker of its own, or with `gpu` in this thread.
 * @param source URL of a Hugging Face folder, or its files
 */
export function load(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  return options.gpu ? loadHere(options.gpu, source, options) : loadInWorker(source, options)
}

function loadInWorker(source: ModelSource, options: LoadOptions): Promise<Model> {
  carryErrors()
  const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' })
  const session = wrap<Session>(worker) as unknown as RemoteSession
  return openModel(session, source, options, () => {
    worker.terminate()
  })
}

/** The engine is fetched only here: a page that leaves it to the worker need not load it twice. */
async function loadHere(gpu: GPU, source: ModelSource, options: LoadOptions): Promise<Model> {
  const { openSession } = await import('./engine/session.ts')
  return openModel(inThisThread(openSession(gpu)), source, options, () => undefined)
}

/** A session without a worker: the same calls, made asynchronous. */
function inThisThread(session: Session): RemoteSession {
  return {
    ...session,
    async cancel(ticket) {
      await Promise.resolve()
      session.cancel(ticket)
    },
    async close() {
      await Promise.resolve()
      session.close()
    },
  }
}
