// The thread that a session runs in: this one, or a worker whose failures are noticed.
import { wrap } from 'comlink'
import { LongtabError } from '../api/errors.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import { carryErrors } from './errors.ts'
import { beginWorker, endpointOf, threw, type Start } from './beginning.ts'
import { watchLife } from './life.ts'
import type { ThreadName } from './thread_script.ts'

export interface Thread<Session> {
  readonly session: LocalOrRemote<Session>
  /** Resolves with what happened if it cannot be started or ends by itself; otherwise never. */
  readonly failed: Promise<LongtabError>
  /** Frees what it holds. */
  readonly end: () => void
}

export function thisThread<Session>(session: LocalOrRemote<Session>): Thread<Session> {
  return { session, failed: new Promise(() => undefined), end: () => undefined }
}

/** Milliseconds that a session has to end by itself what is under way, before its thread is ended. */
export const patience = 1000

/** Closes the session and ends its thread, whether or not the session answers. */
export async function endThread({
  session,
  failed,
  end,
}: Thread<{ close(): void | Promise<void> }>): Promise<void> {
  const closed = Promise.resolve(session.close()).catch(() => undefined)
  const late = new Promise((done) => setTimeout(done, patience))
  await Promise.race([closed, failed, late])
  end()
}

/**
 * @param start constructs the worker that lies beside the module; it may throw
 * @param name tells a worker that is a part of the module what it is for
 * @param script address of the script that starts it, which the worker's lies beside
 * @param fault the error of a worker that threw or ended
 */
export function workerThread<Session>(
  start: Start,
  name: ThreadName,
  script: string,
  fault: (what: string) => LongtabError = engineFault,
): Thread<Session> {
  carryErrors()
  const { begun, end } = beginWorker(start, name)
  let fail: (error: LongtabError) => void
  const failed = new Promise<LongtabError>((resolve) => (fail = resolve))
  const broke = (error: unknown): void =>
    fail(threw(error) ? fault(thrown(error, script)) : notStarted(script, reason(error)))
  void begun.then(({ worker, lock }) => {
    worker.addEventListener('error', broke)
    watchLife(lock, () => fail(fault(gone(script))))
  }, broke)
  const session = wrap<Session>(endpointOf(begun, broke)) as LocalOrRemote<Session>
  return { session, failed, end }
}

function notStarted(script: string, why?: string): LongtabError {
  const reason = why ?? 'its script was not found, is no script, or is forbidden by this page'
  return new LongtabError(
    'worker-failed',
    `the worker beside ${script} could not be started: ${reason}; serve all files of Longtab together, from the page’s own site`,
  )
}

function engineFault(what: string): LongtabError {
  return new LongtabError('worker-failed', `${what}; load the model again`)
}

/** What a constructor threw; an event of a script that was not fetched has no words. */
function reason(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined
}

function thrown({ filename, message }: ErrorEvent, script: string): string {
  return `the worker ${filename || script} failed: ${message}`
}

function gone(script: string): string {
  return `the worker beside ${script} ended by itself, perhaps for lack of memory`
}
