// The public objects on top of a session, wherever it runs: a model, its document, a streamed answer.
import { proxy } from 'comlink'
import type { Answer, AskOptions } from '../api/answer.ts'
import type { LongDocument, ReadOptions } from '../api/document.ts'
import type { LoadOptions, Model, ModelSource } from '../api/model.ts'
import { LongtabError } from '../api/errors.ts'
import type { Progress } from '../api/progress.ts'
import { locateHeads } from '../model/find_heads.ts'
import { locate, locateFile } from '../model/locate.ts'
import { ownHeads } from '../own_heads.ts'
import { createAnswer } from './answer.ts'
import { cancellable } from './cancellable.ts'
import { foundIn, inFile, withPlaces, type InFile } from './in_file.ts'
import { fromStart, goingOn, keeping } from './kept_on_the_way.ts'
import type { OpenDocument } from './open_file.ts'
import { settling } from './settling.ts'
import { openSource, takeWhole, type Source } from './source.ts'
import { startSurvey } from './survey.ts'
import { endThread, type Thread } from './thread.ts'
import type { Session, Told } from '../reading/protocol.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'

/**
 * @param thread ended when the model is closed, or cannot be loaded
 * @param openDocument parses a file that is more than text
 */
export async function openModel(
  thread: Thread<Session>,
  openDocument: OpenDocument,
  source: ModelSource,
  options: LoadOptions,
): Promise<Model> {
  const { session, end, ended } = settling(thread.session)
  void thread.failed.then(end)
  const close = async (reason: LongtabError): Promise<void> => {
    if (ended.aborted) return
    end(reason)
    await endThread(thread)
  }
  const { heads, knownHeads = ownHeads(), compressor, onProgress, signal, ...others } = options
  const {
    gpu: _,
    revision,
    token,
    hub,
    keep,
    debug = 0,
    kernels = 'measured',
    templateVariables = {},
    ...overrides
  } = others
  const access = { revision, token, hub, keep }
  const cancel = () => void close(new LongtabError('aborted', 'loading was cancelled'))
  signal?.addEventListener('abort', cancel) // also of a worker that never answers
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
          kernels,
        },
        tell,
      ),
    ),
  )
    .catch((error: unknown) => {
      void close(error as LongtabError)
      throw error
    })
    .finally(() => signal?.removeEventListener('abort', cancel))
  const leave = () => close(new LongtabError('closed', 'the model was closed; load it again'))
  let current: symbol | undefined // the document that is open
  let begun: Promise<unknown> = Promise.resolve() // the readings so far, which begin in their order
  const { diagnostics, ...known } = loaded
  return {
    ...known,
    diagnostics: () => diagnostics,
    read: async (document, readOptions = {}) => {
      const mine = Symbol('document')
      current = mine
      const { signal, checkpoints } = readOptions
      const stopped = signal ? AbortSignal.any([signal, ended]) : ended
      const open = checkpoints === undefined ? openSource : takeWhole
      const opening = open(document, readOptions, openDocument, stopped)
      const source = Promise.all([opening, begun]).then(([opened]) => opened)
      begun = source.catch(() => undefined)
      const read = await readDocument(session, source, readOptions)
      return documentOf(session, read, () => current === mine)
    },
    open: async (file, { checkpoints, onProgress: tellOpening, signal: stopped } = {}) => {
      const before = current
      const mine = Symbol('document')
      current = mine
      try {
        const read = await cancellable(session, stopped, 'opening', (ticket) =>
          told(tellOpening, (tell) =>
            session.open(
              { ticket, checkpoints: checkpoints && goingOn(checkpoints) },
              file,
              tell,
              keeping(checkpoints),
            ),
          ),
        )
        return documentOf(session, read, () => current === mine)
      } catch (error) {
        if (current === mine) current = before // the session knows whether it is still there
        throw error
      }
    },
    countTokens: (text) => session.countTokens(text),
    memory: () => session.memory(),
    lost: Promise.race([lostDevice(thread.session), thread.failed]),
    close: leave,
    [Symbol.asyncDispose]: leave,
  }
}

async function readDocument(
  session: LocalOrRemote<Session>,
  source: Promise<Source>,
  { form = 'chat', skim = false, keepText = false, checkpoints, onProgress, signal }: ReadOptions,
): Promise<InFile> {
  const { text, encoding, file } = await source
  const request = {
    ...{ form, skim, encoding },
    keepText: keepText || file !== undefined,
    checkpoints: checkpoints && file && fromStart(checkpoints, file),
  }
  const read = await cancellable(session, signal, 'reading', (ticket) =>
    told(onProgress, (tell) =>
      session.read({ ticket, ...request }, text, tell, keeping(checkpoints)),
    ),
  ).finally(() => file?.close())
  return inFile(read, file)
}

function documentOf(
  session: LocalOrRemote<Session>,
  found: InFile,
  isOpen: () => boolean,
): LongDocument {
  const requireOpen = () => {
    if (isOpen()) return
    throw new LongtabError(
      'bad-input',
      'this document was closed when another was read or opened; read it again',
    )
  }
  const answer = (question: string | undefined, options: AskOptions = {}): Answer => {
    requireOpen()
    const { signal: answerSignal, onThinking, onToken, ...rest } = options
    return createAnswer(answerSignal, (onText, stopped) => {
      const onPart = (part: Told) => {
        if (part.kind === 'token') onToken?.(part.token)
        else if (part.kind === 'answer') onText(part.text)
        else onThinking?.(part.text)
      }
      const answered = cancellable(session, stopped, 'answering', (ticket) =>
        session.answer({ ticket, question, ...rest }, proxy(onPart)),
      )
      return answered.then((summary) => withPlaces(summary, found.places))
    })
  }
  return {
    ...found,
    ask: (question, options) => answer(question, options),
    complete: (options) => answer(undefined, options),
    survey(question, options = {}) {
      requireOpen()
      return startSurvey(session, question, options, found.places)
    },
    async surveyCost(options = {}) {
      requireOpen()
      return session.surveyCost(options)
    },
    async likelihood(text, { signal: stopped, ...rest } = {}) {
      requireOpen()
      return cancellable(session, stopped, 'scoring', (ticket) =>
        session.likelihood({ ticket, text, ...rest }),
      )
    },
    memory: () => session.memory(),
    async save({ title = '', source, from, onProgress, signal } = {}) {
      requireOpen()
      return cancellable(session, signal, 'saving', (ticket) =>
        told(onProgress, (tell) =>
          session.save({ ticket, title, source, found: { ...foundIn(found), ...from } }, tell),
        ),
      )
    },
    async text() {
      requireOpen()
      return session.text()
    },
    async retained() {
      requireOpen()
      return session.retained()
    },
    async retainedIndices() {
      requireOpen()
      return session.retainedIndices()
    },
    async merged() {
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

async function lostDevice(session: LocalOrRemote<Session>): Promise<LongtabError> {
  return new LongtabError('device-lost', await session.lost())
}
