// A Llama as the ONNX graph that onnxruntime has kernels for: the operators and names are those of its own model builder,
// whose exports transformers.js users load.
import type {
  AttentionTensorNames,
  CommonTensorNames,
  ModelDescription,
} from '../../../src/api/description.ts'
import { toHalf } from '../../../src/model/half.ts'
import { blockWidth, codes4 } from './codes4.ts'
import { emptyGraph, type Graph, type TypeName } from './graph.ts'
import { Float } from './protobuf.ts'

/** As transformers.js calls them: matrices in 4 bits, or all in f32; `f16` computes the rest in f16. */
export const onnxStorages = ['fp32', 'q4', 'q4f16'] as const
export type OnnxStorage = (typeof onnxStorages)[number]

/** A whole tensor of the checkpoint. */
export type ReadTensor = (name: string) => Promise<Float32Array>

/** A model in work: its graph, its weights, and how both are stored. */
interface Work {
  readonly model: ModelDescription
  readonly graph: Graph
  readonly read: ReadTensor
  readonly storage: OnnxStorage
  /** of everything that is no code */
  readonly type: TypeName
}

/** The model file's bytes, in pieces. */
export async function llamaGraph(
  model: ModelDescription,
  read: ReadTensor,
  storage: OnnxStorage,
): Promise<readonly Uint8Array[]> {
  const graph = emptyGraph('llama')
  const work: Work = { model, graph, read, storage, type: storage === 'q4f16' ? 'half' : 'float' }
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'tokens'])
  const lengths = lengthsOf(graph)
  const turns = rotation(work)
  const embedding = await read(model.tensors.embedding)
  const table = floats(work, 'embedding', [model.vocabulary, model.hidden], embedding)
  graph.node('Gather', [table, ids], ['embedded'])

  let stream = 'embedded' // what every layer adds to
  let added = '' // by the step before, and not yet in it
  for (const [index, names] of model.tensors.layers.entries()) {
    const layer = `layer ${index}`
    const { attentionNorm, feedForwardNorm } = names
    if (!('qkv' in names) || !attentionNorm || !feedForwardNorm)
      throw new Error(`${layer} is not as in Llama`)
    const seen = await norm(work, `${layer}: attention norm`, attentionNorm, stream, added)
    const attended = await attend(work, index, names, seen.normed, [...lengths, ...turns])
    const then = await norm(
      work,
      `${layer}: feed-forward norm`,
      feedForwardNorm,
      seen.stream,
      attended,
    )
    added = await feedForward(work, layer, names, then.normed)
    stream = then.stream
  }

  const { normed } = await norm(work, 'final norm', model.tensors.finalNorm, stream, added)
  const last = lastRows(graph, normed)
  const output = model.tiedEmbeddings ? embedding : await read(model.tensors.output)
  const logits = await matrix(work, 'output', last, [model.vocabulary, model.hidden], output)
  graph.node('Cast', [logits], ['logits'], { to: 1 })
  graph.output('logits', 'float', ['batch_size', 'kept tokens', model.vocabulary])
  return graph.bytes()
}

/** Lengths that attention wants, from the mask: of the past with each row's tokens less one, and of all. */
function lengthsOf(graph: Graph): readonly string[] {
  const mask = graph.input('attention_mask', 'int64', ['batch_size', 'all tokens'])
  const whole = (name: string, axes: readonly number[], ...values: bigint[]) =>
    graph.constant(name, 'int64', axes, new Uint8Array(BigInt64Array.from(values).buffer))
  graph.node('ReduceSum', [mask, whole('axis 1', [1], 1n)], ['seen'], { keepdims: 0 })
  graph.node('Sub', ['seen', whole('one', [1], 1n)], ['seen less one'])
  graph.node('Cast', ['seen less one'], ['lengths'], { to: 6 })
  graph.node('Shape', [mask], ['mask shape'])
  graph.node('Gather', ['mask shape', whole('second', [], 1n)], ['all'])
  graph.node('Cast', ['all'], ['length'], { to: 6 })
  return ['lengths', 'length']
}

/** Cosines and sines of every position that the model was trained for. */
function rotation(work: Work): readonly string[] {
  const { model } = work
  const frequencies = model.attention[0]?.rotary.frequencies ?? []
  const shape = [model.maxPositions, frequencies.length]
  const tabled = (of: (angle: number) => number) =>
    Float32Array.from({ length: model.maxPositions * frequencies.length }, (_, i) => {
      const position = Math.floor(i / frequencies.length)
      return of(position * (frequencies[i % frequencies.length] ?? 0))
    })
  return [
    floats(work, 'cosines', shape, tabled(Math.cos)),
    floats(work, 'sines', shape, tabled(Math.sin)),
  ]
}

/** @param added is put into the stream first, unless there is none yet */
async function norm(
  work: Work,
  name: string,
  tensor: string,
  stream: string,
  added: string,
): Promise<{ readonly normed: string; readonly stream: string }> {
  const { graph, model } = work
  const weight = floats(work, `${name} weight`, [model.hidden], await work.read(tensor))
  const epsilon = new Float(model.normEpsilon)
  if (added === '') {
    graph.node('SimplifiedLayerNormalization', [stream, weight], [name], {
      axis: -1,
      epsilon,
      stash_type: 1,
    })
    return { normed: name, stream }
  }
  const sum = `${name} stream`
  const operator = 'com.microsoft.SkipSimplifiedLayerNormalization'
  graph.node(operator, [stream, added, weight], [name, '', '', sum], { epsilon })
  return { normed: name, stream: sum }
}

async function attend(
  work: Work,
  index: number,
  names: AttentionTensorNames,
  input: string,
  lengthsAndTurns: readonly string[],
): Promise<string> {
  const { graph, model, type } = work
  const { heads, kvHeads, headSize, hidden } = model
  const layer = `layer ${index}`
  const projected: string[] = []
  for (const [i, tensor] of names.qkv.entries()) {
    const shape = [(i === 0 ? heads : kvHeads) * headSize, hidden] as const
    const name = `${layer}: ${['q', 'k', 'v'][i] ?? ''}`
    projected.push(await matrix(work, name, input, shape, await work.read(tensor)))
  }
  // transformers.js makes an empty cache of these: it knows the first name, and takes 0 for the others
  const axesOf = (length: string) => ['batch_size', kvHeads, length, headSize]
  const past = ['key', 'value'].map((part) =>
    graph.input(`past_key_values.${index}.${part}`, type, axesOf('past tokens')),
  )
  const present = ['key', 'value'].map((part) => `present.${index}.${part}`)
  for (const name of present) graph.output(name, type, axesOf('all tokens'))
  const attended = `${layer}: attention`
  graph.node(
    'com.microsoft.GroupQueryAttention',
    [...projected, ...past, ...lengthsAndTurns],
    [attended, ...present],
    {
      num_heads: heads,
      kv_num_heads: kvHeads,
      do_rotary: 1,
      rotary_interleaved: 0,
      scale: new Float(model.attentionScale),
    },
  )
  const shape = [hidden, heads * headSize] as const
  const output = await work.read(names.attentionOutput)
  return matrix(work, `${layer}: attention output`, attended, shape, output)
}

async function feedForward(
  work: Work,
  layer: string,
  names: CommonTensorNames,
  input: string,
): Promise<string> {
  const { graph, model } = work
  const [gateName = '', upName = ''] = names.gateUp
  const wide = [model.feedForward, model.hidden] as const
  const gate = await matrix(work, `${layer}: gate`, input, wide, await work.read(gateName))
  const up = await matrix(work, `${layer}: up`, input, wide, await work.read(upName))
  graph.node('Sigmoid', [gate], [`${gate} sigmoid`])
  graph.node('Mul', [gate, `${gate} sigmoid`], [`${gate} silu`])
  graph.node('Mul', [`${gate} silu`, up], [`${layer}: gated`])
  const narrow = [model.hidden, model.feedForward] as const
  const down = await work.read(names.down)
  return matrix(work, `${layer}: down`, `${layer}: gated`, narrow, down)
}

/** The rows whose logits are asked for: transformers.js asks for the last one; 0 asks for all. */
function lastRows(graph: Graph, rows: string): string {
  const kept = graph.input('num_logits_to_keep', 'int64', [])
  const whole = (name: string, value: bigint) =>
    graph.constant(name, 'int64', [1], new Uint8Array(BigInt64Array.of(value).buffer))
  graph.node('Neg', [kept], ['less kept'])
  graph.node('Reshape', ['less kept', whole('one axis', 1n)], ['first kept'])
  const [end, axis] = [whole('end', 2n ** 63n - 1n), whole('token axis', 1n)]
  graph.node('Slice', [rows, 'first kept', end, axis], ['kept rows'])
  return 'kept rows'
}

/**
 * A product with a matrix.
 * @param values (outs, ins)
 * @returns its name
 */
async function matrix(
  { graph, storage, type }: Work,
  name: string,
  input: string,
  [outs, ins]: readonly [outs: number, ins: number],
  values: Float32Array,
): Promise<string> {
  if (storage === 'fp32') {
    const weight = graph.constant(`${name} weight`, 'float', [ins, outs], turned(values, ins))
    graph.node('MatMul', [input, weight], [name])
    return name
  }
  const { codes, scales } = codes4(values, ins)
  const blocks = ins / blockWidth
  const shape = [outs, blocks, blockWidth / 2]
  const weight = graph.constant(`${name} codes`, 'uint8', shape, codes)
  const scale = graph.constant(`${name} scales`, type, [outs * blocks], bytesOf(scales, type))
  graph.node('com.microsoft.MatMulNBits', [input, weight, scale], [name], {
    K: ins,
    N: outs,
    bits: 4,
    block_size: blockWidth,
    accuracy_level: 4,
  })
  return name
}

function floats(
  { graph, type }: Work,
  name: string,
  axes: readonly number[],
  values: Float32Array,
): string {
  return graph.constant(name, type, axes, bytesOf(values, type))
}

function bytesOf(values: Float32Array, type: TypeName): Uint8Array {
  if (type !== 'half') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const halves = new Uint16Array(values.length)
  toHalf(values, halves)
  return new Uint8Array(halves.buffer)
}

/** (outs, ins) → (ins, outs) */
function turned(values: Float32Array, ins: number): Uint8Array {
  const outs = values.length / ins
  const result = new Float32Array(values.length)
  for (let out = 0; out < outs; out++) {
    for (let i = 0; i < ins; i++) result[i * outs + out] = values[out * ins + i] ?? 0
  }
  return new Uint8Array(result.buffer)
}
