// What a GGUF header tells that no family reads, said before its tensors are looked at: their types alone may be unknown.
import { LongtabError } from '../../api/errors.ts'
import { mixtureOfExperts, ofExperts } from '../experts.ts'
import { listed } from '../listed.ts'
import { shardsOf } from '../shards.ts'
import type { GgufHeader } from './header.ts'

/** Throws LongtabError `unsupported-model` at a part of a split file and at a mixture of experts. */
export function refuseHeader(
  metadata: GgufHeader['metadata'],
  tensors: readonly string[],
  file: string,
): void {
  refuseExperts(metadata, tensors)
  const parts = Number(metadata['split.count'] ?? 1)
  if (parts > 1) throw isSplit(file, parts)
}

function refuseExperts(metadata: GgufHeader['metadata'], tensors: readonly string[]): void {
  const [key, count] =
    Object.entries(metadata).find(([name]) => name.endsWith('.expert_count')) ?? []
  if (Number(count ?? 0) > 1) throw mixtureOfExperts(`${key ?? ''} ${String(count)}`)
  const tensor = tensors.find((name) => ofExperts.test(name))
  if (tensor !== undefined) throw mixtureOfExperts(`tensor ${tensor}`)
}

/** @param file its name, or its address */
function isSplit(file: string, parts: number): LongtabError {
  const name = file.slice(file.search(/[^/:]*$/))
  const shards = shardsOf(name) ?? []
  const others = shards.filter((one) => one !== name)
  const named = others.length === 0 ? '' : ` (the others: ${listed(others, 'files')})`
  const first = shards[0] ?? name
  const whole = first.replace(/-\d{5}-of-\d{5}/, '')
  return new LongtabError(
    'unsupported-model',
    `${file} is one of ${parts} parts of a split GGUF file${named}; Longtab reads whole ones: join the parts with llama-gguf-split --merge ${first} ${whole === first ? 'whole.gguf' : whole}, or take a file that is not split`,
  )
}
