// Downloads a command's models from the Hub before its tab loads them, unless they do not fit the tab's GPU.
import type { Page } from 'playwright'
import type * as module from '../../src/index.ts'
import type { ModelDescription } from '../../src/api/description.ts'
import type { Purpose } from '../../src/inspect/purpose.ts'
import { RunError } from '../shell/command.ts'
import type { HubModel } from './hub_model.ts'
import { bring } from './bring.ts'

/** dist/module/longtab.js */
type Engine = Pick<typeof module, 'checkFit' | 'checkTrainingFit' | 'checkRoom'>

/** Opens a tab with the module for the duration of `work`. */
export type InPage = (work: (page: Page) => Promise<void>) => Promise<void>

export interface Wanted {
  /** one after the other: the GPU must have memory for each */
  readonly purposes: readonly Purpose[]
  /** whether the model's own compressor is needed, if it has one */
  readonly merges: boolean
}

/**
 * Downloads missing files. Throws RunError with the messages of store and engine.
 * @param inPage is called if there is something to download
 */
export async function bringFromHub(
  hub: HubModel,
  inPage: InPage,
  { purposes, merges }: Wanted,
): Promise<void> {
  await bring(hub, merges, (model, headsWidth) =>
    inPage(async (page) => {
      const engine = await page.evaluateHandle<Engine>("import('/module/longtab.js')")
      for (const purpose of purposes) {
        const asked = [engine, model, purpose, headsWidth] as const
        const refusal = await page.evaluate(fitInPage, asked)
        if (refusal !== undefined) throw new RunError(refusal)
      }
    }),
  )
}

/**
 * The reason why the model does not fit this tab's GPU, in one buffer or in total, or undefined. Sent to the tab as text,
 * so it uses its arguments only.
 */
async function fitInPage([engine, model, purpose, headsWidth]: readonly [
  Engine,
  ModelDescription,
  Purpose,
  number | undefined,
]): Promise<string | undefined> {
  const limits = (await navigator.gpu.requestAdapter())?.limits
  const allowed = Math.min(limits?.maxBufferSize ?? 0, limits?.maxStorageBufferBindingSize ?? 0)
  try {
    if (purpose.for === 'reading') engine.checkFit(model, purpose.overrides, headsWidth, allowed)
    else engine.checkTrainingFit(model, purpose.target, purpose.weights, headsWidth, allowed)
    await engine.checkRoom(purpose, model, headsWidth)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
