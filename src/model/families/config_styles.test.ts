// config.json as the Hub has most files, and as transformers 5 writes it: the fixtures' in the one style and in the other.
import { readdirSync, readFileSync } from 'node:fs'
import { describe as group, expect, it } from 'vitest'
import { describe } from '../config.ts'
import { families } from './families.ts'

group('every family reads alike in the older style and in the newer', () => {
  const folder = new URL('../../../fixtures/families/', import.meta.url)
  const configs = readdirSync(folder).map((name) => {
    const text = readFileSync(new URL(`${name}/config.json`, folder), 'utf8')
    return [name, JSON.parse(text) as Config] as const
  })

  it('and none is without a fixture', () => {
    const found = new Set(configs.map(([, config]) => config['model_type']))
    expect(families.filter(({ modelType }) => !found.has(modelType))).toEqual([])
  })

  // Gemma 4 came after transformers 5: its styles differ in where heads of full layers are
  const [ofGemma4, others] = [true, false].map((isOwn) =>
    configs.filter(([, config]) => 'per_layer_config' in config === isOwn),
  )

  it.each(ofGemma4 ?? [])('%s', (_, { per_layer_config, ...config }) => {
    const [full = {}] = Object.values(per_layer_config as Record<string, Config>)
    const { head_dim: global_head_dim, num_key_value_heads: num_global_key_value_heads } = full
    const newer = describe({ ...config, per_layer_config }, {})
    const older = { ...config, global_head_dim, num_global_key_value_heads }
    expect(describe(older, {})).toEqual(newer)
    expect(describe(config, {})).not.toEqual(newer) // it is read at all
  })

  it.each(others ?? [])('%s', (_, config) => {
    const isNewer = 'rope_parameters' in config
    const other = isNewer ? toOlder(config) : toNewer(config)
    expect('rope_parameters' in other).toBe(!isNewer)
    expect(describe(other, {})).toEqual(describe(config, {}))
    const faster = isNewer ? { rope_theta: 77 } : toNewer({ ...config, rope_theta: 77 })
    expect(describe({ ...other, ...faster }, {})).not.toEqual(describe(config, {})) // it is read at all
  })
})

type Config = Readonly<Record<string, unknown>>

/** As transformers 5 writes what transformers 4 wrote. */
function toNewer({ rope_theta, rope_scaling, torch_dtype, ...rest }: Config): Config {
  const { type, rope_type = type, ...scaling } = (rope_scaling ?? {}) as Config
  const rope = { rope_type: rope_type ?? 'default', rope_theta, ...scaling }
  const { rope_local_base_freq, sliding_window_pattern, ...others } = rest
  if (rope_local_base_freq === undefined)
    return { ...rest, dtype: torch_dtype, rope_parameters: rope }
  const layers = Array.from({ length: Number(rest['num_hidden_layers']) }, (_, layer) =>
    (layer + 1) % Number(sliding_window_pattern) === 0 ? 'full_attention' : 'sliding_attention',
  )
  return {
    ...others,
    dtype: torch_dtype,
    layer_types: layers,
    rope_parameters: {
      full_attention: rope,
      sliding_attention: { rope_type: 'default', rope_theta: rope_local_base_freq },
    },
  }
}

/** As transformers 4 wrote it; which layers are local the family knows. */
function toOlder({ rope_parameters, dtype, layer_types, ...rest }: Config): Config {
  const { rope_theta, rope_type, ...scaling } = rope_parameters as Config
  const isKnown = (layer_types as string[] | undefined)?.includes('sliding_attention')
  const rope_scaling = rope_type === 'default' ? null : { type: rope_type, ...scaling }
  const types = isKnown ? {} : { layer_types }
  return { ...rest, ...types, torch_dtype: dtype, rope_theta, rope_scaling }
}
