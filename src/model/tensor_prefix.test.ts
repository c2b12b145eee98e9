import { expect, it } from 'vitest'
import { blobFile } from '../files/blob_file.ts'
import { openTensors } from './open_tensors.ts'
import { byPlainName, withoutPrefixes } from './tensor_prefix.ts'
import { writeSafetensors } from './safetensors/write.ts'

const name = 'model.layers.0.self_attn.q_proj.weight'

it.each([
  '_orig_mod.',
  'module.',
  'language_model.',
  'module._orig_mod.',
  '_orig_mod.module.language_model.',
  '_fsdp_wrapped_module._orig_mod.',
  'base_model.model.',
])('takes %s off', (prefix) => {
  expect(withoutPrefixes(prefix + name)).toBe(name)
  expect(withoutPrefixes(`${prefix}lm_head.weight`)).toBe('lm_head.weight')
})

it.each([
  ['model.language_model.layers.0.mlp.up_proj.weight', 'model.layers.0.mlp.up_proj.weight'],
  ['model.language_model.model.norm.weight', 'model.norm.weight'],
  ['module.model.language_model.norm.weight', 'model.norm.weight'],
  ['model._orig_mod.embed_tokens.weight', 'model.embed_tokens.weight'],
  [
    'model.layers.3._checkpoint_wrapped_module.mlp.up_proj.weight',
    'model.layers.3.mlp.up_proj.weight',
  ],
  ['model.language_model.lm_head.weight', 'lm_head.weight'],
])('reads %s as %s', (saved, plain) => {
  expect(withoutPrefixes(saved)).toBe(plain)
})

it.each([
  name,
  'lm_head.weight',
  'module.bias',
  'vision_tower.module.weight',
  'model.vision_tower.layers.0.weight',
  'model.layers.0.module.weight',
])('leaves %s', (one) => {
  expect(withoutPrefixes(one)).toBe(one)
})

it('says so where two tensors would become one', () => {
  expect(() => byPlainName([{ name }, { name: `module.${name}` }])).toThrow(
    `two tensors ${name}, stored as ${name} and module.${name}`,
  )
})

it('takes them off in files of tensors, such as heads', async () => {
  const heads = 'model.layers.0.self_attn.fc1.weight'
  const bytes = writeSafetensors([
    {
      name: `_orig_mod.module.${heads}`,
      shape: [1, 2],
      values: Float32Array.of(3, 4),
      dtype: 'F32',
    },
  ])
  const checkpoint = await openTensors(blobFile(new Blob([bytes]), 'heads', () => undefined))
  expect([...checkpoint.tensors.keys()]).toEqual([heads])
  for await (const { values } of checkpoint.rows(heads)) expect([...values]).toEqual([3, 4])
})
