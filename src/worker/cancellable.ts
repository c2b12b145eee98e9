// Operations of a session that a signal can end.
import { LongtabError } from '../api/errors.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import type { Session, Ticket } from '../reading/protocol.ts'

let lastTicket: Ticket = 0

/** Runs an operation that the signal can end. @param doing it, in the words of the error */
export async function cancellable<T>(
  session: LocalOrRemote<Session>,
  signal: AbortSignal | undefined,
  doing: string,
  run: (ticket: Ticket) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new LongtabError('aborted', `${doing} was cancelled`)
  const ticket = ++lastTicket
  const cancel = () => {
    // a session that has ended has nothing to cancel
    Promise.resolve(session.cancel(ticket)).catch(() => undefined)
  }
  signal?.addEventListener('abort', cancel)
  try {
    return await run(ticket)
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}
