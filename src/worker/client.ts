// The public objects on top of a session, wherever it runs: a model, its document, a streamed answer.
import { proxy } from 'comlink'
import type { Answer, AskOptions } from '../api/answer.ts'
import type { DocumentSource, LongDocument, ReadOptions } from '../api/document.ts'
import type { LoadOptions, Model, ModelSource } from '../api/model.ts'
import { LongtabError } from '../api/errors.ts'
import type { Progress } from '../api/progress.ts'
import { locateHeads } from '../model/find_heads.ts'
import { locate, locateFile } from '../model/locate.ts'
import { ownHeads } from '../own_heads.ts'
import type { Part } from '../text/thinking.ts'
import { createAnswer } from './answer.ts'
import type { Pull, Session, Ticket } from '../reading/protocol.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'

let lastTicket: Ticket = 0

/** @param end frees what the session runs in, e.g. its worker */
export async function openModel(
  session: LocalOrRemote<Session>,
  source: ModelSource,
  options: LoadOptions,
  end: () => void,
): Promise<Model> {
  const { heads, knownHeads = ownHeads(), compressor, onProgress, signal, ...others } = options
  const {
    gpu: _,
    revision,
    token,
    hub,
    keep,
    debug = 0,
    templateVariables = {},
    ...overrides
  } = others
  const access = { revision, token, hub, keep }
  const loaded = await cancellable(session, signal, 'loading', (ticket) =>
    told(onProgress, (tell) =>
      session.load(
        {
          ticket,
          source: locate(source, access),
          heads: heads === undefined ? undefined : locateFile(heads, access),
          known: locateHeads(knownHeads),
          compressor: compressor === undefined ? undefined : locateFile(compressor, access),
          overrides,
          templateVariables,
          debug,
        },
        tell,
      ),
    ),
  ).catch((error: unknown) => {
    void session.close() // gives the GPU's memory back where the session runs in this thread
    end()
    throw error
  })
  let current: symbol | undefined // the document that is open
  return {
    ...loaded,
    read: (document, readOptions = {}) => {
      const mine = Symbol('document')
      current = mine
      return readDocument(session, document, readOptions, () => current === mine)
    },
    countTokens: (text) => session.countTokens(text),
    memory: () => session.memory(),
    lost: session.lost(),
    async close() {
      await session.close()
      end()
    },
  }
}

async function readDocument(
  session: LocalOrRemote<Session>,
  document: DocumentSource,
  { form = 'chat', skim = false, encoding, onProgress, signal }: ReadOptions,
  isOpen: () => boolean,
): Promise<LongDocument> {
  const text = document instanceof ReadableStream ? puller(document) : asBlob(document)
  const read = await cancellable(session, signal, 'reading', (ticket) =>
    told(onProgress, (tell) => session.read({ ticket, form, skim, encoding }, text, tell)),
  )
  const requireOpen = () => {
    if (isOpen()) return
    throw new LongtabError(
      'bad-input',
      'this document was closed when another was read; read it again',
    )
  }
  const answer = (question: string | undefined, options: AskOptions = {}): Answer => {
    requireOpen()
    const { signal: answerSignal, onThinking, ...rest } = options
    return createAnswer(answerSignal, (onText, stopped) => {
      const onPart = ({ kind, text }: Part) =>
        kind === 'answer' ? onText(text) : onThinking?.(text)
      return cancellable(session, stopped, 'answering', (ticket) =>
        session.answer({ ticket, question, ...rest }, proxy(onPart)),
      )
    })
  }
  return {
    ...read,
    ask: (question, options) => answer(question, options),
    complete: (options) => answer(undefined, options),
    likelihood(text, { signal: stopped, ...rest } = {}) {
      requireOpen()
      return cancellable(session, stopped, 'scoring', (ticket) =>
        session.likelihood({ ticket, text, ...rest }),
      )
    },
    memory: () => session.memory(),
    retained() {
      requireOpen()
      return session.retained()
    },
    retainedIndices() {
      requireOpen()
      return session.retainedIndices()
    },
    merged() {
      requireOpen()
      return session.merged()
    },
  }
}

/** Runs an operation whose progress comes by a port of its own: what arrives after its end is not told any more. */
async function told<T>(
  onProgress: ((progress: Progress) => void) | undefined,
  run: (tell: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  let isOver = false
  const tell = (progress: Progress) => {
    if (!isOver) onProgress?.(progress)
  }
  try {
    return await run(proxy(tell))
  } finally {
    isOver = true
  }
}

/** Runs an operation that the signal can end. */
async function cancellable<T>(
  session: LocalOrRemote<Session>,
  signal: AbortSignal | undefined,
  doing: string,
  run: (ticket: Ticket) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new LongtabError('aborted', `${doing} was cancelled`)
  const ticket = ++lastTicket
  const cancel = () => void session.cancel(ticket)
  signal?.addEventListener('abort', cancel)
  try {
    return await run(ticket)
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** A stream as a function that gives its next part, which works in every browser; streams themselves do not all travel. */
function puller(stream: ReadableStream<Uint8Array | string>): Pull {
  const reader = stream.getReader()
  return proxy(async () => (await reader.read()).value)
}

/** A long string goes over as a blob: its bytes are not copied again, and the engine reads it bit by bit. */
function asBlob(document: string | Blob): Blob {
  return typeof document === 'string' ? new Blob([document]) : document
}
