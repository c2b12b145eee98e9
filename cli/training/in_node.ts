// A training in this process, without a browser. It reads and writes files through a site, as a tab does.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dist } from '../build/paths.ts'
import { nodeGpu } from '../node/gpu.mjs'
import { serve, type Mounts } from '../site/serve.ts'
import type { Refusal } from '../browser/refusal.ts'
import { trainInPage, type Engine, type OnProgress, type Outcome, type Task } from './page.ts'

/** @param taskAt called with the site's URL, which ends in a slash */
export async function trainInNode(
  mounts: Mounts,
  taskAt: (site: string) => Task,
  onProgress: OnProgress,
): Promise<Outcome | Refusal> {
  const gpu = await nodeGpu()
  const built = pathToFileURL(join(dist, 'module/longtab.js')).href
  const { trainHeads, trainCompressor } = (await import(built)) as Engine
  const engine: Engine = {
    trainHeads: (source, options) => trainHeads(source, { ...options, gpu }),
    trainCompressor: (source, options) => trainCompressor(source, { ...options, gpu }),
  }
  const site = await serve(mounts)
  try {
    return await trainInPage([engine, taskAt(site.url), onProgress])
  } finally {
    await site.close()
  }
}
