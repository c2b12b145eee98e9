// An examiner in a browser's tab.
import type { Page } from 'playwright'
import type { Examiner } from '../../src/quality/examiner.ts'
import type { AdapterChoice } from '../browser/adapters.ts'
import { machine } from '../shell/machine.ts'
import type { HostedExaminer } from './worker_host.ts'
import type { Mounts } from '../site/serve.ts'
import { argsToReach } from '../models/served_model.ts'
import { inTab } from '../browser/tab.ts'

const openExaminer = `Promise.all([import('/module/longtab.js'), import('/module/examiner.js')]).then(
  ([{ load }, { createExaminer }]) => createExaminer(load),
)`

/** @param sources URLs it reads, from mounts or elsewhere */
export async function examineInTab(
  adapter: AdapterChoice,
  mounts: Mounts,
  sources: readonly string[],
  work: (hosted: HostedExaminer) => Promise<void>,
): Promise<void> {
  const browserArgs = argsToReach(...sources)
  await inTab({ title: 'bench:quality', adapter, mounts, browserArgs }, async (page, site) => {
    const handle = await page.evaluateHandle<Examiner>(openExaminer)
    const examiner: Examiner = {
      open: (model, options) =>
        page.evaluate(([at, ...given]) => at.open(...given), [handle, model, options] as const),
      examine: (document) =>
        page.evaluate(([at, given]) => at.examine(given), [handle, document] as const),
    }
    await work({ examiner, host: hostOf(page), site })
  })
}

function hostOf(page: Page): string {
  return `Chromium ${page.context().browser()?.version() ?? 'of unknown version'}, ${machine()}`
}
