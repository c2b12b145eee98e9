// The files of a run: a line for every sample, and the settings that reproduce it.

/** A line of results.jsonl: one question, or one continuation, under one policy and budget. */
export interface SampleRecord {
  /** of the document under these settings; a document whose lines all exist is not read again */
  readonly key: string
  readonly task: string
  /** requested tokens */
  readonly length: number
  /** index of the document among those of its task and length */
  readonly document: number
  /** index of the question in its document; in a conversation, the turn */
  readonly turn: number
  /** number of lines of the document */
  readonly of: number
  /** the policy and its settings, e.g. `snapkv:allocation=pyramid` */
  readonly policy: string
  /** units per layer and KV head; for `full` the document's tokens */
  readonly budget: number
  /** hash of document, questions and limits */
  readonly prompt: string
  readonly documentTokens: number
  readonly prediction: string
  readonly answers: readonly string[]
  /** 0 … 1 by the task's metric; for prose, how often the most likely token equals the full cache's */
  readonly score: number
  readonly depth?: number
  /** prose: mean negative log-likelihood in nats per token, and mean KL divergence from the full cache's predictions */
  readonly nats?: number
  readonly divergence?: number
  /** the GPU that read and answered; times of different ones are not comparable */
  readonly adapter: string
  readonly readMs: number
  readonly answerMs: number
  readonly answerTokens: number
  /** on the GPU: cache buffers, keys and values of the units kept, peak of all buffers while reading */
  readonly cacheBytes: number
  readonly keptBytes: number
  readonly peakBytes: number
}

/** Everything needed to run it again. */
export interface RunRecord {
  readonly date: string
  readonly command: string
  readonly model: string
  /** of config, tokenizer, weights, heads and compressor, where they are files */
  readonly modelHash: string
  /** machine of the latest samples */
  readonly host: string
  readonly chunk: string
  readonly cache: string
  readonly positions: string
  readonly seed: number
  readonly haystack: string
  readonly words: string
  readonly turns: 'golden' | 'own'
  readonly answerTokens: 'published' | 'tight'
  /** policy → hash of the files that only this policy reads */
  readonly files: Readonly<Record<string, string>>
  /** sentences for the reader: what was left out and why */
  readonly notes: readonly string[]
}
