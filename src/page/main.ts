// Puts the views in their places and wires them: setup → loading and reading → questions, and back after every problem.
import { LongtabError, locationOf, type Candidate } from '../index.ts'
import { sampleDocument } from '../tasks/sample.ts'
import { createCostView } from './cost/cost_view.ts'
import { createDocumentInput } from './document/document_input.ts'
import { whereIs } from './document/where.ts'
import { errorCode, explain, type Remedy } from './errors.ts'
import { closeFoldsByEscape } from './folds.ts'
import { probeGpu } from './gpu_support.ts'
import { createHelp } from './help/help.ts'
import { drawHeroTape } from './hero_tape.ts'
import { createKeptView } from './kept/kept_view.ts'
import { createHeadsLine } from './model/heads_line.ts'
import { createKeepButton } from './library/keep_button.ts'
import { createLibrary } from './library/library_view.ts'
import type { EachRead } from './library/read_each.ts'
import { requestToOpen } from './library/request.ts'
import { savedFile } from './library/save_document.ts'
import * as libraryTexts from './library/texts.ts'
import { createModelPicker } from './model/model_picker.ts'
import { createStoredList } from './model/stored_list.ts'
import { createOffline } from './offline/offline.ts'
import { createProblemView } from './problem/problem_view.ts'
import { createTranscript } from './questions/transcript.ts'
import { refusalOf, whyUnasked } from './questions/unasked.ts'
import { createReadingView } from './reading/reading_view.ts'
import { createSessionHead } from './reading/session_head.ts'
import { createSession, type Opened, type ReadingRequest } from './session.ts'
import { createSettingsForm } from './settings/settings_form.ts'
import { overridesFor } from './settings/overrides.ts'
import { createSpeaker } from './spoken.ts'
import { createPageStore, type PageState } from './state.ts'
import { partsOf } from './template.ts'
import * as texts from './texts.ts'
import { createTraining } from './training/training.ts'

const { part, slot } = partsOf(document)
const starting = part('starting', HTMLElement)
const adapterLine = part('adapter', HTMLElement)
const notice = part('notice', HTMLElement)
const update = part('update', HTMLElement)
const after = part('after', HTMLElement)
const sections = {
  setup: part('setup', HTMLElement),
  session: part('session', HTMLElement),
  training: part('training', HTMLElement),
}

const store = createPageStore()
const speak = createSpeaker(part('spoken', HTMLElement))
const problems = createProblemView(slot('problem'))

// the start page
const documents = createDocumentInput(slot('document'), store, {
  model: (files) => picker.useFiles(files),
  saved: (file) => void library.take(file),
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
const library = createLibrary(slot('library'), {
  open: (file, title) => void openKept(file, title).catch(showProblem),
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
const head = createSessionHead(slot('session-head'), {
  newDocument: () => remedy('document'),
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
  read: (opened) => void finished(opened),
  next(request, index, count) {
    const words = libraryTexts.oneOf(request.document.text.name, index, count)
    begin(request, words)
    speak(words)
  },
  keep: async ({ document, request }) =>
    library.keep(await savedFile(document, request.document.text)),
  eachRead: finishedEach,
  failed(error) {
    transcript.attach(undefined)
    backToSetup()
    if (errorCode(error) === 'aborted') {
      notice.textContent = texts.cancelled
      documents.focusRead()
    } else showProblem(error)
  },
  lost(error) {
    transcript.attach(undefined)
    showProblem(error)
    if (after.hidden) backToSetup()
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
store.on(['section'], showSection)
store.on(['loaded'], ({ loaded }) => {
  if (loaded !== undefined) offline.keep(loaded)
})
store.on(['gpu'], ({ gpu }) => {
  if (gpu !== undefined) adapterLine.textContent = texts.adapter(gpu)
})

starting.hidden = true
showSection(store.get())
picker.look()
void stored.update()
void library.update()
void findGpu()

/** One of the page's sections, the others hidden. */
function showSection({ section }: PageState): void {
  for (const [name, element] of Object.entries(sections)) element.hidden = name !== section
}

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
  const chosen = await documents.take()
  if (chosen.length === 0) return
  const candidate = await picker.ready()
  const { settings: resolved, chosen: fields } = store.get()
  if (candidate === undefined) {
    notice.textContent = texts.noModel
    picker.focus()
  } else if (resolved === undefined) settings.open()
  else if (store.get().gpu !== undefined || (await findGpu())) {
    const overrides = overridesFor(candidate, fields)
    const ask = { candidate, overrides, settings: resolved, skim }
    const [first, ...others] = chosen.map((document) => ({ ...ask, document }))
    if (first === undefined) return
    if (others.length === 0) read(first)
    else {
      showSession()
      void session.readEach([first, ...others])
    }
  }
}

function read(request: ReadingRequest): void {
  begin(request, request.document.text.name)
  showSession()
  void session.read(request)
}

/** @param name what the reading is called while it goes on */
function begin(request: ReadingRequest, name: string): void {
  const { candidate, document } = request
  problems.hide()
  notice.textContent = ''
  transcript.stop()
  transcript.attach(undefined)
  if (store.get().reading?.document.text !== document.text) transcript.clear()
  store.set({ reading: request, kept: undefined })
  // asked here, where the user has just said so: a worker may not ask
  if (candidate.access.keep !== false) void navigator.storage.persist().catch(() => false)
  head.begin(name, candidate.name)
  documents.offerReturn(false)
  keep.hide()
  after.hidden = true
  reading.begin(request)
}

/** Of several: the last is open, or the start page lists those that are kept. */
function finishedEach({ last, ended, said }: EachRead): void {
  if (last === undefined) {
    transcript.attach(undefined)
    backToSetup()
    documents.focusRead()
  } else {
    void finished(last)
    keep.hide() // it is kept
  }
  notice.textContent = said
  if (ended !== undefined && errorCode(ended) !== 'aborted') showProblem(ended)
}

async function finished({ document: read, model, request }: Opened): Promise<void> {
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
  documents.offerReturn(true)
  // the demonstration is read again as soon as it is opened
  if (request.saved === undefined && candidate.card?.demonstration !== true) keep.offer(read, text)
  after.hidden = false
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
  else if (store.get().gpu !== undefined || (await findGpu())) read(request)
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

/** Whether there is a GPU to read with; the page says why when there is none. */
async function findGpu(): Promise<boolean> {
  try {
    store.set({ gpu: await probeGpu() })
    return true
  } catch (error) {
    adapterLine.textContent = texts.noWebGpu
    showProblem(error)
    return false
  }
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
