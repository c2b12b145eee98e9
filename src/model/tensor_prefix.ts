// Prefixes that wrappers of a model put before the names of its tensors when it is saved: compilation, data parallelism, a
// language model inside one for pictures.

const prefixes =
  /^(?:_orig_mod\.|module\.|language_model\.)+(?=(?:model|lm_head)\.)|^model\.language_model\.(?=\w)/

/** The name without the prefixes. */
export function withoutPrefixes(name: string): string {
  return name.replace(prefixes, (prefix) => (prefix.startsWith('model.') ? 'model.' : ''))
}
