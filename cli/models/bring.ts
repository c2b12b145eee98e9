// Downloads a command's models from the Hub into this user's cache folder, with progress on stderr.
import { LongtabError } from '../../src/api/errors.ts'
import type { ModelDescription } from '../../src/api/description.ts'
import { RunError } from '../shell/command.ts'
import { progressPrinter } from '../shell/progress.ts'
import type { HubModel } from './hub_model.ts'

/**
 * Downloads missing files. Throws RunError with the messages of store and engine.
 * @param merges whether the model's own compressor is needed, if it has one
 * @param allow may reject a model before its download, by its shape and the width of its heads
 */
export async function bring(
  hub: HubModel,
  merges: boolean,
  allow: (model: ModelDescription, headsWidth: number | undefined) => Promise<void>,
): Promise<void> {
  if (hub.model === undefined && hub.heads === undefined) return
  const progress = progressPrinter(process.stderr)
  try {
    await hub.bring(merges, allow, (at) => progress.show(at))
  } catch (error) {
    throw error instanceof LongtabError ? new RunError(error.message) : error
  } finally {
    progress.clear()
  }
}
