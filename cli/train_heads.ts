// npm run train-heads: trains retaining heads for a model, headless, with the built module. What it reports goes to
// stderr, the heads and the checkpoint to files.
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Page } from 'playwright'
import type { Progress, TrainingProgress } from '../src/api.ts'
import { command } from './command.ts'
import { ensureBuilt, root } from './fresh.ts'
import { progressPrinter } from './progress.ts'
import { unlessRefused } from './refusal.ts'
import type { Handler, Mounts } from './serve.ts'
import { modelMounts, modelUrl } from './served_model.ts'
import { argsToReach, inTab } from './tab.ts'
import { help, parseTrainHeads, type TrainHeadsCommand } from './train_heads_options.ts'
import { trainInPage, type Engine, type Task, type Trained } from './train_heads_page.ts'

const defaultModel = join(root, 'public/models/default')

await command('train-heads', async () => {
  const options = parseTrainHeads(process.argv.slice(2), defaultModel)
  if (options === 'help') {
    console.log(help)
    return
  }
  await ensureBuilt('library')
  const { looks, losses, settings } = await train(options)
  await rm(options.checkpoint, { force: true })
  console.log(`${options.out}: ${losses.length} of ${settings.steps} steps`)
  console.log(overlapTable(looks))
})

function train(options: TrainHeadsCommand): Promise<Trained> {
  const { adapter, model, checkpoint, fresh } = options
  const goesOn = !fresh && existsSync(checkpoint)
  if (goesOn) console.error(`going on from ${checkpoint}`)
  const browserArgs = argsToReach(model)
  return inTab(
    { title: 'train-heads', adapter, mounts: mounts(options), browserArgs },
    (page, site) => trainInTab(page, taskFor(options, site, goesOn)),
  )
}

async function trainInTab(page: Page, task: Task): Promise<Trained> {
  const progress = progressPrinter(process.stderr)
  await page.exposeFunction('onProgress', (at: Progress | TrainingProgress) => progress.show(at))
  const engine = await page.evaluateHandle<Engine>("import('/module/longtab.js')")
  const outcome = await page.evaluate(trainInPage, [engine, task] as const)
  progress.clear()
  return unlessRefused(outcome)
}

function mounts({ model, data, out, checkpoint }: TrainHeadsCommand): Mounts {
  return {
    '/files/heads': received(out),
    '/files/checkpoint': received(checkpoint),
    '/resume': checkpoint,
    ...(data === undefined ? {} : { '/data': data }),
    ...modelMounts(model),
  }
}

/** What is put there becomes the file once it has all arrived: a cut transfer never replaces a whole one. */
function received(path: string): Handler {
  return async (request, response) => {
    const arriving = `${path}.part`
    try {
      await pipeline(request, createWriteStream(arriving))
      await rename(arriving, path)
    } catch (error) {
      console.error(`train-heads: ${path} could not be written: ${String(error)}`)
      throw error
    }
    response.writeHead(204).end()
  }
}

function taskFor(
  { model, data, settings, weights }: TrainHeadsCommand,
  site: string,
  goesOn: boolean,
): Task {
  return {
    model: modelUrl(model, site),
    ...(data === undefined ? {} : { data: `${site}data` }),
    ...(goesOn ? { resume: `${site}resume` } : {}),
    files: `${site}files/`,
    options: { ...settings, weights },
  }
}

/** Top-10 % overlap on held-out documents, layer by layer: at the random start and at the end. */
function overlapTable(looks: Trained['looks']): string {
  const [start] = looks
  const end = looks.at(-1)
  if (!start || !end) return 'no documents were held out, so the overlap is not known'
  const percent = (share: number | undefined) => `${(100 * (share ?? 0)).toFixed(1)} %`.padStart(8)
  const lines = end.overlap.map(
    (share, layer) =>
      `${String(layer).padStart(5)} ${percent(start.overlap[layer])} → ${percent(share)}`,
  )
  return [
    `layer  overlap of the top 10 % (after ${start.step} → ${end.step} steps)`,
    ...lines,
  ].join('\n')
}
