// What a loaded model tells of the kernels that it runs.

/** Names of the ways to choose kernels. */
export const kernelChoices = ['measured', 'portable'] as const

/**
 * How kernels are chosen that have variants. `measured`: this GPU times them when a model is loaded, and the fastest runs.
 * `portable`: those run that run everywhere.
 */
export type KernelChoice = (typeof kernelChoices)[number]

/** A variant of a step's kernels, and how long it took. */
export interface TimedVariant {
  /** Its name; the first of a step is `portable`. */
  readonly variant: string
  /** Its time, of the portable variant's: below 1 it is faster. */
  readonly ratio: number
}

/** What runs in a step of the forward pass that has variants. */
export interface StepVariants {
  /** `one token` are the products of a decode step, `many tokens` those of a block of the document. */
  readonly step: 'one token' | 'many tokens'
  /** Name of the variant that runs. */
  readonly runs: string
  /** All that were timed; empty where nothing was measured. */
  readonly timed: readonly TimedVariant[]
}

/** What a loaded model says of its GPU and its kernels. */
export interface Diagnostics {
  /** Name of the GPU adapter, e.g. `google swiftshader`. */
  readonly adapter: string
  /**
   * Where the choice of kernels comes from. `measured`: it was measured at this loading. `kept`: at an earlier one, in this
   * browser. `portable`: nothing was measured, as it was asked for or the adapter computes on the CPU.
   */
  readonly kernels: 'measured' | 'kept' | 'portable'
  /** What runs, by step. */
  readonly steps: readonly StepVariants[]
  /** Variants that are not used because they failed or were not timed, a sentence each. */
  readonly dropped: readonly string[]
}
