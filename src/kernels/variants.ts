// Candidates of the kernels that multiply by matrices: constants that a device may choose by measurement (src/tuning). All
// compute the same sums in f32, in another order.

/** Side of a workgroup's square tile of outputs. */
export type TileSide = 64 | 128

export interface MatvecVariant {
  /** for people */
  readonly name: string
  /** lanes that share four matrix rows, of the number that `rowLanes` has */
  readonly lanesFactor: number
}

export interface MatmulVariant {
  /** for people */
  readonly name: string
  /** the larger tile is not used where it is 64 */
  readonly largest: TileSide
  /** input rows of a lane; 4 gives the small tile twice as many lanes, and the large one more than devices allow */
  readonly laneRows: 8 | 4
  /** input columns of a step, of as many as fill 16 KiB of workgroup memory */
  readonly depthShare: 1 | 0.5
}

/** The constants of all matrix kernels of a model. Matvec kernels of one and of a few tokens have the same. */
export interface Variants {
  readonly matvec: MatvecVariant
  readonly matmul: MatmulVariant
}

/** What runs everywhere, and where nothing was measured. */
export const portable: Variants = {
  matvec: { name: 'portable', lanesFactor: 1 },
  matmul: { name: 'portable', largest: 128, laneRows: 8, depthShare: 1 },
}

/** The portable one first. */
export const matvecVariants: readonly MatvecVariant[] = [
  portable.matvec,
  { name: 'a quarter of the lanes', lanesFactor: 1 / 4 },
  { name: 'four times the lanes', lanesFactor: 4 },
]

/** The portable one first. */
export const matmulVariants: readonly MatmulVariant[] = [
  portable.matmul,
  { name: 'half the depth', largest: 128, laneRows: 8, depthShare: 0.5 },
  { name: 'small tiles', largest: 64, laneRows: 8, depthShare: 1 },
  { name: 'small tiles, four rows a lane', largest: 64, laneRows: 4, depthShare: 1 },
]
