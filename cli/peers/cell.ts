// One cell: a contestant in a browser of its own reads one text and answers, within a limit of time.
import type { Page } from 'playwright'
import { openTab } from '../browser/browser.ts'
import type { AdapterChoice } from '../browser/adapters.ts'
import type { Contestant } from './contestants.ts'
import type { PageTask } from './pages/task.ts'
import { watchMemory } from './process_memory.ts'
import type { Cell, Told } from './record.ts'

export interface Setting {
  /** address of the blank page */
  readonly blank: string
  readonly adapter: AdapterChoice
  readonly limitS: number
}

export async function measureCell(
  { name, inPage }: Contestant,
  task: PageTask,
  { blank, adapter, limitS }: Setting,
): Promise<Omit<Cell, 'tokens' | 'round'>> {
  const tab = await openTab(blank, adapter)
  try {
    const browser = tab.page.context().browser()
    const memory = browser === null ? undefined : watchMemory(browser)
    let told: Told = {}
    await tab.page.exposeFunction('tell', (more: Told) => {
      told = { ...told, ...more }
    })
    const ended = await endOf(tab.page, inPage, task, limitS)
    const bytes = (await memory?.most()) ?? { tabBytes: null, gpuProcessBytes: null }
    return { contestant: name, ...ended, ...told, ...bytes }
  } finally {
    await tab.close()
  }
}

async function endOf(
  page: Page,
  inPage: Contestant['inPage'],
  task: PageTask,
  limitS: number,
): Promise<Pick<Cell, 'ended' | 'error'>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, 1000 * limitS, 'late')
  })
  const crashed = new Promise<never>((_, reject) => {
    page.once('crash', () => reject(new Error('the tab crashed')))
  })
  try {
    const work = page.evaluate(inPage, task).then(() => 'done' as const)
    work.catch(() => undefined) // closing the browser ends what is late
    crashed.catch(() => undefined)
    return { ended: await Promise.race([work, crashed, late]) }
  } catch (error) {
    return { ended: 'failed', error: firstLines(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** The message without Playwright's own words and without the stack. */
function firstLines(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const lines = message.replace(/^page\.evaluate: /, '').split('\n')
  return lines
    .filter((line) => !/^\s+at /.test(line))
    .join(' ')
    .trim()
    .slice(0, 400)
}
