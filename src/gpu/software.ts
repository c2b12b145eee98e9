// Adapters that compute on the CPU. Barriers cost much there.

/**
 * Whether an adapter computes on the CPU.
 * @param info of an adapter or a device; of a device, browsers may not say it
 * @throws Nothing.
 */
export function isSoftware(info: GPUAdapterInfo | undefined): boolean {
  if (info === undefined) return false
  const { isFallbackAdapter, architecture } = info
  return isFallbackAdapter || architecture === 'swiftshader' || architecture === 'software'
}
