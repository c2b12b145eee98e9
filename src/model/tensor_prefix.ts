// What wrappers of a model put into the names of its tensors when it is saved. They compile or shard it, train an adapter of
// it, or have it inside a model for pictures.
import { LongtabError } from '../api/errors.ts'

/** Wrappers of any part of a model, so that they stand anywhere in a name. */
const wrappers = /(^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/g

/** Wrappers of a whole model. */
const outer = /^(?:(?:module|language_model|base_model)\.)+(?=(?:model|lm_head)\.)/

/** A model inside a model, in the older and the newer order. */
const inner = /^model\.(?:(?:language_model|model)\.)+(?=\w)/

/** The name without them. */
export function withoutPrefixes(name: string): string {
  return name
    .replace(wrappers, '')
    .replace(/^\./, '')
    .replace(outer, '')
    .replace(inner, 'model.')
    .replace(/^model\.(?=lm_head\.)/, '')
}

/** The tensors by their names without prefixes, in order. Throws LongtabError `bad-file` where two would then be one. */
export function byPlainName<Tensor extends { readonly name: string }>(
  tensors: readonly Tensor[],
): Map<string, Tensor> {
  const found = new Map<string, Tensor>()
  for (const tensor of tensors) {
    const name = withoutPrefixes(tensor.name)
    const other = found.get(name)
    if (other !== undefined) {
      throw new LongtabError(
        'bad-file',
        `the checkpoint has two tensors ${name}, stored as ${other.name} and ${tensor.name}; save one of the models alone`,
      )
    }
    found.set(name, tensor)
  }
  return found
}
