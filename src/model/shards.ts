// Weights that lie in several files, as the Hub's and llama.cpp's tools name them: `model-00002-of-00004.safetensors`.

const shardName = /^(.+-)(\d{5})(-of-)(\d{5})(\.\w+)$/

/** The names of all shards of the file's set, in order; undefined for a file that is no shard by its name. */
export function shardsOf(file: string): readonly string[] | undefined {
  const [, stem, , of, count, ending] = shardName.exec(file) ?? []
  if (stem === undefined || of === undefined || count === undefined || ending === undefined)
    return undefined
  if (Number(count) > mostShards) return undefined
  return Array.from(
    { length: Number(count) },
    (_, i) => `${stem}${String(i + 1).padStart(5, '0')}${of}${count}${ending}`,
  )
}

/** Far beyond any model; keeps a damaged name from making a long list. */
const mostShards = 1000
