import { expect, it } from 'vitest'
import { describe as describeModel } from '../../../src/model/config.ts'
import { requiredTensors } from '../../../src/model/required_tensors.ts'
import { llamaGraph, onnxStorages, type OnnxStorage } from './llama.ts'

const model = describeModel(
  {
    model_type: 'llama',
    hidden_size: 64,
    intermediate_size: 96,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    vocab_size: 50,
    tie_word_embeddings: true,
  },
  {},
)

/** A message's fields, as bytes or whole numbers; no field here has a type of its own. */
function fieldsOf(bytes: Uint8Array): readonly (readonly [number, Uint8Array | bigint])[] {
  const fields: [number, Uint8Array | bigint][] = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    if (tag % 8 === 0) fields.push([tag >> 3, varint()])
    else {
      const length = tag % 8 === 2 ? Number(varint()) : 4
      fields.push([tag >> 3, bytes.subarray(at, (at += length))])
    }
  }
  return fields
}

const parts = (bytes: Uint8Array, field: number) =>
  fieldsOf(bytes).flatMap(([number, value]) =>
    number === field && value instanceof Uint8Array ? [value] : [],
  )
const texts = (bytes: Uint8Array, field: number) =>
  parts(bytes, field).map((text) => new TextDecoder().decode(text))

/** Every tensor full of ones. */
async function graphIn(storage: OnnxStorage): Promise<Uint8Array> {
  const required = requiredTensors(model)
  const read = (name: string) => {
    const shape = required.get(name)
    if (shape === undefined) throw new Error(`${name} is no tensor of the model`)
    return Promise.resolve(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1))
  }
  const file = Buffer.concat(await llamaGraph(model, read, storage))
  const [graph = new Uint8Array()] = parts(file, 7)
  return graph
}

it.each(onnxStorages)('%s: every node’s input is made before it, once', async (storage) => {
  const graph = await graphIn(storage)
  const known = new Set([
    ...parts(graph, 11).flatMap((input) => texts(input, 1)),
    ...parts(graph, 5).flatMap((constant) => texts(constant, 8)),
  ])
  for (const node of parts(graph, 1)) {
    expect(texts(node, 1).filter((name) => name !== '' && !known.has(name))).toEqual([])
    for (const name of texts(node, 2).filter((one) => one !== '')) {
      expect(known).not.toContain(name)
      known.add(name)
    }
  }
  const outputs = parts(graph, 12).flatMap((output) => texts(output, 1))
  expect(outputs.filter((name) => !known.has(name))).toEqual([])
  expect(outputs).toContain('logits')
  expect(outputs).toContain('present.1.value')
})

it.each(onnxStorages)(
  '%s: a constant has the bytes that its axes and type say',
  async (storage) => {
    const bytesOf: Readonly<Record<string, number>> = { 1: 4, 2: 1, 6: 4, 7: 8, 10: 2 }
    const graph = await graphIn(storage)
    for (const constant of parts(graph, 5)) {
      const whole = (field: number) =>
        fieldsOf(constant).flatMap(([number, value]) => (number === field ? [Number(value)] : []))
      const values = whole(1).reduce((a, b) => a * b, 1)
      const [type = 0] = whole(2)
      expect(parts(constant, 9)[0]?.length).toBe(values * (bytesOf[type] ?? NaN))
    }
  },
)

it('stores matrices in 4 bits, and the rest in f16 where that is asked for', async () => {
  const operators = async (storage: OnnxStorage) => {
    const nodes = parts(await graphIn(storage), 1).flatMap((node) => texts(node, 4))
    return nodes.filter((name) => name.startsWith('MatMul'))
  }
  expect(new Set(await operators('q4'))).toEqual(new Set(['MatMulNBits']))
  expect(new Set(await operators('fp32'))).toEqual(new Set(['MatMul']))
  expect(await operators('q4')).toHaveLength(2 * 7 + 1)
})
