// The tokenizers library, opened in the variants that reading needs. For each treatment of special tokens and each
// boundary of a text there are two: one that returns tokens, and one that stops before the model and returns words.
import { BPE, Model, Tokenizer as Library } from '@huggingface/tokenizers'
import { joinedBigrams, splitAtSafeBigrams } from './bigram_split.ts'
import { keepByteOrderMarks } from './byte_order_marks.ts'
import { dropControlMerges, withoutControlWords } from './control_merges.ts'
import { withoutPrefix, type JsonRecord, type Boundary } from './tokenizer_file.ts'
import { controlTexts, withoutControls } from './without_controls.ts'
import { replaceWordCache } from './word_cache.ts'

/** Control tokens in a text are what they are, or plain data like all other characters. */
export type SpecialTokens = 'control' | 'data'

export class Variants {
  /** the tokenizer as its files describe it */
  readonly plain: Library
  readonly #json: JsonRecord
  readonly #config: JsonRecord
  /** of byte-pair encodings, whose vocabulary and merges are large: one copy for all variants */
  readonly #sharedModels: Readonly<Record<SpecialTokens, BPE>> | undefined
  readonly #joined: ReadonlySet<number> | undefined
  readonly #made = new Map<string, Library>()

  constructor(json: JsonRecord, config: JsonRecord) {
    this.#json = json
    this.#config = config
    this.plain = new Library(json, config)
    const { model } = this.plain
    const controls = controlTexts(json)
    if (model instanceof BPE) {
      dropControlMerges(model, controls)
      this.#sharedModels = { control: model, data: withoutControlWords(model, controls) }
    }
    replaceWordCache(model)
    keepByteOrderMarks(this.plain)
    this.#joined = joinedBigrams(model)
    this.#made.set('tokens control start', this.#split(this.plain))
  }

  /** Returns tokens. */
  tokens(specials: SpecialTokens, boundary: Boundary): Library {
    return this.#once(`tokens ${specials} ${boundary}`, () => {
      const json = this.#rewritten(specials, boundary)
      if (this.#sharedModels === undefined) return new Library(json, this.#config)
      const variant = new Library({ ...json, model: emptyModel }, this.#config)
      variant.model = this.#sharedModels[specials]
      return variant
    })
  }

  /** Returns the words that the model would tokenize separately. */
  words(specials: SpecialTokens, boundary: Boundary): Library {
    return this.#once(`words ${specials} ${boundary}`, () => {
      const json = this.#rewritten(specials, boundary)
      const variant = new Library({ ...json, model: emptyModel }, this.#config)
      variant.model = new WordsModel()
      return variant
    })
  }

  #rewritten(specials: SpecialTokens, boundary: Boundary): JsonRecord {
    return withoutPrefix(specials === 'data' ? withoutControls(this.#json) : this.#json, boundary)
  }

  #once(name: string, make: () => Library): Library {
    const made = this.#made.get(name) ?? this.#split(make())
    this.#made.set(name, made)
    return made
  }

  #split(library: Library): Library {
    if (this.#joined) splitAtSafeBigrams(library, this.#joined)
    return library
  }
}

const emptyModel = { type: 'BPE', vocab: {}, merges: [], unk_token: null } as const

/** A model that leaves words whole. */
class WordsModel extends Model {
  constructor() {
    super({ ...emptyModel, vocab: {}, merges: [], ignore_merges: false })
  }

  override encode(words: string[]): string[] {
    return words
  }
}
