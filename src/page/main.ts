// Puts the views in their places and wires them: setup → loading and reading → questions, and back after every problem.
import {
  LongtabError,
  type LongDocument,
  type Model,
  locationOf,
  type Candidate,
} from '../index.ts'
import { sampleDocument } from '../tasks/sample.ts'
import { createColumns } from './columns.ts'
import { createCostView } from './cost/cost_view.ts'
import { createDocumentInput } from './document/document_input.ts'
import { whereIs } from './document/where.ts'
import { errorCode, explain, type Remedy } from './errors.ts'
import { closeFoldsByEscape } from './folds.ts'
import { createGpuLine } from './gpu_line.ts'
import { createHelp } from './help/help.ts'
import { drawHeroTape } from './hero_tape.ts'
import { createKeptView } from './kept/kept_view.ts'
import { createHeadsLine } from './model/heads_line.ts'
import { createKeepButton } from './library/keep_button.ts'
import { createLibrary } from './library/library_view.ts'
import { requestToOpen } from './library/request.ts'
import { createModelPicker } from './model/model_picker.ts'
import { createStoredList } from './model/stored_list.ts'
import { createOffline } from './offline/offline.ts'
import { createProblemView } from './problem/problem_view.ts'
import { createTranscript } from './questions/transcript.ts'
import { refusalOf, whyUnasked } from './questions/unasked.ts'
import { createReadingView } from './reading/reading_view.ts'
import { createSessionHead } from './reading/session_head.ts'
import { showSections } from './sections.ts'
import { createSession, type ReadingRequest } from './session.ts'
import { createSettingsForm } from './settings/settings_form.ts'
import { overridesFor } from './settings/overrides.ts'
import { createSpeaker } from './spoken.ts'
import { createPageStore } from './state.ts'
import { partsOf } from './template.ts'
import * as texts from './texts.ts'
import { createTraining } from './training/training.ts'

const parts = partsOf(document)
const { part, slot } = parts
const starting = part('starting', HTMLElement)
const notice = part('notice', HTMLElement)
const update = part('update', HTMLElement)

const store = createPageStore()
const speak = createSpeaker(part('spoken', HTMLElement))
const problems = createProblemView(slot('problem'))
const gpu = createGpuLine(part('adapter', HTMLElement), store, showProblem)

// the start page
const documents = createDocumentInput(slot('document'), store, {
  model: (files) => picker.useFiles(files),
  saved: (file) => void library.take(file),
  next: setAside,
  read: () => void start(false),
  skim: () => void start(true),
  demonstrate,
  back: showSession,
})
const picker = createModelPicker(slot('model'), store)
createCostView(slot('cost'), store)
const headsLine = createHeadsLine(slot('heads-line'), store, openTraining)
const stored = createStoredList(slot('stored'), {
  use: (model) => picker.use(model),
  failed: showProblem,
})
const library = createLibrary(slot('library'), store, {
  open: (file, title) => void openKept(file, title).catch(showProblem),
  newDocument: () => remedy('document'),
  failed: showProblem,
})
const settings = createSettingsForm(slot('settings'), store, {
  heads: {
    add: (file) => addFile(picker.addHeads(file)),
    remove: () => picker.removeHeads(),
  },
  compressor: {
    add: (file) => addFile(picker.addCompressor(file)),
    remove: () => picker.removeCompressor(),
  },
})

// reading and asking
const columns = createColumns(parts)
const head = createSessionHead(slot('session-head'), {
  changeModel: () => remedy('settings'),
})
const keep = createKeepButton(slot('keep'), {
  keep: (file) => library.keep(file),
  failed: showProblem,
})
const reading = createReadingView(slot('reading'), store, speak, {
  cancel: () => session.cancel(),
  seek: (token) => kept.goTo(token),
})
const transcript = createTranscript(slot('questions'), speak, {
  failed: showProblem,
  chooseModel: () => remedy('model'),
  source: (passage) => kept.mark(passage),
  readWithReal,
})
const kept = createKeptView(slot('kept'), store, showProblem)
// the built page is under a policy (cli/site/content_policy.ts)
addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
  if (effectiveDirective === 'connect-src')
    showProblem(new LongtabError('network', texts.notOurs(blockedURI)))
})
const session = createSession(store, {
  progress: (progress) => reading.progress(progress),
  memory: (memory) => reading.memory(memory),
  read: (document, model, request) => void finished(document, model, request),
  failed(error) {
    transcript.attach(undefined)
    documents.offerReturn(false)
    backToSetup()
    if (errorCode(error) === 'aborted') {
      notice.textContent = texts.cancelled
      documents.focusRead()
    } else showProblem(error)
  },
  lost(error) {
    transcript.attach(undefined)
    showProblem(error)
    if (!columns.isRead()) backToSetup()
  },
})

// training
const training = createTraining(slot('training'), store, {
  starting() {
    problems.hide()
    transcript.stop()
    session.release()
    transcript.attach(undefined)
    documents.offerReturn(false)
  },
  state: (words) => headsLine.showTraining(words),
  problem: (problem, act) => problems.show(problem, act),
  use: (candidate, heads) => void useHeads(candidate, heads),
  chooseModel: () => remedy('model'),
  reveal() {
    problems.hide()
    store.set({ section: 'training' })
  },
  leave() {
    backToSetup()
    headsLine.focus()
  },
})

const offline = createOffline({
  update(take) {
    update.hidden = false
    part('update-take', HTMLButtonElement).addEventListener('click', take, { once: true })
  },
  documents(files) {
    backToSetup()
    documents.choose(files)
  },
})
createHelp(slot('help'), part('help-open', HTMLButtonElement))
closeFoldsByEscape()
drawHeroTape(part('hero-tape', SVGElement))
store.on(['loaded'], ({ loaded }) => {
  if (loaded !== undefined) offline.keep(loaded)
})

starting.hidden = true
showSections(parts, store)
picker.look()
void stored.update()
void library.update()
void gpu.find()

function showProblem(error: unknown): void {
  problems.show(explain(error), remedy)
}

/** What was added beside the model, or why it could not be. */
function addFile(adding: Promise<void>): void {
  problems.hide()
  adding.catch(showProblem)
}

/** @param skim see ReadingRequest */
async function start(skim: boolean): Promise<void> {
  problems.hide()
  notice.textContent = ''
  const document = await documents.take()
  if (document === undefined) return
  const candidate = await picker.ready()
  const { settings: resolved, chosen } = store.get()
  if (candidate === undefined) {
    notice.textContent = texts.noModel
    picker.focus()
  } else if (resolved === undefined) settings.open()
  else if (await gpu.find())
    read({
      candidate,
      overrides: overridesFor(candidate, chosen),
      settings: resolved,
      document,
      skim,
    })
}

function read(request: ReadingRequest): void {
  const { candidate, document } = request
  problems.hide()
  notice.textContent = ''
  transcript.stop()
  transcript.attach(undefined)
  if (store.get().reading?.document.text !== document.text) transcript.clear()
  store.set({ reading: request, kept: undefined })
  // asked here, where the user has just said so: a worker may not ask
  if (candidate.access.keep !== false) void navigator.storage.persist().catch(() => false)
  head.begin(document.text.name, candidate.name)
  documents.offerReturn(true)
  keep.hide()
  columns.begin()
  reading.begin(request)
  showSession()
  void session.read(request)
}

async function finished(read: LongDocument, model: Model, request: ReadingRequest): Promise<void> {
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
  // the demonstration is read again as soon as it is opened
  if (request.saved === undefined && candidate.card?.demonstration !== true) keep.offer(read, text)
  columns.finish()
  if (focusWasHere && why === '') transcript.focus()
  await kept.show(read, text)
}

/** Opens a saved document with the model that it was read with, which is loaded with its settings. */
async function openKept(file: File, title: string): Promise<void> {
  problems.hide()
  notice.textContent = ''
  const request = await requestToOpen(file, title, picker)
  if (request === undefined)
    picker.focus() // what was looked at says why
  else if (await gpu.find()) read(request)
}

/** The same document again, with the model that suits this device. */
function readWithReal(): void {
  const real = picker.firstChoice()
  if (real === undefined) return
  picker.useListed(real)
  void start(false)
}

function showSession(): void {
  store.set({ section: 'session' })
  scrollTo(0, 0)
  head.focus()
}

function backToSetup(): void {
  void stored.update()
  void library.update()
  store.set({ section: 'setup' })
  document.title = texts.title
}

/** What came while a document is open is the next one: it waits on the start page, and the open one stays as it is. */
function setAside(): void {
  const { section, reading: open } = store.get()
  if (section !== 'session' || open === undefined) return
  backToSetup()
  notice.textContent = texts.setAside(open.document.text.name)
}

function openTraining(): void {
  const { candidate, settings: resolved } = store.get()
  if (candidate === undefined) return
  problems.hide()
  notice.textContent = ''
  store.set({ section: 'training' })
  scrollTo(0, 0)
  training.open({ candidate, weights: resolved?.storage.weights ?? 'f16' })
}

/** Reads with these heads from now on, if the model they are for is still the one chosen. */
async function useHeads({ source, name }: Candidate, heads: File): Promise<void> {
  backToSetup()
  const { candidate } = store.get()
  if (candidate === undefined || locationOf(candidate.source) !== locationOf(source)) {
    notice.textContent = texts.headsForAnother(name)
    picker.focus()
    return
  }
  try {
    await picker.addHeads(heads)
    settings.choosePolicy('locret')
    notice.textContent = texts.readsWithHeads(name)
    documents.focus()
  } catch (error) {
    showProblem(error)
  }
}

function remedy(what: Remedy): void {
  problems.hide()
  if (what === 'retry') {
    const { reading: latest } = store.get()
    if (latest === undefined) picker.look()
    else read(latest)
    return
  }
  backToSetup()
  if (what === 'document') documents.focus()
  else if (what === 'settings') settings.open()
  else picker.focus()
}

/** Without a real GPU, as much as is read in a minute or two. */
function sampleTokens(): number {
  return store.get().gpu?.software === true ? 2400 : 100_000
}

/** The demonstration model reads what it was made to be asked about. */
function demonstrate(): void {
  documents.offerSample(sampleDocument(sampleTokens()))
  picker.useListed('demonstration')
  void start(false)
}
