// The comparison the page draws: what a cache that keeps every token would hold.
import type { Settings } from '../engine/settings.ts'
import type { ModelDescription } from '../model/description.ts'

/** Bytes that one token adds to a cache that keeps everything: a key and a value per layer and KV head. */
export function bytesPerToken(model: ModelDescription, storage: Settings['cache']): number {
  const bytesPerNumber = storage === 'f16' ? 2 : 4
  return 2 * model.layers * model.kvHeads * model.headSize * bytesPerNumber
}
