// Opens a model: its configuration is read, and of its weights the headers.
import type { ModelSource } from '../api/model.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Progress } from '../api/progress.ts'
import type { ModelLocation } from '../files/location.ts'
import type { Gpu } from '../gpu/device.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { readDescription } from '../model/config.ts'
import type { ModelFiles } from '../model/model_files.ts'
import { openCheckpoint } from '../model/open_checkpoint.ts'
import { checkTensors } from '../model/required_tensors.ts'
import { openSources, type Sources } from '../model/sources.ts'
import { createMeter, type Meter } from './meter.ts'

/** A model whose headers were checked. */
export interface OpenedModel {
  readonly files: ModelFiles
  readonly description: ModelDescription
  readonly checkpoint: Checkpoint
  /** opens files beside the model's folder, and downloads remote ones */
  readonly sources: Sources
  /** counts bytes read, and bytes downloaded to the store */
  readonly bytes: Meter
  readonly downloaded: Meter
}

/**
 * Opens a model for the duration of `use`. Throws LongtabError: `bad-file`, `network`, `unsupported-model`, `aborted`.
 */
export async function withModel<T>(
  gpu: Gpu,
  source: ModelSource | ModelLocation,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal | undefined,
  use: (opened: OpenedModel) => Promise<T>,
): Promise<T> {
  const bytes = createMeter('load', gpu, onProgress)
  const downloaded = createMeter('download', gpu, onProgress)
  const sources = openSources(bytes.add)
  try {
    const files = sources.folder(source)
    const description = await readDescription(files, signal)
    const checkpoint = await openCheckpoint(files, signal)
    checkTensors(description, checkpoint)
    return await use({ files, description, checkpoint, sources, bytes, downloaded })
  } finally {
    sources.close() // and with it every file that was opened
  }
}
