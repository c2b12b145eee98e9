// Training retaining heads on the page: choices, the run, what was kept of earlier runs, and the heads at the end.
import { locationOf, type Candidate, digest } from '../../index.ts'
import { errorCode, explain, type Problem, type Remedy } from '../errors.ts'
import type { PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import { download, fileOf } from './heads_file.ts'
import { createKeptList } from './kept_list.ts'
import {
  keptTrainingsFolder,
  keyOf,
  openKeptTrainings,
  type KeptTraining,
  type KeptTrainings,
} from './kept_trainings.ts'
import * as texts from './texts.ts'
import html from './training.html?raw'
import { createTrainingForm, type Chosen } from './training_form.ts'
import { createTrainingRun, type TrainingRequest, type TrainingTarget } from './training_run.ts'
import { createTrainingView } from './training_view.ts'

/** The training under way, and what there is of it. */
export interface TrainingState {
  /** the model to train for */
  readonly target: TrainingTarget | undefined
  /** undefined while none is under way */
  readonly current: TrainingRequest | undefined
  /** what the user told it last */
  readonly told: 'go' | 'pause' | 'stop'
  readonly result: { readonly heads: File; readonly request: TrainingRequest } | undefined
}

export interface TrainingEvents {
  /** a training is about to take the GPU */
  readonly starting: () => void
  /** a few words on the training under way; none when there is none */
  readonly state: (words: string) => void
  readonly problem: (problem: Problem, act: (remedy: Remedy) => void) => void
  /** the user wants to read with these heads */
  readonly use: (candidate: Candidate, heads: File) => void
  readonly chooseModel: () => void
  /** the user wants to see the training again */
  readonly reveal: () => void
  /** the user goes back to the document; the training goes on */
  readonly leave: () => void
}

export interface TrainingPage {
  /** Shows the training under way, or the choices for this model. */
  open(target: TrainingTarget): void
}

export function createTraining(
  place: HTMLSlotElement,
  store: PageStore,
  on: TrainingEvents,
): TrainingPage {
  const template = fromTemplate(html)
  const heading = template.part('training-heading', HTMLElement)
  const modelLine = template.part('training-model', HTMLElement)
  const leave = template.part('training-leave', HTMLButtonElement)
  const keptList = createKeptList(template.slot('kept-trainings'))
  const form = createTrainingForm(
    template.slot('training-form'),
    ({ steps }) => {
      const { current, result } = state()
      if (current === undefined && result === undefined) view.offer(steps)
    },
    (chosen) => void startNew(chosen),
  )
  const view = createTrainingView(template.slot('training-view'), {
    pause: () => pauseOrResume(),
    stop() {
      change({ told: 'stop' })
      view.become('running', texts.status.stopping)
      run.stop()
    },
    use() {
      const { result } = state()
      if (!result) return
      on.state('')
      on.use(result.request.candidate, result.heads)
    },
    download() {
      const { result } = state()
      if (result) download(result.heads)
    },
  })
  template.place(place)
  leave.addEventListener('click', on.leave)

  const state = (): TrainingState => store.get().training
  const change = (changes: Partial<TrainingState>): void =>
    store.set({ training: { ...state(), ...changes } })

  /** Opened when it is first needed, and then kept open. */
  let folder: Promise<KeptTrainings> | undefined
  const trainings = (): Promise<KeptTrainings> =>
    (folder ??= keptTrainingsFolder().then(openKeptTrainings))

  const run = createTrainingRun(trainings, {
    progress(progress) {
      view.progress(progress)
      if (progress.phase !== 'train' || state().told !== 'go') return
      const { done, total } = progress
      view.become('running', done < total ? texts.status.training : texts.status.finishing)
      on.state(texts.atStep(done, total))
    },
    reached(steps) {
      if (state().told === 'pause') view.become('paused', texts.pausedAt(steps))
    },
    kept(steps, { settings }) {
      view.note(steps < settings.steps ? texts.stepKept(steps) : texts.headsKept)
    },
    notKept(error) {
      const { message } = explain(error, 'train')
      view.note(texts.notKept(message))
    },
    lost() {
      view.become(state().told === 'pause' ? 'paused' : 'running', texts.status.restarting)
      view.note(texts.wasLost)
    },
    finished(heads, request) {
      end()
      change({ result: { heads: fileOf(heads), request } })
      view.finish(heads)
      on.state(texts.elsewhere.trained)
      void listSurvivors()
    },
    failed(error, request) {
      end()
      if (errorCode(error) !== 'aborted')
        on.problem(explain(error, 'train'), (remedy) => void act(remedy, request))
      view.become('idle', texts.status.endedEarly)
      on.state('')
      void listSurvivors()
    },
  })

  const end = (): void => {
    change({ current: undefined })
    form.lock(false)
  }

  const start = (request: TrainingRequest): void => {
    if (state().current !== undefined) return
    on.starting()
    change({ current: request, told: 'go', result: undefined })
    form.lock(true)
    keptList.hide()
    view.begin(request.settings.steps)
    on.state(texts.elsewhere.loading)
    run.start(request)
    view.focus()
  }

  const startNew = async (chosen: Chosen): Promise<void> => {
    const { target } = state()
    if (target === undefined) return
    const model = await nameOf(target.candidate)
    start({ ...target, ...chosen, model, checkpoint: undefined })
  }

  const goOn = async (kept: KeptTraining, { candidate }: TrainingTarget): Promise<void> => {
    const files = await (await trainings()).open(kept)
    const { model, settings, weights } = kept
    start({ candidate, model, settings, weights, ...files })
  }

  const act = async (remedy: Remedy, request: TrainingRequest): Promise<void> => {
    if (remedy === 'model') {
      on.chooseModel()
      return
    }
    on.reveal()
    if (remedy === 'settings') {
      form.focus()
      return
    }
    const { model, weights, candidate } = request
    const kept = await keptOf(model)
    const key = await keyIfReadable(request)
    const same = kept.find((each) => each.key === key)
    if (same) await goOn(same, { candidate, weights })
    else start({ ...request, checkpoint: undefined })
  }

  /** None where the browser has no place to keep them. */
  const keptOf = async (model: string): Promise<KeptTraining[]> => {
    try {
      return await (await trainings()).of(model)
    } catch {
      return []
    }
  }

  /** None where the user's data have gone since. */
  const keyIfReadable = (request: TrainingRequest): Promise<string | undefined> =>
    keyOf(request).catch(() => undefined)

  /** Offers to go on with what earlier runs for this model kept. */
  const listSurvivors = async (): Promise<void> => {
    const { target } = state()
    if (target === undefined) return
    const kept = await keptOf(await nameOf(target.candidate))
    const { result } = state()
    const shown = result && (await keyIfReadable(result.request))
    if (state().target !== target || state().current !== undefined) return
    keptList.show(
      kept.filter(({ key, steps, settings }) => key !== shown || steps < settings.steps),
      {
        goOn: (each) => void goOn(each, target),
        discard: (each) => void discard(each),
      },
    )
  }

  const discard = async ({ key }: KeptTraining): Promise<void> => {
    await (await trainings()).remove(key)
    await listSurvivors()
    form.focus()
  }

  const pauseOrResume = (): void => {
    const pausing = state().told !== 'pause'
    change({ told: pausing ? 'pause' : 'go' })
    if (pausing) {
      view.become('paused', texts.status.pausing)
      run.pause()
    } else {
      view.become('running', texts.status.training)
      run.resume()
    }
    on.state(pausing ? texts.elsewhere.paused : texts.elsewhere.training)
  }

  return {
    open(target) {
      change({ target })
      const { current } = state()
      modelLine.textContent = texts.forModel((current ?? target).candidate.name)
      form.show(current ?? target, store.get().gpu)
      if (current === undefined) void listSurvivors()
      heading.focus()
    },
  }
}

/** Names the model that a kept training is for. */
function nameOf({ source }: Candidate): Promise<string> {
  return digest(new Blob([locationOf(source)]))
}
