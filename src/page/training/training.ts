// Training retaining heads on the page: choices, the run, what was kept of earlier runs, and the heads at the end.
import { type TrainedHeads, placeOf, type Candidate, digest } from '../../index.ts'
import { byId, make } from '../elements.ts'
import { errorCode, explain, type Problem, type Remedy } from '../errors.ts'
import { formatCount } from '../format.ts'
import type { GpuSupport } from '../gpu_support.ts'
import { showKept } from './kept_list.ts'
import {
  keptTrainingsFolder,
  keyOf,
  openKeptTrainings,
  type KeptTraining,
  type KeptTrainings,
} from './kept_trainings.ts'
import { createTrainingForm, type Chosen } from './training_form.ts'
import { createTrainingRun, type TrainingRequest, type TrainingTarget } from './training_run.ts'
import { createTrainingView } from './training_view.ts'

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
}

export interface TrainingPage {
  /** Shows the training under way, or the choices for this model. */
  open(target: TrainingTarget, gpu: GpuSupport | undefined): void
}

const headsName = 'heads.safetensors'

export function createTraining(on: TrainingEvents): TrainingPage {
  const view = createTrainingView()
  const form = createTrainingForm(
    ({ steps }) => {
      if (current === undefined && result === undefined) view.offer(steps)
    },
    (chosen) => void startNew(chosen),
  )
  let target: TrainingTarget | undefined
  /** undefined while none is under way */
  let current: TrainingRequest | undefined
  /** what the user told it last */
  let told: 'go' | 'pause' | 'stop' = 'go'
  let result: { readonly heads: File; readonly request: TrainingRequest } | undefined
  let store: Promise<KeptTrainings> | undefined

  const trainings = (): Promise<KeptTrainings> =>
    (store ??= keptTrainingsFolder().then(openKeptTrainings))

  const run = createTrainingRun(trainings, {
    progress(progress) {
      view.progress(progress)
      if (progress.phase !== 'train' || told !== 'go') return
      const { done, total } = progress
      view.become('running', done < total ? 'Training' : 'Finishing')
      on.state(`Training, step ${formatCount(done)} of ${formatCount(total)}`)
    },
    reached(steps) {
      if (told === 'pause') view.become('paused', `Paused at step ${formatCount(steps)}`)
    },
    kept(steps, { settings }) {
      view.note(
        steps < settings.steps
          ? `Step ${formatCount(steps)} is kept in this browser; a closed tab goes on from it.`
          : 'The trained heads are kept in this browser, too.',
      )
    },
    notKept(error) {
      const { message } = explain(error, 'train')
      view.note(`No checkpoint could be kept, so leave this tab open. ${message}`)
    },
    lost() {
      view.become(told === 'pause' ? 'paused' : 'running', 'The GPU went away; starting it again')
      view.note('The GPU went away. The training goes on by itself from its last checkpoint.')
    },
    finished(heads, request) {
      end()
      result = { heads: fileOf(heads), request }
      view.finish(heads)
      on.state('See the trained heads')
      void listKept()
    },
    failed(error, request) {
      end()
      if (errorCode(error) !== 'aborted')
        on.problem(explain(error, 'train'), (remedy) => void act(remedy, request))
      view.become('idle', 'The training ended early')
      on.state('')
      void listKept()
    },
  })

  const end = (): void => {
    current = undefined
    form.lock(false)
  }

  const start = (request: TrainingRequest): void => {
    if (current !== undefined) return
    on.starting()
    current = request
    told = 'go'
    result = undefined
    form.lock(true)
    byId('kept', HTMLElement).hidden = true
    view.begin(request.settings.steps)
    on.state('Training, loading')
    run.start(request)
    byId('training-status', HTMLElement).focus({ preventScroll: true })
    byId('training-instrument', HTMLElement).scrollIntoView({ block: 'nearest' })
  }

  const startNew = async (chosen: Chosen): Promise<void> => {
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
  const listKept = async (): Promise<void> => {
    if (target === undefined) return
    const shownFor = target
    const kept = await keptOf(await nameOf(shownFor.candidate))
    const shown = result && (await keyIfReadable(result.request))
    if (target !== shownFor || current !== undefined) return
    showKept(
      kept.filter(({ key, steps, settings }) => key !== shown || steps < settings.steps),
      {
        goOn: (each) => void goOn(each, shownFor),
        discard: (each) => void discard(each),
      },
    )
  }

  const discard = async ({ key }: KeptTraining): Promise<void> => {
    await (await trainings()).remove(key)
    await listKept()
    form.focus()
  }

  byId('training-pause', HTMLElement).addEventListener('click', () => {
    told = told === 'pause' ? 'go' : 'pause'
    if (told === 'pause') {
      view.become('paused', 'Pausing after this step')
      run.pause()
    } else {
      view.become('running', 'Training')
      run.resume()
    }
    on.state(told === 'pause' ? 'Training, paused' : 'Training')
  })
  byId('training-stop', HTMLElement).addEventListener('click', () => {
    told = 'stop'
    view.become('running', 'Stopping after this step')
    run.stop()
  })
  byId('training-use', HTMLElement).addEventListener('click', () => {
    if (!result) return
    on.state('')
    on.use(result.request.candidate, result.heads)
  })
  byId('training-download', HTMLElement).addEventListener('click', () => {
    if (result) download(result.heads)
  })

  return {
    open(next, gpu) {
      target = next
      const shown = current?.candidate ?? next.candidate
      byId('training-model', HTMLElement).textContent = `for ${shown.name}`
      form.show(current ?? next, gpu)
      if (current === undefined) void listKept()
    },
  }
}

/** Names the model that a kept training is for. */
function nameOf({ source }: Candidate): Promise<string> {
  return digest(new Blob([placeOf(source)]))
}

function fileOf({ file }: TrainedHeads): File {
  return new File([file], headsName)
}

function download(file: File): void {
  const url = URL.createObjectURL(file)
  const link = make('a', '')
  link.href = url
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
