// What one architecture adds to the shapes that all of them share. A further family is one more file like qwen3.ts and a
// line in families.ts.
import { readActivation } from '../activation_config.ts'
import type {
  LayerAttention,
  LayerKind,
  LayerTensorNames,
  ModelDescription,
  TensorNames,
} from '../../api/description.ts'
import type { Fields } from '../fields.ts'

/** What `traits` may build on. */
export type Shape = Pick<
  ModelDescription,
  'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headSize' | 'maxPositions' | 'kinds'
>

/** Constants that differ between architectures, not only between sizes. */
export type Traits = Pick<
  ModelDescription,
  | 'normOffset'
  | 'activation'
  | 'embeddingScale'
  | 'attentionScale'
  | 'attentionCap'
  | 'logitCap'
  | 'attention'
> &
  Partial<
    Pick<
      ModelDescription,
      | 'normEpsilon'
      | 'logitScale'
      | 'pairs'
      | 'convolutionTaps'
      | 'deltaNet'
      | 'shapes'
      | 'layerInputWidth'
    >
  >

export interface Family {
  /** `model_type` in config.json */
  readonly modelType: string
  /** the entry in `architectures` */
  readonly architecture: string
  /** the model for pictures with a model of the family inside; of several such families the first is the usual one */
  readonly wrapper?: { readonly modelType: string; readonly architecture: string }
  /** what the family's own code assumes where config.json says nothing */
  readonly defaults: {
    readonly rms_norm_eps: number
    readonly max_position_embeddings: number
    readonly tie_word_embeddings: boolean
    /** where it is not hidden_size / num_attention_heads */
    readonly head_dim?: number
    readonly vocab_size?: number
    readonly num_attention_heads?: number
    readonly num_key_value_heads?: number
  }
  /** what mixes tokens in each layer, where it is not attention in all; throws LongtabError `unsupported-model` at others */
  readonly kinds?: (config: Fields, layers: number) => readonly LayerKind[]
  /** width of the feed-forward layer, where it is not intermediate_size */
  readonly feedForward?: (config: Fields) => number
  /** the family's own name of `tie_word_embeddings` */
  readonly tied?: string
  /** fields that must be false or absent: variants that the forward pass does not compute */
  readonly refused: readonly string[]
  /** fields that the family computes and others refuse or ignore: see refused_fields.ts */
  readonly reads?: readonly string[]
  /** Throws LongtabError `unsupported-model` for what the forward pass does not compute. */
  traits(config: Fields, shape: Shape): Traits
  readonly tensors: {
    readonly embedding: string
    readonly finalNorm: string
    /** when it is not the embedding */
    readonly output: string
    /** of the inputs of all layers, where the model has any */
    layerInputs?(config: Fields): TensorNames['layerInputs']
    layer(index: number, kind: LayerKind, config: Fields): LayerTensorNames
  }
  /** `undefined` where llama.cpp saves these models as another family's */
  readonly gguf: GgufFamily | undefined
}

/** How llama.cpp saves the family (`gguf-py/gguf/constants.py`, `tensor_mapping.py`, `conversion/`). */
export interface GgufFamily {
  /** `general.architecture` */
  readonly architecture: string
  /** names of tensors outside the layers → in a Hugging Face checkpoint, both without `.weight` */
  readonly tensors: Readonly<Record<string, string>>
  /** the same inside a layer */
  readonly layerTensors: Readonly<Record<string, string>>
  /** the same of tensors in layers whose ending differs too, names with their endings */
  readonly wholeNames?: Readonly<Record<string, string>>
  /** whether the rows of q and k lie with rotary pairs side by side */
  readonly interleaved: boolean
  /** what was added to the weights of norms */
  readonly normOffset: number
  /**
   * The value that the checkpoint had for one of the file's, in a vector that was changed otherwise.
   * @param name in a Hugging Face checkpoint
   */
  readonly restored?: (name: string) => ((value: number) => number) | undefined
  /**
   * Whether a control token takes the white space behind it along, which GGUF does not say.
   * @param kind of tokenizer: `tokenizer.ggml.model`
   */
  stripsSpace(token: string, kind: string): boolean
  /** keys that `config` reads and that other families refuse: see gguf/config.ts */
  readonly reads?: readonly string[]
  /**
   * Fields of config.json of the family's own.
   * @param value of the key `ARCHITECTURE.key`
   * @param config the fields that all families have
   */
  config(value: (key: string) => unknown, config: GgufConfig): object
}

/** What `config` may build on. */
export interface GgufConfig {
  readonly hidden_size: number
  readonly num_attention_heads: number
  readonly num_hidden_layers: number
  readonly head_dim: number
}

/** Of a plain transformer: everything but how its layers look back. */
export function plainTraits(config: Fields, { headSize }: Shape): Omit<Traits, 'attention'> {
  return {
    normOffset: 0,
    activation: readActivation(config, 'hidden_act', 'silu'),
    embeddingScale: 1,
    attentionScale: 1 / Math.sqrt(headSize),
    attentionCap: undefined,
    logitCap: undefined,
  }
}

/** (layers), from the index of each layer of attention */
export function eachLayer(
  { kinds }: Pick<Shape, 'kinds'>,
  attention: (layer: number) => LayerAttention,
): Traits['attention'] {
  const looksBack: readonly LayerKind[] = ['attention', 'shared attention']
  return kinds.map((kind, layer) => (looksBack.includes(kind) ? attention(layer) : undefined))
}
