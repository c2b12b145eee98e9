// Calls of a session that all settle. A worker that is gone answers nothing, so whoever waits for it is told why.
import { coded, type LongtabError } from '../api/errors.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'

export interface Settling<Session> {
  /** The same session, whose calls reject with what ended it, those under way and those that come. Every error has a code. */
  readonly session: LocalOrRemote<Session>
  /** Only the first reason counts. */
  readonly end: (reason: LongtabError) => void
  /** Fires with the reason. */
  readonly ended: AbortSignal
}

export function settling<Session extends object>(
  session: LocalOrRemote<Session>,
): Settling<Session> {
  const controller = new AbortController()
  const ended = controller.signal
  const rejected = new Promise<never>((_, reject) =>
    ended.addEventListener('abort', () => reject(ended.reason as LongtabError)),
  )
  rejected.catch(() => undefined) // whoever waits for a call gets the error
  const calls = new Proxy(session, {
    get(target, name) {
      return async (...given: unknown[]) => {
        try {
          ended.throwIfAborted()
          const call = Reflect.get(target, name) as (...given: unknown[]) => unknown
          // a remote function takes `call.apply` for one of its own members
          return await Promise.race([Reflect.apply(call, target, given), rejected])
        } catch (error) {
          throw coded(error)
        }
      }
    },
  })
  return { session: calls, end: (reason) => controller.abort(reason), ended }
}
