// Mixtures of experts, which every format tells in its own way and none of them runs.
import { LongtabError } from '../api/errors.ts'

/** A tensor of experts, under any format's name. */
export const ofExperts = /expert|_exps?\.|_shexp|block_sparse_moe/

/** @param told what says so, as the file has it */
export function mixtureOfExperts(told: string): LongtabError {
  return new LongtabError(
    'unsupported-model',
    `mixture of experts is not supported (${told}); choose a model without experts`,
  )
}

/** `model_type` of models that have experts by default, where config.json does not count them. */
const knownTypes = /moe|mixtral|dbrx|grok/i

/**
 * Throws LongtabError `unsupported-model` where config.json tells of several experts, itself or in one of its parts, such as
 * the text_config of a multimodal model.
 */
export function refuseExperts(config: object): void {
  const counts = [
    ...countsIn(config, ''),
    ...Object.entries(config).flatMap(([name, part]) =>
      typeof part === 'object' && part !== null ? countsIn(part as object, `${name}.`) : [],
    ),
  ]
  const several = counts.find(([, count]) => count > 1)
  if (several) throw mixtureOfExperts(several.join(' '))
  const { model_type: type } = config as { model_type?: unknown }
  if (counts.length === 0 && typeof type === 'string' && knownTypes.test(type))
    throw mixtureOfExperts(`model_type ${type}`)
}

/** `num_experts`, `num_local_experts`, `n_routed_experts`, `moe_num_experts` …; some have a number for each kind of layer. */
function countsIn(fields: object, within: string): [string, number][] {
  return Object.entries(fields)
    .filter(([name]) => name.endsWith('experts'))
    .map(([name, count]) => [within + name, Math.max(0, ...[count].flat().map(numberIn))])
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
