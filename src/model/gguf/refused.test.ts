// Files that no description of theirs would save: mixtures of experts, and parts of a file.
import { expect, it } from 'vitest'
import { refusal, unsupported } from '../refusal.fixture.ts'
import { refuseHeader } from './refused.ts'

it('a header with experts is a mixture of experts, whatever its architecture', () => {
  for (const architecture of ['llama', 'qwen3moe', 'gpt-oss']) {
    const key = `${architecture}.expert_count`
    expect(refusal(() => refuseHeader({ [key]: 4 }, [], 'a.gguf'))).toMatchObject(
      unsupported(`mixture of experts is not supported (${key} 4)`),
    )
  }
  const tensors = ['token_embd.weight', 'blk.0.ffn_gate_exps.weight']
  expect(refusal(() => refuseHeader({}, tensors, 'a.gguf'))).toMatchObject(
    unsupported('mixture of experts is not supported (tensor blk.0.ffn_gate_exps.weight)'),
  )
  expect(() => refuseHeader({ 'llama.expert_count': 0 }, [], 'a.gguf')).not.toThrow()
})

it('a part names the others and how to join them', () => {
  const refused = (file: string) =>
    refusal(() => refuseHeader({ 'split.count': 3 }, [], file)) as Error
  expect(refused('https://host/x-00002-of-00003.gguf')).toMatchObject(
    unsupported(
      'https://host/x-00002-of-00003.gguf is one of 3 parts of a split GGUF file (the others: x-00001-of-00003.gguf, x-00003-of-00003.gguf);',
    ),
  )
  expect(refused('ann/tiny:x-00002-of-00003.gguf').message).toContain(
    'llama-gguf-split --merge x-00001-of-00003.gguf x.gguf',
  )
  expect(refused('renamed.gguf').message).toMatch(/one of 3 parts .* --merge renamed\.gguf/)
  expect(() => refuseHeader({ 'split.count': 1 }, [], 'x.gguf')).not.toThrow()
})
