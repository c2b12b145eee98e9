/**
 * The object must outlive what runs on it. Throws Error where `LONGTAB_WEBGPU` does not name the package's index.js.
 * @param features e.g. `disable-dawn-features=timestamp_quantization`
 */
export function nodeGpu(features?: readonly string[]): Promise<GPU>
