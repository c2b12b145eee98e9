// A quality run's model and heads from the Hub: downloaded once, and read from one address by this process and all
// workers' tabs.
import { ensureBuilt } from '../build/fresh.ts'
import { accessFromEnvironment, hubModel } from '../models/hub_model.ts'
import { bringFromHub, type InPage } from '../models/hub_tab.ts'
import { headsOfOurs } from './heads.ts'
import { hashOf, hasHeads, modelHash } from './model.ts'
import type { QualityOptions } from './options.ts'
import { largestReadings } from './plan.ts'
import { mayMerge } from './policies.ts'
import { serve } from '../site/serve.ts'
import { isUrl } from '../shell/files.ts'

export interface Reached {
  /** with addresses instead of names, for the duration of the run */
  readonly options: QualityOptions
  /** hash of everything that the answers depend on, the same at every call */
  readonly hash: () => Promise<string>
}

/** Throws RunError when Hub or GPU rejects the model. */
export async function inReach(
  options: QualityOptions,
  run: (reached: Reached) => Promise<void>,
): Promise<void> {
  const { model, heads, compressor, revision, adapter } = options
  const hub = hubModel(model, heads, accessFromEnvironment(revision))
  if (
    adapter === 'node' ||
    adapter === 'twin' ||
    (hub.model === undefined && hub.heads === undefined)
  ) {
    const own = await withHeadsOfOurs(options)
    await run({ options: own, hash: () => modelHash(own) })
    return
  }
  const inPage: InPage = async (work) => {
    await ensureBuilt('library')
    const { inTab } = await import('../browser/tab.ts')
    await inTab({ title: 'bench:quality', adapter }, work)
  }
  const purposes = largestReadings(options).map(
    (overrides) => ({ for: 'reading', overrides }) as const,
  )
  await bringFromHub(hub, inPage, { purposes, merges: mayMerge(options) })
  const versions = await hub.versions()
  const site = await serve(hub.mounts)
  try {
    const read = hub.model === undefined ? model : `${site.url}${hub.model}`
    // heads from the Hub are hashed by version, since their address changes with every call
    const hashed = {
      ...(heads === undefined || hub.heads !== undefined ? {} : { heads }),
      ...(compressor === undefined ? {} : { compressor }),
    }
    await run({
      options: {
        ...options,
        model: read,
        ...(hub.heads === undefined ? {} : { heads: `${site.url}${hub.heads}` }),
      },
      hash: async () => hashOf(await modelHash({ model: read, ...hashed }), ...versions),
    })
  } finally {
    await site.close()
  }
}

/** Named heads, or those of the model's folder, take precedence over ours. */
async function withHeadsOfOurs(options: QualityOptions): Promise<QualityOptions> {
  if (isUrl(options.model) || (await hasHeads(options))) return options
  const heads = await headsOfOurs(options.model)
  return heads === undefined ? options : { ...options, heads }
}
