// A quality run's model and heads where they are named on the Hub: brought once, and read from one address by this process
// and by the tabs of all workers.
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
  /** with addresses in place of names, for as long as the run takes */
  readonly options: QualityOptions
  /** of all that the answers follow from, the same at every call */
  readonly hash: () => Promise<string>
}

/** Throws RunError where the Hub or the GPU refuses. */
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
    // heads from the Hub go by their version: their address is another at every call
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

/** Heads that are named, or in the model's folder, go before ours. */
async function withHeadsOfOurs(options: QualityOptions): Promise<QualityOptions> {
  if (isUrl(options.model) || (await hasHeads(options))) return options
  const heads = await headsOfOurs(options.model)
  return heads === undefined ? options : { ...options, heads }
}
