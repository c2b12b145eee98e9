// What the page lets choose of a training's settings, and what follows for those it does not.
import {
  type ModelDescription,
  type TrainingSettings,
  resolveTrainingSettings,
} from '../../index.ts'

/** what is left out stands for the default */
export type Choices = Partial<
  Pick<TrainingSettings, 'label' | 'steps' | 'hidden' | 'length' | 'rate'>
>

/** points of the overlap curve, about */
const looks = 16

/** The official d_R are 1024 and, in the paper's ablation, 256 and others; small models have no use for as many. */
export function widthsFor({ hidden }: Pick<ModelDescription, 'hidden'>): number[] {
  return [16, 64, 256, 1024].filter((width) => width >= 256 || hidden < 1024)
}

/** Throws LongtabError `bad-setting`. */
export function resolveChoices(
  choices: Choices,
  { maxPositions }: Pick<ModelDescription, 'maxPositions'>,
): TrainingSettings {
  const resolved = resolveTrainingSettings(choices, maxPositions)
  const lookEvery = Math.max(1, Math.min(resolved.lookEvery, Math.floor(resolved.steps / looks)))
  return { ...resolved, lookEvery }
}
