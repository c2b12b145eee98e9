// What a training needs besides its model, made or refused before the model's weights are fetched.
import type { Schedule } from '../api/training.ts'
import type { Texts } from '../reading/texts.ts'
import type { TrainRequest } from './protocol.ts'
import { requireSameTraining } from './run.ts'
import type { Samples, ToTrain } from './trainee.ts'

/**
 * Samples of the user's data, or generated ones. Throws LongtabError `bad-input` at data that cannot be trained on, and at a
 * checkpoint of another training.
 */
export async function prepareSamples<Settings extends Schedule, Sample>(
  { settings, texts, model }: ToTrain<Settings>,
  { data, checkpoint }: Pick<TrainRequest, 'data' | 'checkpoint'>,
  samplesFor: (
    settings: Settings,
    lines: Blob | undefined,
    texts: Texts,
  ) => Promise<Samples<Sample>>,
  signal: AbortSignal | undefined,
): Promise<Samples<Sample>> {
  const samples = await samplesFor(settings, data, texts)
  if (checkpoint) await requireSameTraining(checkpoint, settings, { model, samples }, signal)
  return samples
}
