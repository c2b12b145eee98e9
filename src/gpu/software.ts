// Adapters that compute on the CPU. Barriers cost much there, and lanes run in fours at most.

export function isSoftware({ isFallbackAdapter, architecture }: GPUAdapterInfo): boolean {
  return isFallbackAdapter || architecture === 'swiftshader' || architecture === 'software'
}
