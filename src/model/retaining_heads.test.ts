import { describe, expect, it } from 'vitest'
import { openFile } from '../testing/open_files.ts'
import { openRetainingHeads } from './retaining_heads.ts'
import { serve } from './serve.fixture.ts'
import { tinyModel } from './tiny_model.fixture.ts'
import { writeSafetensors } from './safetensors/write.ts'

const model = tinyModel()
const width = (6 + 2 * 2) * 4
const ignore = () => undefined

const tensor = (name: string, ...shape: number[]) => {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5)
  return { name: `model.layers.${name}.weight`, shape, values, dtype: 'BF16' as const }
}
const layer = (index: number, hidden = 3) => [
  tensor(`${index}.self_attn.fc1`, hidden, width),
  tensor(`${index}.self_attn.fc2`, 2, hidden),
]
const file = (...tensors: ReturnType<typeof tensor>[]) =>
  new File([writeSafetensors(tensors)], 'heads.safetensors')
const open = (source: Blob | string) =>
  openRetainingHeads(openFile(source, 'the heads file', ignore), model)

describe('retaining heads', () => {
  it('open from a file', async () => {
    const heads = await open(file(...layer(0), ...layer(1)))
    expect(heads.hidden).toBe(3)
    expect(heads.layers[1]).toEqual({
      layer: 1,
      fc1: 'model.layers.1.self_attn.fc1.weight',
      bias: undefined,
      fc2: 'model.layers.1.self_attn.fc2.weight',
    })
    for await (const slice of heads.checkpoint.rows(heads.layers[1]!.fc2)) {
      expect(slice).toEqual({ first: 0, values: new Float32Array(6).fill(0.5) })
    }
  })

  it('say what their scores are pooled over, or none', async () => {
    const saying = (pool: string) =>
      open(new File([writeSafetensors([...layer(0), ...layer(1)], { pool })], 'heads.safetensors'))
    expect((await open(file(...layer(0), ...layer(1)))).pool).toBe(0)
    expect((await saying('2')).pool).toBe(2)
    await expect(saying('two')).rejects.toThrow(/heads\.safetensors would have .* over 'two' neigh/)
  })

  it('say what each KV head wants of the budget, or nothing', async () => {
    const saying = (shares: string) =>
      open(
        new File([writeSafetensors([...layer(0), ...layer(1)], { shares })], 'heads.safetensors'),
      )
    expect((await open(file(...layer(0), ...layer(1)))).shares).toBeUndefined()
    expect((await saying('[[0,2.5],[1e-3,7]]')).shares).toEqual([
      [0, 2.5],
      [1e-3, 7],
    ])
    for (const wrong of [
      'even',
      '[[1,2]]',
      '[[1,2],[3]]',
      '[[1,2],[3,-1]]',
      '[[1,2],[3,null]]',
      '[[1,2],[3,"4"]]',
      '[[0,0],[0,0]]',
      '[[1,2],[3,1e999]]',
      '{"shares":1}',
    ]) {
      await expect(saying(wrong), wrong).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(/shares of the budget that are not 2 layers of 2/) as string,
      })
    }
  })

  it('say what share of the budget the newest units are to be, or nothing', async () => {
    const saying = (stabilizers: string) =>
      open(
        new File(
          [writeSafetensors([...layer(0), ...layer(1)], { stabilizers })],
          'heads.safetensors',
        ),
      )
    expect((await open(file(...layer(0), ...layer(1)))).stabilizers).toBeUndefined()
    expect((await saying('0.0625')).stabilizers).toBe(0.0625)
    expect((await saying('0')).stabilizers).toBe(0)
    for (const wrong of ['1', '-0.1', 'few', '', '1e-2']) {
      await expect(saying(wrong), wrong).rejects.toThrow(/share '.*' of the budget as stabilizers/)
    }
  })

  it('may have a bias in the hidden layer, in all layers or none', async () => {
    const bias = (index: number, width = 3) => ({
      name: `model.layers.${index}.self_attn.fc1.bias`,
      shape: [width],
      values: new Float32Array(width).fill(0.25),
      dtype: 'BF16' as const,
    })
    const both = await open(file(...layer(0), bias(0), ...layer(1), bias(1)))
    expect(both.layers.map((each) => each.bias)).toEqual([bias(0).name, bias(1).name])
    expect((await open(file(...layer(0), ...layer(1)))).layers[0]!.bias).toBeUndefined()
    await expect(open(file(...layer(0), ...layer(1), bias(1)))).rejects.toThrow(
      /lacks model\.layers\.0\.self_attn\.fc1\.bias/,
    )
    await expect(open(file(...layer(0), bias(0, 4), ...layer(1), bias(1)))).rejects.toThrow(
      /fc1\.bias .* has shape \(4\), expected \(3\)/,
    )
  })

  it('open from an address', async () => {
    const bytes = writeSafetensors([...layer(0), ...layer(1)])
    const server = await serve({ files: { 'tiny/heads.safetensors': bytes }, manner: 'ranges' })
    expect((await open(`${server.url}tiny/heads.safetensors`)).hidden).toBe(3)
    await expect(open(`${server.url}none`)).rejects.toThrow(`${server.url}none answered 404`)
  })

  it.each([
    [
      'a missing layer',
      file(...layer(1)),
      /heads\.safetensors lacks model\.layers\.0\.self_attn\.fc1/,
    ],
    ['half a layer', file(...layer(0), layer(1)[0]!), /lacks model\.layers\.1\.self_attn\.fc2/],
    [
      'further layers',
      file(...layer(0), ...layer(1), ...layer(4)),
      /for 5 layers and the model has 2/,
    ],
    [
      'another width',
      file(...layer(0), tensor('1.self_attn.fc1', 3, 39), layer(1)[1]!),
      /fc1\.weight .* has shape \(3, 39\), expected \(3, 40\)/,
    ],
    [
      'other KV heads',
      file(...layer(0), layer(1)[0]!, tensor('1.self_attn.fc2', 4, 3)),
      /has shape \(4, 3\), expected \(2, 3\)/,
    ],
    [
      'layers of two widths',
      file(...layer(0), ...layer(1, 5)),
      /has shape \(5, 40\), expected \(3, 40\)/,
    ],
    ['no width', file(...layer(0, 0), ...layer(1, 0)), /has shape \(0, 40\)/],
    ['something else', file(tensor('0.mlp.up_proj', 4, 4)), /holds no retaining heads/],
  ])('are refused with %s', async (_, source, message) => {
    await expect(open(source)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    })
  })
})
