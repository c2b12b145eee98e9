// A training in a headless browser tab.
import type { Page } from 'playwright'
import type { Refusal } from '../browser/refusal.ts'
import { inTab, type TabOptions } from '../browser/tab.ts'
import { trainInPage, type Engine, type OnProgress, type Outcome, type Task } from './page.ts'

/**
 * @param prepare called with the tab before the training begins
 * @param taskAt called with the site's URL, which ends in a slash
 */
export async function trainInTab(
  tab: TabOptions,
  prepare: (page: Page) => Promise<void>,
  taskAt: (site: string) => Task,
  onProgress: OnProgress,
): Promise<Outcome | Refusal> {
  return inTab(tab, async (page, site) => {
    await prepare(page)
    await page.exposeFunction('onProgress', onProgress)
    const engine = await page.evaluateHandle<Engine>("import('/module/longtab.js')")
    const listener = await page.evaluateHandle<OnProgress>('onProgress')
    return page.evaluate(trainInPage, [engine, taskAt(site), listener] as const)
  })
}
