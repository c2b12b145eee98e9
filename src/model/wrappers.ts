// Models for pictures and texts: their config.json has that of the model for texts inside, as `text_config`.
import { LongtabError } from '../api/errors.ts'
import { families } from './families/families.ts'
import { Fields } from './fields.ts'

/** Fields that the outer file has for both. */
const shared = ['eos_token_id', 'tie_word_embeddings', 'quantization_config']

/**
 * The configuration of the model for texts: a part of this one, or this one itself. Throws LongtabError `unsupported-model`
 * where a wrapper has another architecture, `bad-file` where it has nothing inside.
 */
export function unwrapped(config: Fields): Fields {
  const modelType = config.text('model_type')
  const family = families.find(({ wrapper }) => wrapper?.modelType === modelType)
  if (family?.wrapper === undefined) return config
  const { architecture } = family.wrapper
  const named: unknown = config.raw('architectures')
  const architectures: unknown[] = Array.isArray(named) ? named : []
  if (architectures.length > 0 && !architectures.includes(architecture)) {
    throw new LongtabError(
      'unsupported-model',
      `model_type ${modelType}, architecture ${architectures.join(', ')} is not supported; supported: ${architecture}`,
    )
  }
  const inside = config.raw('text_config')
  if (typeof inside !== 'object' || inside === null) {
    throw new LongtabError(
      'bad-file',
      `config.json of a ${modelType} model lacks text_config; fetch the files again`,
    )
  }
  const outer = shared.map((name) => [name, config.raw(name)] as const)
  const given = Object.fromEntries(outer.filter(([, value]) => value !== undefined))
  const { architectures: _, ...own } = inside as Record<string, unknown> // it names no class of its own
  return new Fields({ model_type: family.modelType, ...given, ...own }, 'config.json: text_config')
}
