// npm run serve, longtab serve: answers the requests of OpenAI's clients with a model in a headless Chromium or in this process.
// The address goes to stdout, everything else to stderr.
import type { Progress } from '../../src/api/progress.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { builtInModel } from '../models/built_in.ts'
import { withRealModel } from '../models/real_model.ts'
import type { Answering } from '../serve/answering.ts'
import { listen } from '../serve/http.ts'
import { serveInNode } from '../serve/in_node.ts'
import { serveInTab } from '../serve/in_tab.ts'
import { createLog } from '../serve/log.ts'
import { parseServe } from '../serve/options.ts'
import { command } from '../shell/command.ts'
import { progressPrinter } from '../shell/progress.ts'
import { asTyped } from '../shell/typed.ts'

const progress = progressPrinter(process.stderr)

await command('serve', async () => {
  const parsed = parseServe(process.argv.slice(2), builtInModel)
  const { adapter, json, name, ...rest } = parsed
  const options = { ...parsed, model: await withRealModel(parsed.model) }
  await ensureBuilt('library')
  let loaded: (answering: Answering) => void = () => undefined
  const answering = new Promise<Answering>((resolve) => (loaded = resolve))
  const log = createLog(json, say)
  const listener = await listen(rest, async (...asked) => (await answering)(...asked), log) // a port that is taken is told at once
  const ready = (answering: Answering): void => {
    progress.clear()
    loaded(answering)
    console.log(`Longtab answers as ${name} at ${listener.url}/v1 (Ctrl-C ends it)`)
  }
  const telling = { onProgress: (at: Progress) => progress.show(at), onNote: say }
  try {
    await (adapter === 'node'
      ? serveInNode(options, telling, ready)
      : serveInTab(adapter, options, telling, ready))
  } finally {
    progress.clear()
    await listener.close()
  }
})

/** A line on stderr. */
function say(line: string): void {
  progress.clear()
  process.stderr.write(`${asTyped(line)}\n`)
}
