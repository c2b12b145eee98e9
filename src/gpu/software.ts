// Adapters that compute on the CPU. Barriers cost much there.

/**
 * Whether an adapter computes on the CPU.
 * @throws Nothing.
 */
export function isSoftware({ isFallbackAdapter, architecture }: GPUAdapterInfo): boolean {
  return isFallbackAdapter || architecture === 'swiftshader' || architecture === 'software'
}
