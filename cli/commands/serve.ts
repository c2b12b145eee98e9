// npm run serve: answers the requests of OpenAI's clients with a model in a headless Chromium. The address goes to stdout,
// everything else to stderr.
import { join } from 'node:path'
import type { JSHandle, Page } from 'playwright'
import type { Progress } from '../../src/api/progress.ts'
import { unlessRefused } from '../browser/refusal.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { root } from '../build/paths.ts'
import { inModelTab } from '../models/model_tab.ts'
import { withRealModel } from '../models/real_model.ts'
import type { Answering } from '../serve/answering.ts'
import { listen } from '../serve/http.ts'
import { createBridge } from '../serve/in_tab.ts'
import { createLog } from '../serve/log.ts'
import { parseServe, type ServeCommand } from '../serve/options.ts'
import { loadInPage, type Answers, type Engine } from '../serve/page.ts'
import { command, RunError } from '../shell/command.ts'
import { progressPrinter } from '../shell/progress.ts'
import { asTyped } from '../shell/typed.ts'

const defaultModel = join(root, 'public/models/default')
const progress = progressPrinter(process.stderr)

await command('serve', async () => {
  const parsed = parseServe(process.argv.slice(2), defaultModel)
  const options = { ...parsed, model: await withRealModel(parsed.model) }
  await ensureBuilt('library')
  const bridge = createBridge()
  const log = createLog(options.json, say)
  let loaded: (answering: Answering) => void = () => undefined
  const answering = new Promise<Answering>((resolve) => (loaded = resolve))
  const listener = await listen(options, async (...asked) => (await answering)(...asked), log) // a port that is taken is told at once
  try {
    await inModelTab('serve', options, bridge.mounts, async (page, located) => {
      const ended = endOf(page)
      loaded(bridge.answering(page, await load(page, located)))
      console.log(`Longtab answers as ${options.name} at ${listener.url}/v1 (Ctrl-C ends it)`)
      throw await ended
    })
  } finally {
    await listener.close()
  }
})

/** A line on stderr. */
function say(line: string): void {
  progress.clear()
  process.stderr.write(`${asTyped(line)}\n`)
}

async function load(page: Page, options: ServeCommand): Promise<JSHandle<Answers>> {
  await page.exposeFunction('onProgress', (at: Progress) => progress.show(at))
  await page.exposeFunction('onNote', say)
  const engine = await page.evaluateHandle<Engine>(
    "Promise.all([import('/module/longtab.js'), import('/module/openai.js')]).then(([{ load }, { openAI }]) => ({ load, openAI }))",
  )
  const loaded = await page.evaluateHandle(loadInPage, [engine, options] as const)
  progress.clear()
  unlessRefused(await page.evaluate((loaded) => ('code' in loaded ? loaded : {}), loaded))
  return loaded as JSHandle<Answers>
}

/** Resolves with why the tab answers no more; otherwise never. */
async function endOf(page: Page): Promise<RunError> {
  const why = await new Promise<string>((resolve, reject) => {
    page.exposeFunction('onLost', resolve).catch(reject)
    page.once('crash', () => resolve('the tab ended by itself, perhaps for lack of memory'))
  })
  return new RunError(`${why}; start the server again`)
}
