// A command's model in this process, without a browser: what the Hub has is there, and the engine reads model, heads and
// compressor from a site, as a tab does.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as module from '../../src/index.ts'
import { dist } from '../build/paths.ts'
import { bring } from '../models/bring.ts'
import { sourcesOf, type ModelCommand } from '../models/sources.ts'
import { RunError } from '../shell/command.ts'
import { serve, type Mounts } from '../site/serve.ts'
import { nodeGpu } from './gpu.mjs'

export type Engine = Pick<typeof module, 'load'>

/** A part of dist/module. */
export async function builtModule<Module>(name: string): Promise<Module> {
  return (await import(pathToFileURL(join(dist, 'module', name)).href)) as Module
}

/**
 * @param mounts of the site, beside the model's
 * @param work gets an engine on this process's GPU, the command with URLs in place of paths, and the site's URL, which ends
 * in a slash
 */
export async function inModelSite<Command extends ModelCommand, Result>(
  command: Command,
  mounts: Mounts,
  work: (engine: Engine, located: Command, site: string) => Promise<Result>,
): Promise<Result> {
  const gpu = await nodeGpu()
  const { load, checkFit } =
    await builtModule<Pick<typeof module, 'load' | 'checkFit'>>('longtab.js')
  const sources = sourcesOf(command)
  await bring(sources.hub, sources.merges, async (model, headsWidth) => {
    const limits = (await gpu.requestAdapter())?.limits
    const allowed = Math.min(limits?.maxBufferSize ?? 0, limits?.maxStorageBufferBindingSize ?? 0)
    try {
      checkFit(model, command.settings, headsWidth, allowed)
    } catch (error) {
      throw error instanceof Error && 'code' in error ? new RunError(error.message) : error
    }
  })
  const engine: Engine = { load: (source, options) => load(source, { ...options, gpu }) }
  const site = await serve({ ...mounts, ...sources.mounts })
  try {
    return await work(engine, sources.located(site.url), site.url)
  } finally {
    await site.close()
  }
}
