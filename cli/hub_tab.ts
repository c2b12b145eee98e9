// Brings what a command names on the Hub into this user's cache folder before its tab loads it from there, unless the tab's
// GPU will not hold it.
import type { Page } from 'playwright'
import type { Settings } from '../src/engine/settings.ts'
import { LongtabError } from '../src/errors.ts'
import type * as module from '../src/index.ts'
import type { ModelDescription } from '../src/model/description.ts'
import type { TrainingTarget } from '../src/worker/training_protocol.ts'
import { RunError } from './command.ts'
import type { HubModel } from './hub_model.ts'
import { progressPrinter } from './progress.ts'

/** dist/module/longtab.js */
type Engine = Pick<typeof module, 'checkFit' | 'checkTrainingFit'>

/** What the GPU is to hold. */
export type Purpose =
  | {
      readonly for: 'reading'
      readonly wished: Partial<Settings>
      /** by the model's own compressor */
      readonly merges: boolean
    }
  | {
      readonly for: 'training'
      readonly target: Pick<TrainingTarget, 'kind' | 'wished'>
      readonly weights: Settings['weights']
    }

/** A tab with the module, for as long as `work` takes. */
export type InPage = (work: (page: Page) => Promise<void>) => Promise<void>

/**
 * Downloads what is not kept yet. Throws RunError with the store's and the engine's own sentences.
 * @param inPage is called where there is something to download
 * @param purposes one after the other; the GPU must be able to hold each
 */
export async function bringFromHub(
  hub: HubModel,
  inPage: InPage,
  purposes: readonly Purpose[],
): Promise<void> {
  if (hub.model === undefined && hub.heads === undefined) return
  const progress = progressPrinter(process.stderr)
  const allow = (model: ModelDescription, headsWidth: number | undefined): Promise<void> =>
    inPage(async (page) => {
      const engine = await page.evaluateHandle<Engine>("import('/module/longtab.js')")
      for (const purpose of purposes) {
        const asked = [engine, model, purpose, headsWidth] as const
        const refusal = await page.evaluate(fitInPage, asked)
        if (refusal !== undefined) throw new RunError(refusal)
      }
    })
  const merges = purposes.some((purpose) => purpose.for === 'reading' && purpose.merges)
  try {
    await hub.bring(merges, allow, (at) => progress.show(at))
  } catch (error) {
    throw error instanceof LongtabError ? new RunError(error.message) : error
  } finally {
    progress.clear()
  }
}

/** Why this tab's GPU will not hold the model, or undefined. Sent to the tab as text: uses its arguments and nothing else. */
async function fitInPage([engine, model, purpose, headsWidth]: readonly [
  Engine,
  ModelDescription,
  Purpose,
  number | undefined,
]): Promise<string | undefined> {
  const limits = (await navigator.gpu.requestAdapter())?.limits
  const allowed = Math.min(limits?.maxBufferSize ?? 0, limits?.maxStorageBufferBindingSize ?? 0)
  try {
    if (purpose.for === 'reading') engine.checkFit(model, purpose.wished, headsWidth, allowed)
    else engine.checkTrainingFit(model, purpose.target, purpose.weights, headsWidth, allowed)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
