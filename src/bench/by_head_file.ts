// A heads' file whose shares the bench deals a budget out by. Nothing of the GPU, so that a command may read it.
import type { HeadsDefaults } from '../plan/settings.ts'
import { blobFile } from '../files/blob_file.ts'
import { openRetainingHeads, type Shares } from '../model/retaining_heads.ts'
import { describeShape, shapes, type ShapeName } from './shapes.ts'

/** What a heads' file says of how it is to be used, and the settings that it is measured with. */
export interface ByHead extends HeadsDefaults {
  readonly shares: Shares
  /** d_R of the heads */
  readonly hidden: number
  /** units in the mean, and tokens of a chunk; by default the product's own */
  readonly budget?: number
  readonly chunk?: number
}

/** Throws LongtabError where the file is not of this shape, Error where it has no shares. */
export async function byHeadOf(file: Blob, label: string, shape: ShapeName): Promise<ByHead> {
  const bytes = blobFile(file, label, () => undefined)
  const heads = await openRetainingHeads(bytes, describeShape(shapes[shape]))
  heads.checkpoint.close()
  const { hidden, pool, shares, stabilizers } = heads
  if (!shares) throw new Error(`${label} has no shares to deal a budget out by`)
  return { hidden, pool, shares, stabilizers }
}
