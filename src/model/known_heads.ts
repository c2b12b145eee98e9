// Retaining heads for models that are known by their content: whatever name, folder or storage a model comes under, its
// fingerprint finds the heads that were trained for it.
import type { HeadsSource } from '../api/api.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelDescription } from './description.ts'
import { fingerprint, shapeOf } from './fingerprint.ts'

export interface KnownHeads<File = HeadsSource> {
  /** for people, e.g. `SmolLM2-135M-Instruct` */
  readonly model: string
  /** of the model the heads were trained for: `final-norm-sha256:…` */
  readonly fingerprint: string
  /** of that model, as `shapeOf` writes it: known before anything of the weights is read */
  readonly shape: string
  readonly file: File
}

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
