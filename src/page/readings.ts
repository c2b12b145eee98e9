// From the choice of document and model to a reading that can be asked: reads, opens what was saved, and goes back to the
// start page when that fails.
import type { LongtabError } from '../index.ts'
import type { Columns } from './columns.ts'
import type { DocumentInput } from './document/document_input.ts'
import { whereIs } from './document/where.ts'
import { errorCode } from './errors.ts'
import type { GpuLine } from './gpu_line.ts'
import type { KeptView } from './kept/kept_view.ts'
import type { KeepButton } from './library/keep_button.ts'
import type { Library } from './library/library_view.ts'
import type { EachRead } from './library/read_each.ts'
import { createReadingKeeper } from './library/reading_keeper.ts'
import { requestToOpen } from './library/request.ts'
import { savedFile } from './library/save_document.ts'
import * as libraryTexts from './library/texts.ts'
import type { ModelPicker } from './model/model_picker.ts'
import type { ProblemView } from './problem/problem_view.ts'
import type { Transcript } from './questions/transcript.ts'
import { refusalOf, whyUnasked } from './questions/unasked.ts'
import type { ReadingView } from './reading/reading_view.ts'
import type { SessionHead } from './reading/session_head.ts'
import { createSession, type Opened, type ReadingRequest } from './session.ts'
import { overridesFor } from './settings/overrides.ts'
import type { SettingsForm } from './settings/settings_form.ts'
import type { Speak } from './spoken.ts'
import type { PageStore } from './state.ts'
import * as texts from './texts.ts'

export interface Readings {
  /** Reads what is chosen. @param skim see ReadingRequest */
  start(skim: boolean): Promise<void>
  /** The same document again, with the model that suits this device. */
  startWithReal(): void
  /** Lets the demonstration model read what it was made to be asked about. */
  demonstrate(): Promise<void>
  /** Opens a saved document with the model that it was read with. Throws LongtabError, see requestToOpen. */
  open(file: File, title: string, id: string): Promise<void>
  /** What was asked for last, once more: from what is kept of it, where something is. */
  again(): void
  cancel(): void
  /** Gives the GPU back; what was read cannot be asked any more. */
  release(): void
}

/** What a reading fills and changes. */
export interface ReadingViews {
  readonly documents: DocumentInput
  readonly picker: ModelPicker
  readonly settings: SettingsForm
  readonly head: SessionHead
  readonly library: Pick<Library, 'keep' | 'open'>
  readonly keep: KeepButton
  readonly columns: Columns
  readonly reading: ReadingView
  readonly transcript: Transcript
  readonly kept: KeptView
  readonly gpu: GpuLine
  readonly problems: ProblemView
  /** says it to a screen reader */
  readonly speak: Speak
}

export interface ReadingEvents {
  readonly showSession: () => void
  readonly backToSetup: () => void
  /** something to tell that is no fault; '' takes the last away */
  readonly say: (words: string) => void
  readonly failed: (error: unknown) => void
}

export function createReadings(store: PageStore, views: ReadingViews, on: ReadingEvents): Readings {
  const { documents, picker, settings, head, library, keep, columns, reading, transcript } = views
  const { kept, gpu, problems, speak } = views

  const keeper = createReadingKeeper({
    keep: (file, id) => library.keep(file, id),
    failed: on.failed,
  })
  const session = createSession(store, {
    progress: (progress) => reading.progress(progress),
    memory: (memory) => reading.memory(memory),
    checkpoint: (file) => keeper.checkpoint(file),
    read: (opened) => void finish(opened).then(() => offerToKeep(opened)),
    next(request, index, count) {
      const words = libraryTexts.oneOf(request.document.text.name, index, count)
      begin(request, words)
      speak(words)
    },
    async keep({ document, request }) {
      const save = () => savedFile(document, request.document.text)
      if (!(await keeper.finish(document.readMs, save))) await library.keep(await save())
    },
    eachRead: (each) => finishEach(each),
    failed(error) {
      leave()
      if (errorCode(error) === 'aborted') {
        on.say(keeper.id() !== undefined ? texts.cancelledOnTheWay : texts.cancelled)
        documents.focusRead()
      } else on.failed(error)
    },
    lost(error: LongtabError) {
      transcript.attach(undefined)
      on.failed(error)
      if (!columns.isRead()) leave()
    },
  })

  /** There is nothing to go back to. */
  const leave = (): void => {
    transcript.attach(undefined)
    documents.offerReturn(false)
    on.backToSetup()
  }

  const quieten = (): void => {
    problems.hide()
    on.say('')
  }

  const start = async (skim: boolean): Promise<void> => {
    quieten()
    const chosen = await documents.take()
    if (chosen.length === 0) return
    const candidate = await picker.ready()
    const { settings: resolved, chosen: fields } = store.get()
    if (candidate === undefined) {
      on.say(texts.noModel)
      picker.focus()
    } else if (resolved === undefined) settings.open()
    else if (await gpu.find()) {
      const overrides = overridesFor(candidate, fields)
      const ask = { candidate, overrides, settings: resolved, skim }
      const [first, ...others] = chosen.map((document) => ({ ...ask, document }))
      if (first === undefined) return
      if (others.length === 0) read(first)
      else {
        on.showSession()
        void session.readEach([first, ...others])
      }
    }
  }

  const read = (request: ReadingRequest): void => {
    begin(request, request.document.text.name)
    on.showSession()
    void session.read(request)
  }

  /** @param name what the reading is called while it goes on */
  const begin = (request: ReadingRequest, name: string): void => {
    const { candidate, document } = request
    quieten()
    transcript.stop()
    transcript.attach(undefined)
    if (store.get().reading?.document.text !== document.text) transcript.clear()
    store.set({ reading: request, kept: undefined })
    // asked here, where the user has just said so: a worker may not ask
    if (candidate.access.keep !== false) void navigator.storage.persist().catch(() => false)
    head.begin(name, candidate.name)
    documents.offerReturn(true)
    keep.hide()
    keeper.begin(request.saved?.isWhole === false ? request.saved.id : undefined)
    columns.begin()
    reading.begin(request)
  }

  /** Of several: the last is open, or the start page lists those that are kept. */
  const finishEach = ({ last, ended, said }: EachRead): void => {
    if (last === undefined) {
      leave()
      documents.focusRead()
    } else {
      void finish(last)
      keep.hide() // it is kept
    }
    on.say(said)
    if (ended !== undefined && errorCode(ended) !== 'aborted') on.failed(ended)
  }

  const finish = async ({ document: read, model, request }: Opened): Promise<void> => {
    const focusWasHere = reading.hasFocus()
    const { candidate } = request
    const { text, questions } = request.document
    const why = whyUnasked(request)
    reading.finish(read, request)
    document.title = texts.titleOf(text.name)
    head.finish(candidate.name, model.heads.note, model.notes)
    transcript.leaveUnasked(why, picker.firstChoice())
    if (why === '') transcript.attach(read, refusalOf(request), (passage) => whereIs(passage, text))
    else transcript.attach(undefined)
    transcript.suggest(questions)
    // the demonstration was trained on single questions
    transcript.suit(model, candidate.card?.demonstration !== true)
    columns.finish()
    if (focusWasHere && why === '') transcript.focus()
    await kept.show(read, text)
  }

  const offerToKeep = async ({ document: read, request }: Opened): Promise<void> => {
    const { candidate, saved, document } = request
    // the demonstration is read again as soon as it is opened
    if (saved?.isWhole === true || candidate.card?.demonstration === true) return
    const isKept = await keeper.finish(read.readMs, () => savedFile(read, document.text))
    if (store.get().reading !== request) return
    if (isKept) keep.told()
    else keep.offer(read, document.text)
  }

  return {
    start,
    startWithReal() {
      const real = picker.firstChoice()
      if (real === undefined) return
      picker.useListed(real)
      void start(false)
    },
    async demonstrate() {
      // few visits need it, and its words are a part of the first load otherwise
      const { sampleDocument } = await import('../tasks/sample.ts')
      // without a real GPU, as much as is read in a minute or two
      const tokens = store.get().gpu?.software === true ? 2000 : 100_000
      documents.offerSample(sampleDocument(tokens))
      picker.useListed('demonstration')
      await start(false)
    },
    async open(file, title, id) {
      quieten()
      const request = await requestToOpen(file, title, id, picker)
      if (request === undefined) {
        on.backToSetup()
        picker.focus() // what was looked at says why
      } else if (await gpu.find()) read(request)
    },
    again() {
      const { reading: latest } = store.get()
      const id = keeper.id()
      if (id !== undefined) void library.open(id)
      else if (latest === undefined) picker.look()
      else read(latest)
    },
    cancel: () => session.cancel(),
    release() {
      transcript.stop()
      session.release()
      transcript.attach(undefined)
      documents.offerReturn(false)
    },
  }
}
