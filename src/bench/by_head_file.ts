// A heads' file whose shares split the bench's budget. Without GPU code, so that a command may read it.
import type { HeadsDefaults } from '../plan/settings.ts'
import { blobFile } from '../files/blob_file.ts'
import { openRetainingHeads, type Shares } from '../model/retaining_heads.ts'
import { describeShape, shapes, type ShapeName } from './shapes.ts'

/** The defaults of a heads' file, and the settings for the measurement. */
export interface ByHead extends HeadsDefaults {
  readonly shares: Shares
  /** d_R of the heads */
  readonly hidden: number
  /** mean units and tokens of a chunk; by default the product's own */
  readonly budget?: number
  readonly chunk?: number
}

/** Throws LongtabError where the file does not fit this shape, Error where it has no shares. */
export async function byHeadOf(file: Blob, label: string, shape: ShapeName): Promise<ByHead> {
  const bytes = blobFile(file, label, () => undefined)
  const heads = await openRetainingHeads(bytes, describeShape(shapes[shape]))
  heads.checkpoint.close()
  const { hidden, pool, shares, stabilizers } = heads
  if (!shares) throw new Error(`${label} has no shares to deal a budget out by`)
  return { hidden, pool, shares, stabilizers }
}
