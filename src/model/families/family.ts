// What one architecture adds to the shapes that all of them share. A further family is one more file like llama.ts and a
// line in the list of config.ts.
import type { LayerTensorNames } from '../description.ts'
import type { Fields } from '../fields.ts'

export interface Family {
  /** `model_type` in config.json */
  readonly modelType: string
  /** the entry in `architectures` */
  readonly architecture: string
  /** what the family's own code assumes where config.json says nothing */
  readonly defaults: {
    readonly rms_norm_eps: number
    readonly max_position_embeddings: number
    readonly rope_theta: number
    readonly tie_word_embeddings: boolean
  }
  /** Throws LongtabError `unsupported-model` for a variant that the forward pass does not compute. */
  refuse(config: Fields): void
  readonly embedding: string
  readonly finalNorm: string
  /** when it is not the embedding */
  readonly output: string
  layer(index: number): LayerTensorNames
}
