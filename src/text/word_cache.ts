// Workaround: replaces the cache of split words in @huggingface/tokenizers 0.2.0, which deletes and adds a word again at
// each use. A JavaScript Map keeps deleted entries in its chains until it is rebuilt. Common words then take 10…60 µs
// each, and tokenizing source code takes five times as long. Delete this file when the library's LRUCache.get no longer
// deletes.
import { BPE, type Tokenizer } from '@huggingface/tokenizers'

interface WordCache {
  get(word: string): string[] | undefined
  put(word: string, tokens: string[]): void
  clear(): void
}

/** Gives a BPE model this cache; other models have none. */
export function replaceWordCache(model: Tokenizer['model']): void {
  if (model instanceof BPE) Object.assign(model.cache, wordCache(model.cache_capacity))
}

/** Holds at least the last `capacity` words, at most twice as many: a full generation becomes the old one. */
export function wordCache(capacity: number): WordCache {
  let young = new Map<string, string[]>()
  let old = new Map<string, string[]>()
  const put = (word: string, tokens: string[]) => {
    if (young.size >= capacity) {
      old = young
      young = new Map()
    }
    // A slice keeps the whole text alive; a copy does not.
    young.set(word.split('').join(''), tokens)
  }
  return {
    get(word) {
      const recent = young.get(word)
      if (recent) return recent
      const tokens = old.get(word)
      if (tokens) put(word, tokens)
      return tokens
    },
    put,
    clear() {
      young = new Map()
      old = new Map()
    },
  }
}
