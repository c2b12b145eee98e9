// What is kept of a run: a line for every sample, and the settings that reproduce it.

/** A line of results.jsonl: one question, or one text to foresee, under one policy and budget. */
export interface SampleRecord {
  /** of the document under these settings; a document whose lines are all there is not read again */
  readonly key: string
  readonly task: string
  /** tokens asked for */
  readonly length: number
  /** of the document among those of its task and length */
  readonly document: number
  /** of the question among the document's, which in a conversation is the turn */
  readonly turn: number
  /** how many lines the document has */
  readonly of: number
  /** the policy with the settings given to it, e.g. `snapkv:allocation=pyramid` */
  readonly policy: string
  /** units per layer and KV head; for `full` the document's tokens */
  readonly budget: number
  /** of document, questions and limits: the same prompt has the same hash */
  readonly prompt: string
  readonly documentTokens: number
  readonly prediction: string
  readonly answers: readonly string[]
  /** 0 … 1 by the task's metric; for prose, how often the most likely token is the full cache's */
  readonly score: number
  readonly depth?: number
  /** prose: mean negative log-likelihood in nats a token, and mean KL divergence from the full cache's predictions */
  readonly nats?: number
  readonly divergence?: number
  /** what read and answered it; times of different ones do not compare */
  readonly adapter: string
  readonly readMs: number
  readonly answerMs: number
  readonly answerTokens: number
  /** on the GPU: cache buffers, keys and values of the units kept, the highest sum of everything while reading */
  readonly cacheBytes: number
  readonly keptBytes: number
  readonly peakBytes: number
}

/** What one needs to know to run it again. */
export interface RunRecord {
  readonly date: string
  readonly command: string
  readonly model: string
  /** of config, tokenizer, weights, heads and compressor, where they are files */
  readonly modelHash: string
  /** where the latest samples come from */
  readonly host: string
  readonly chunk: string
  readonly cache: string
  readonly positions: string
  readonly seed: number
  readonly haystack: string
  readonly words: string
  readonly turns: 'golden' | 'own'
  readonly answerTokens: 'published' | 'tight'
  /** policy → hash of the files that it alone is given */
  readonly files: Readonly<Record<string, string>>
  /** sentences: what was left out, and what else a reader must know */
  readonly notes: readonly string[]
}
