// What is known of a model before a server is asked: what it downloads, whose it is, and its shape.
import type { ModelDescription } from '../api/description.ts'
import type { WeightStorage } from '../api/settings.ts'
import { describe } from './config.ts'
import { codesByName } from './gguf/mixes.ts'

/** A model of the Hub whose size and shape are known before a server is asked. */
export interface Preset {
  /** Where it lies, for `load`. */
  readonly source: string
  /** Its name, as its makers call it. */
  readonly name: string
  /** Bytes of the weights to download. */
  readonly bytes: number
  /** Whether `bytes` is worked out from shape and storage; `undefined` where it is read from the file. */
  readonly approximate?: true
  /** The licence of the weights. */
  readonly license: string
  /** Whether the page lists it: of several downloads of a model the smallest that answers as well; else `undefined`. */
  readonly offered?: true
  /** How its weights are stored, where what the settings would choose is too large for most devices; else `undefined`. */
  readonly weights?: WeightStorage
  /** Whether its terms must be accepted on its page, and a token given. */
  readonly gated: boolean
  /** Official retaining heads, to be loaded with it; `undefined` without. */
  readonly heads:
    | {
        /** Where they lie, for the option `heads` of `load`. */
        readonly source: string
        /** Bytes to download. */
        readonly bytes: number
        /** Width d_R of their hidden layer. */
        readonly width: number
      }
    | undefined
  /**
   * Of thirty questions about a novel of 37,000 tokens, those answered right from four passages that were found
   * (docs/research/recall.md); `undefined` where nobody measured it.
   */
  readonly answersRight?: number
  /** Whether it can think before it answers, by a switch in its chat template; `undefined` where it cannot. */
  readonly thinks?: true
  /** What its `config.json` says of its shape. */
  readonly config: Readonly<Record<string, unknown>>
}

/**
 * Describes the shape of a model in `presets`, and what its file holds in codes.
 * @throws Nothing.
 */
export function describePreset({ config, source }: Preset): ModelDescription {
  const model = describe(config, {})
  return { ...model, codes: codesByName(source, model) }
}
