// What the page knows, shared by its views.
import type { Candidate, Settings } from '../index.ts'
import type { GpuSupport } from './gpu_support.ts'
import type { Kept } from './kept/kept_view.ts'
import { nothingInView, type View } from './kept/piece_view.ts'
import type { Loaded, ReadingRequest } from './session.ts'
import type { ChosenFields } from './settings/overrides.ts'
import { createStore, type Store } from './store.ts'
import type { TrainingState } from './training/training.ts'

export interface PageState {
  /** the one section that is shown */
  readonly section: 'setup' | 'session' | 'training'
  /** undefined until the browser has been asked, and where there is none */
  readonly gpu: GpuSupport | undefined
  /** the chosen model; undefined while it is looked at, or when there is none */
  readonly candidate: Candidate | undefined
  /** what the user chose in the settings, and what suits the model */
  readonly chosen: ChosenFields
  /** what a reading with the candidate would have; undefined while the choices cannot work together */
  readonly settings: Settings | undefined
  /** the model on the GPU */
  readonly loaded: Loaded | undefined
  /** the reading that was asked for last */
  readonly reading: ReadingRequest | undefined
  /** what is left of the document that was read; undefined while one is being read */
  readonly kept: Kept | undefined
  /** which of its pieces are on the screen */
  readonly inView: View
  readonly training: TrainingState
}

export type PageStore = Store<PageState>

export function createPageStore(): PageStore {
  return createStore<PageState>({
    section: 'setup',
    gpu: undefined,
    candidate: undefined,
    chosen: {},
    settings: undefined,
    loaded: undefined,
    reading: undefined,
    kept: undefined,
    inView: nothingInView,
    training: { target: undefined, current: undefined, told: 'go', result: undefined },
  })
}
