// Puts the views in their places and wires them: setup → loading and reading → questions, and back after every problem.
import { LongtabError, locationOf, type Candidate } from '../index.ts'
import { createColumns } from './columns.ts'
import { createCostView } from './cost/cost_view.ts'
import { createDocumentInput } from './document/document_input.ts'
import { explain, type Remedy } from './errors.ts'
import { closeFoldsByEscape } from './folds.ts'
import { createGpuLine } from './gpu_line.ts'
import { createHelp } from './help/help.ts'
import { drawHeroTape } from './hero_tape.ts'
import { createKeptView } from './kept/kept_view.ts'
import { createHeadsLine } from './model/heads_line.ts'
import { createKeepButton } from './library/keep_button.ts'
import { createLibrary } from './library/library_view.ts'
import { createModelPicker } from './model/model_picker.ts'
import { createStoredList } from './model/stored_list.ts'
import { createOffline } from './offline/offline.ts'
import { createProblemView } from './problem/problem_view.ts'
import { createTranscript } from './questions/transcript.ts'
import { createReadingView } from './reading/reading_view.ts'
import { createReadings } from './readings.ts'
import { createSessionHead } from './reading/session_head.ts'
import { showSections } from './sections.ts'
import { createSettingsForm } from './settings/settings_form.ts'
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
  read: () => void readings.start(false),
  skim: () => void readings.start(true),
  demonstrate: () => void readings.demonstrate().catch(showProblem),
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
  open: (file, title, id) => void readings.open(file, title, id).catch(showProblem),
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
  cancel: () => readings.cancel(),
  seek: (token) => kept.goTo(token),
})
const transcript = createTranscript(slot('questions'), speak, {
  failed: showProblem,
  chooseModel: () => remedy('model'),
  source: (passage) => kept.mark(passage),
  readWithReal: () => readings.startWithReal(),
})
const kept = createKeptView(slot('kept'), store, showProblem)
// the built page is under a policy (cli/site/content_policy.ts)
addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
  if (effectiveDirective === 'connect-src')
    showProblem(new LongtabError('network', texts.notOurs(blockedURI)))
})
const readings = createReadings(
  store,
  {
    ...{
      documents,
      picker,
      settings,
      head,
      library,
      keep,
      columns,
      reading,
      transcript,
      kept,
      gpu,
    },
    ...{ problems, speak },
  },
  { showSession, backToSetup, say, failed: showProblem },
)

// training
const training = createTraining(slot('training'), store, {
  starting() {
    problems.hide()
    readings.release()
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
  documents: (files) => documents.choose(files),
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

/** Something that is no fault; '' takes the last away. */
function say(words: string): void {
  notice.textContent = words
}

function showProblem(error: unknown): void {
  problems.show(explain(error), remedy)
}

/** What was added beside the model, or why it could not be. */
function addFile(adding: Promise<void>): void {
  problems.hide()
  adding.catch(showProblem)
}

function showSession(): void {
  say('')
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
  if (section === 'setup') return
  backToSetup()
  if (section === 'session' && open) say(texts.setAside(open.document.text.name))
}

function openTraining(): void {
  const { candidate, settings: resolved } = store.get()
  if (candidate === undefined) return
  problems.hide()
  say('')
  store.set({ section: 'training' })
  scrollTo(0, 0)
  training.open({ candidate, weights: resolved?.storage.weights ?? 'f16' })
}

/** Reads with these heads from now on, if the model they are for is still the one chosen. */
async function useHeads({ source, name }: Candidate, heads: File): Promise<void> {
  backToSetup()
  const { candidate } = store.get()
  if (candidate === undefined || locationOf(candidate.source) !== locationOf(source)) {
    say(texts.headsForAnother(name))
    picker.focus()
    return
  }
  try {
    await picker.addHeads(heads)
    settings.choosePolicy('locret')
    say(texts.readsWithHeads(name))
    documents.focus()
  } catch (error) {
    showProblem(error)
  }
}

function remedy(what: Remedy): void {
  problems.hide()
  if (what === 'retry') {
    readings.again()
    return
  }
  backToSetup()
  if (what === 'document') documents.focus()
  else if (what === 'settings') settings.open()
  else picker.focus()
}
