/** What the package `webgpu` exports. */
export interface Dawn {
  readonly create: (features: readonly string[]) => GPU
  /** constants that a page has: GPUBufferUsage and the like */
  readonly globals: Readonly<Record<string, unknown>>
}

/**
 * Path of the package's index.js: the one that `LONGTAB_WEBGPU` names, or the one that is installed. Throws Error where there
 * is none.
 */
export function webgpuEntry(): string

/** Throws Error as `webgpuEntry` does. */
export function dawn(): Promise<Dawn>

/**
 * The object must outlive what runs on it. Throws as `dawn` does.
 * @param features e.g. `disable-dawn-features=timestamp_quantization`
 */
export function nodeGpu(features?: readonly string[]): Promise<GPU>
