// Retaining heads for models that are known by their content: whatever name, folder or storage a model comes under, its
// fingerprint finds the heads that were trained for it.
import type { KnownHeads } from '../api/model.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Checkpoint } from './checkpoint.ts'
import { fingerprint, shapeOf } from './fingerprint.ts'

/** The heads of the list that are this model's. Opens its weights, for the final norm, only where a shape of the list is its own. */
export async function knownHeadsFor<File>(
  known: readonly KnownHeads<File>[],
  model: ModelDescription,
  weights: () => Promise<Checkpoint>,
  signal?: AbortSignal,
): Promise<KnownHeads<File> | undefined> {
  const ofThisShape = known.filter(({ shape }) => shape === shapeOf(model))
  if (ofThisShape.length === 0) return undefined
  const found = await fingerprint(model, await weights(), signal)
  return ofThisShape.find((heads) => heads.fingerprint === found)
}
