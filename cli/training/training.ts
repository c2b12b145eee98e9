// The common part of `npm run train-heads` and `train-compressor`: a training in a headless browser tab or in Node, with
// the built module. Progress goes to stderr, results and checkpoints to files.
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { ensureBuilt } from '../build/fresh.ts'
import { accessFromEnvironment, hubModel, type HubModel } from '../models/hub_model.ts'
import { bringFromHub } from '../models/hub_tab.ts'
import { progressPrinter } from '../shell/progress.ts'
import { withRealModel } from '../models/real_model.ts'
import { unlessRefused, type Refusal } from '../browser/refusal.ts'
import type { Handler, Mounts } from '../site/serve.ts'
import { argsToReach, sourceMounts, sourceUrls } from '../models/served_model.ts'
import type { OnProgress, Outcome, Task } from './page.ts'
import { trainInNode } from './in_node.ts'
import type { TrainingCommand } from './options.ts'

const kinds = { trainHeads: 'heads', trainCompressor: 'compressor' } as const

/** @param found name of the measurement on held-out documents, e.g. `overlap of the top 10 %` */
export async function runTraining(
  name: string,
  train: Task['train'],
  asked: TrainingCommand<object>,
  found: string,
): Promise<void> {
  const command = { ...asked, model: await withRealModel(asked.model) }
  await ensureBuilt('library')
  const { model, revision, heads, checkpoint, fresh, out } = command
  const goesOn = !fresh && existsSync(checkpoint)
  if (goesOn) console.error(`going on from ${checkpoint}`)
  const hub = hubModel(model, heads, accessFromEnvironment(revision))
  const progress = progressPrinter(process.stderr)
  const outcome = await trained(
    name,
    train,
    command,
    hub,
    (site) => taskFor(train, command, hub, site, goesOn),
    (at) => progress.show(at),
  )
  progress.clear()
  const { looks, losses, settings } = unlessRefused(outcome)
  await rm(checkpoint, { force: true })
  console.log(`${out}: ${losses.length} of ${settings.steps} steps`)
  console.log(lookTable(looks, found))
}

/** @param taskAt called with the URL of the site with the files, which ends in a slash */
async function trained(
  name: string,
  train: Task['train'],
  command: TrainingCommand<object>,
  hub: HubModel,
  taskAt: (site: string) => Task,
  onProgress: OnProgress,
): Promise<Outcome | Refusal> {
  const { adapter, model, heads, settings, weights } = command
  const files = mounts(name, command, hub)
  if (adapter === 'node') return trainInNode(files, taskAt, onProgress)
  const { trainInTab } = await import('./in_tab.ts') // Playwright may not be installed
  const target = { kind: kinds[train], overrides: settings }
  const purposes = [{ for: 'training', target, weights }] as const
  return trainInTab(
    { title: name, adapter, mounts: files, browserArgs: argsToReach(model, heads) },
    (page) => bringFromHub(hub, (work) => work(page), { purposes, merges: false }),
    taskAt,
    onProgress,
  )
}

function mounts(name: string, command: TrainingCommand<object>, hub: HubModel): Mounts {
  const { data, out, checkpoint } = command
  return {
    '/files/trained': received(name, out),
    '/files/checkpoint': received(name, checkpoint),
    '/resume': checkpoint,
    ...(data === undefined ? {} : { '/data': data }),
    ...sourceMounts(command, hub),
  }
}

/** Replaces the file when all bytes have arrived, so that a cut transfer never replaces a complete one. */
function received(name: string, path: string): Handler {
  return async (request, response) => {
    const arriving = `${path}.part`
    try {
      await pipeline(request, createWriteStream(arriving))
      await rename(arriving, path)
    } catch (error) {
      console.error(`${name}: ${path} could not be written: ${String(error)}`)
      throw error
    }
    response.writeHead(204).end()
  }
}

function taskFor(
  train: Task['train'],
  command: TrainingCommand<object>,
  hub: HubModel,
  site: string,
  goesOn: boolean,
): Task {
  const { data, settings, weights } = command
  const { model, ...heads } = sourceUrls(command, hub, site)
  return {
    train,
    model,
    ...(data === undefined ? {} : { data: `${site}data` }),
    ...(goesOn ? { resume: `${site}resume` } : {}),
    files: `${site}files/`,
    options: { ...settings, weights, ...heads },
  }
}

/** Layer by layer, at the start and at the end. */
function lookTable(looks: Outcome['looks'], found: string): string {
  const [start] = looks
  const end = looks.at(-1)
  if (!start || !end) return `no documents were held out, so the ${found} is not known`
  const percent = (share: number | undefined) => `${(100 * (share ?? 0)).toFixed(1)} %`.padStart(8)
  const lines = end.byLayer.map(
    (share, layer) =>
      `${String(layer).padStart(5)} ${percent(start.byLayer[layer])} → ${percent(share)}`,
  )
  return [`layer  ${found} (after ${start.step} → ${end.step} steps)`, ...lines].join('\n')
}
