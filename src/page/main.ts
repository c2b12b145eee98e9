// Wires the page: setup → loading and reading → questions, and back after every problem.
import { type LongDocument, type Model, LongtabError, placeOf, type Candidate } from '../index.ts'
import { wireCompanion } from './settings/companion_field.ts'
import { hideCost, showCost } from './cost/cost_view.ts'
import { createDocumentInput } from './document/document_input.ts'
import { byId } from './elements.ts'
import { errorCode, explain, type Remedy } from './errors.ts'
import { closeFoldsByEscape } from './folds.ts'
import { probeGpu, type GpuSupport } from './gpu_support.ts'
import { showHeads } from './model/heads_line.ts'
import { drawHeroTape } from './hero_tape.ts'
import { createKeptView } from './kept/kept_view.ts'
import { createModelPicker } from './model/model_picker.ts'
import { createProblemView } from './problem/problem_view.ts'
import { createReadingView } from './reading/reading_view.ts'
import { sampleDocument } from '../tasks/sample.ts'
import { createSession, type ReadingRequest } from './session.ts'
import { createStoredList } from './model/stored_list.ts'
import { createSettingsForm } from './settings/settings_form.ts'
import { createTranscript } from './questions/transcript.ts'
import { createTraining } from './training/training.ts'
import { refusalOf, showUnasked, whyUnasked } from './questions/unasked.ts'

const setup = byId('setup', HTMLElement)
const sessionSection = byId('session', HTMLElement)
const trainingSection = byId('training', HTMLElement)
const after = byId('after', HTMLElement)
const ways = byId('session-ways', HTMLElement)
const notice = byId('notice', HTMLElement)
const trainButton = byId('train-open', HTMLButtonElement)
const returnButton = byId('return', HTMLButtonElement)

let gpu: GpuSupport | undefined
/** what was asked for last, to ask for again after a problem */
let latest: ReadingRequest | undefined

const problems = createProblemView()
const kept = createKeptView(showProblem)
const reading = createReadingView(kept.strip)
const transcript = createTranscript(showProblem)
const documents = createDocumentInput((file) => picker.useFile(file))
const settings = createSettingsForm(updateCost)
const picker = createModelPicker((candidate) => {
  settings.show(candidate)
  showHeads(candidate)
  updateCost()
})
const stored = createStoredList({ use: (model) => picker.use(model), failed: showProblem })
const session = createSession({
  progress: (progress) => reading.progress(progress),
  memory: (memory) => reading.memory(memory),
  read: (document, model, request) => void finished(document, model, request),
  failed: (error) => {
    transcript.attach(undefined)
    backToSetup()
    if (errorCode(error) === 'aborted') {
      notice.textContent = 'Reading was cancelled. Your document is still here.'
      byId('read', HTMLElement).focus()
    } else showProblem(error)
  },
  lost: (reason) => {
    transcript.attach(undefined)
    showProblem(new LongtabError('device-lost', reason))
    if (after.hidden) backToSetup()
  },
})

const training = createTraining({
  starting() {
    problems.hide()
    transcript.stop()
    session.release()
    transcript.attach(undefined)
    returnButton.hidden = true
  },
  state(words) {
    trainButton.textContent = words === '' ? 'Train retaining heads' : words
  },
  problem: (problem, act) => problems.show(problem, act),
  use: (candidate, heads) => void useHeads(candidate, heads),
  chooseModel: () => remedy('model'),
  reveal() {
    problems.hide()
    show(trainingSection)
  },
})

function showProblem(error: unknown): void {
  problems.show(explain(error), remedy)
}

function updateCost(): void {
  const candidate = picker.candidate()
  const chosen = settings.settings()
  if (candidate === undefined || chosen === undefined) hideCost()
  else showCost({ candidate, settings: chosen }, gpu)
}

async function start(): Promise<void> {
  problems.hide()
  notice.textContent = ''
  const document = await documents.take()
  if (document === undefined) return
  const candidate = await picker.ready()
  const chosen = settings.settings()
  if (candidate === undefined) {
    notice.textContent = 'There is no model to read with yet: see under Model.'
    picker.focus()
  } else if (chosen === undefined) settings.open()
  else if (gpu !== undefined || (await findGpu()))
    read({ candidate, wished: settings.wished(), settings: chosen, document })
}

function read(request: ReadingRequest): void {
  problems.hide()
  notice.textContent = ''
  transcript.stop()
  transcript.attach(undefined)
  if (latest?.document.text !== request.document.text) transcript.clear()
  latest = request
  // asked here, where the user has just said so: a worker may not ask
  if (request.candidate.access.keep !== false) void navigator.storage.persist().catch(() => false)
  kept.forget()
  byId('session-name', HTMLElement).textContent = request.document.text.name
  byId('session-model', HTMLElement).textContent = `with ${request.candidate.name}`
  returnButton.hidden = true
  ways.hidden = true
  after.hidden = true
  reading.begin(request)
  showSession()
  void session.read(request)
}

async function finished(read: LongDocument, model: Model, request: ReadingRequest): Promise<void> {
  const focusWasHere = document.activeElement === byId('cancel', HTMLElement)
  const { text, questions } = request.document
  const { note: headsNote } = model.heads
  const why = whyUnasked(request)
  reading.finish(read)
  document.title = `${text.name} · Longtab`
  byId('session-model', HTMLElement).textContent = `with ${request.candidate.name}, ${headsNote}`
  showUnasked(why, picker.firstChoice())
  if (why === '') transcript.attach(read, refusalOf(request))
  else transcript.attach(undefined)
  transcript.suggest(questions)
  // the demonstration was trained on single questions
  transcript.suit(model, request.candidate.card?.demonstration !== true)
  returnButton.hidden = false
  ways.hidden = false
  after.hidden = false
  if (focusWasHere && why === '') transcript.focus()
  await kept.show(read, text)
}

/** The same document again, with the model that suits this device. */
function readWithRealModel(): void {
  const real = picker.firstChoice()
  if (real === undefined) return
  picker.useListed(real)
  void start()
}

function showSession(): void {
  show(sessionSection)
  scrollTo(0, 0)
  byId('session-name', HTMLElement).focus()
}

function backToSetup(): void {
  void stored.update()
  show(setup)
  document.title = 'Longtab'
}

/** One of the page's sections, the others hidden. */
function show(section: HTMLElement): void {
  for (const each of [setup, sessionSection, trainingSection]) each.hidden = each !== section
}

function openTraining(): void {
  const candidate = picker.candidate()
  if (candidate === undefined) return
  problems.hide()
  notice.textContent = ''
  const weights = settings.settings()?.weights ?? 'f16'
  training.open({ candidate, weights }, gpu)
  show(trainingSection)
  scrollTo(0, 0)
  byId('training-heading', HTMLElement).focus()
}

/** Reads with these heads from now on, if the model they are for is still the one chosen. */
async function useHeads({ source, name }: Candidate, heads: File): Promise<void> {
  backToSetup()
  const chosen = picker.candidate()
  if (chosen === undefined || placeOf(chosen.source) !== placeOf(source)) {
    notice.textContent = `These heads are for ${name}: choose it under Model, then take them again.`
    picker.focus()
    return
  }
  try {
    await picker.addHeads(heads)
    settings.choosePolicy('locret')
    notice.textContent = `${name} now reads with the heads you trained. Read a document to see what it keeps.`
    documents.focus()
  } catch (error) {
    showProblem(error)
  }
}

function remedy(what: Remedy): void {
  problems.hide()
  if (what === 'retry') {
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
  const line = byId('adapter', HTMLElement)
  try {
    gpu = await probeGpu()
    line.textContent = gpu.software ? `${gpu.name}: no GPU, so slow` : gpu.name
    picker.fit(gpu)
    updateCost()
    return true
  } catch (error) {
    line.textContent = 'no WebGPU'
    showProblem(error)
    return false
  }
}

/** Without a real GPU, as much as is read in a minute or few. */
function sampleTokens(): number {
  return gpu?.software === true ? 4000 : 100_000
}

/** The demonstration model reads what it was made to be asked about. */
function trySample(): void {
  documents.offerSample('A ship’s log', sampleDocument(sampleTokens()))
  picker.useListed('demonstration')
  void start()
}

function wireButtons(): void {
  const onClick = (id: string, act: () => void): void => {
    byId(id, HTMLElement).addEventListener('click', act)
  }
  byId('document-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    void start()
  })
  onClick('try-sample', trySample)
  onClick('cancel', () => session.cancel())
  onClick('new-document', () => remedy('document'))
  onClick('change-model', () => remedy('settings'))
  onClick('unasked-choose', () => remedy('model'))
  onClick('unasked-real', readWithRealModel)
  onClick('return', showSession)
  onClick('train-open', openTraining)
  onClick('training-leave', () => {
    backToSetup()
    trainButton.focus()
  })
  const added = (adding: Promise<void>): void => {
    problems.hide()
    adding.catch(showProblem)
  }
  wireCompanion('heads', {
    add: (file) => added(picker.addHeads(file)),
    remove: () => picker.removeHeads(),
  })
  wireCompanion('compressor', {
    add: (file) => added(picker.addCompressor(file)),
    remove: () => picker.removeCompressor(),
  })
  closeFoldsByEscape()
  const help = byId('help', HTMLDialogElement)
  onClick('help-open', () => help.showModal())
  help.addEventListener('click', (event) => {
    if (event.target === help) help.close()
  })
}

byId('starting', HTMLElement).hidden = true
setup.hidden = false
drawHeroTape(byId('hero-tape', SVGElement))
wireButtons()
picker.look()
void stored.update()
void findGpu()
