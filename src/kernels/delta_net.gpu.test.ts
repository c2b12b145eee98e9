// A block in chunks, and token after token: both against the delta rule of the reference.
import { expect } from 'vitest'
import { deltaNet, unitHeads } from '../../reference/delta_net.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { deltaConstants, deltaStateGrid, deltaWithinValues } from './delta_net.ts'
import { deltaScan } from './delta_scan.ts'
import { deltaStep } from './delta_step.ts'
import { deltaWithin, deltaWithinGrid } from './delta_within.ts'

const shape = {
  ...{ keyHeads: 2, valueHeads: 4, keySize: 32, valueSize: 48 },
  sharing: 'neighbours',
} as const
const { keyHeads, valueHeads, keySize, valueSize } = shape
const tokens = 150
const noTail = 2 ** 32 - 1
/** sums of hundreds of products, through a triangular solution */
const allowed = 1e-4

const queries = unitHeads(randomValues(tokens * keyHeads * keySize, 1), keySize).map(
  (value) => value / Math.sqrt(keySize),
)
const keys = unitHeads(randomValues(tokens * keyHeads * keySize, 2), keySize)
const values = randomValues(tokens * valueHeads * valueSize, 3)
const betas = randomValues(tokens * valueHeads, 4).map((value) => 3 * value)
const decays = randomValues(tokens * valueHeads, 5).map((value) => 6 * value - 3)
const rates = randomValues(valueHeads, 6)
const offsets = randomValues(valueHeads, 7)

const newState = () => new Float32Array(valueHeads * keySize * valueSize)
const stateOfAll = newState()
const inputs = { queries, keys, values, betas, decays }
const readoutOfAll = deltaNet(inputs, rates, offsets, stateOfAll, shape)

const readoutWidth = valueHeads * valueSize
const keysWidth = keyHeads * keySize
const convolvedWidth = 2 * keysWidth + readoutWidth
const mixedWidth = convolvedWidth + readoutWidth + 2 * valueHeads

/** Rows `first` to `first + rows − 1` of arrays side by side. */
function sideBySide(first: number, rows: number, parts: [Float32Array, number][]): Float32Array {
  return Float32Array.from(
    Array.from({ length: rows }, (_, row) =>
      parts.flatMap(([array, width]) => [
        ...array.subarray((first + row) * width, (first + row + 1) * width),
      ]),
    ).flat(),
  )
}

interface Stretch {
  readonly row: number
  readonly rows: number
  readonly tailFrom?: number
}

/** @returns (rows, value heads · value size) */
async function run(
  gpu: TestGpu,
  associations: GPUBuffer,
  kind: 'chunks' | 'steps',
  { row, rows, tailFrom = noTail }: Stretch,
): Promise<Float32Array> {
  const convolvedRows = sideBySide(row, rows, [
    [queries, keysWidth],
    [keys, keysWidth],
    [values, readoutWidth],
  ])
  const mixedRows = sideBySide(row, rows, [
    [new Float32Array(tokens * (convolvedWidth + readoutWidth)), convolvedWidth + readoutWidth],
    [betas, valueHeads],
    [decays, valueHeads],
  ])
  const readout = gpu.zeroRows(rows, readoutWidth)
  const bound = {
    mixed: gpu.uploadRows(mixedRows, mixedWidth),
    convolved: gpu.uploadRows(convolvedRows, convolvedWidth),
    decays: gpu.upload(Float32Array.from([...rates, ...offsets])),
  }
  const params = {
    rows,
    first: row,
    tail_from: tailFrom,
    mixed_width: padded(mixedWidth),
    readout_quads: padded(readoutWidth) / 4,
  }
  const constants = deltaConstants(shape)
  const grid = deltaStateGrid(shape)
  if (kind === 'steps') {
    const widths = { convolved_width: padded(convolvedWidth) }
    const all = { ...bound, associations, readout }
    await gpu.run(deltaStep, constants, { ...params, ...widths }, all, grid)
  } else {
    const quads = { convolved_quads: padded(convolvedWidth) / 4 }
    const within = gpu.upload(new Float32Array(deltaWithinValues(shape, rows)).fill(NaN))
    const chunkGrid = deltaWithinGrid(shape, rows)
    await gpu.run(deltaWithin, constants, { ...params, ...quads }, { ...bound, within }, chunkGrid)
    const all = { ...bound, within, associations, readout }
    await gpu.run(deltaScan, constants, { ...params, ...quads }, all, grid)
  }
  return gpu.readRows(readout, readoutWidth)
}

/** Of the document and of what follows it; what a state was before a text is of no account. */
const newAssociations = (gpu: TestGpu) =>
  gpu.upload(new Float32Array(2 * stateOfAll.length).fill(NaN))

async function stateIn(gpu: TestGpu, associations: GPUBuffer, ofTail = false) {
  const both = await gpu.readValues(associations)
  const first = ofTail ? stateOfAll.length : 0
  return both.subarray(first, first + stateOfAll.length)
}

gpuTest('a block of several chunks, the last of them shorter', async ({ gpu }) => {
  const associations = newAssociations(gpu)
  expectClose(
    await run(gpu, associations, 'chunks', { row: 0, rows: tokens }),
    readoutOfAll,
    allowed,
  )
  expectClose(await stateIn(gpu, associations), stateOfAll, allowed)
})

gpuTest('token after token, and a few at once', async ({ gpu }) => {
  const associations = newAssociations(gpu)
  const parts: number[] = []
  for (let row = 0; row < tokens;) {
    const rows = Math.min(row % 3 === 0 ? 4 : 1, tokens - row)
    parts.push(...(await run(gpu, associations, 'steps', { row, rows })))
    row += rows
  }
  expectClose(parts, readoutOfAll, allowed)
  expectClose(await stateIn(gpu, associations), stateOfAll, allowed)
})

gpuTest('blocks of any length and steps go on with one another’s state', async ({ gpu }) => {
  const associations = newAssociations(gpu)
  const parts: number[] = []
  let row = 0
  for (const [kind, rows] of [
    ['chunks', 1],
    ['chunks', 33],
    ['steps', 2],
    ['chunks', 64],
    ['steps', 1],
    ['chunks', 49],
  ] as const) {
    parts.push(...(await run(gpu, associations, kind, { row, rows })))
    row += rows
  }
  expectClose(parts, readoutOfAll, allowed)
})

gpuTest('what follows the document leaves its state as it was', async ({ gpu }) => {
  const associations = newAssociations(gpu)
  await run(gpu, associations, 'chunks', { row: 0, rows: 70 })
  const ofDocument = await stateIn(gpu, associations)
  const answers: number[][] = []
  for (let time = 0; time < 2; time++) {
    const question = await run(gpu, associations, 'chunks', { row: 70, rows: 40, tailFrom: 70 })
    const token = await run(gpu, associations, 'steps', { row: 110, rows: 1, tailFrom: 70 })
    answers.push([...question, ...token])
  }
  expect(answers[1]).toEqual(answers[0])
  const read = readoutOfAll.subarray(70 * readoutWidth, 111 * readoutWidth)
  expectClose(answers[0] ?? [], read, allowed)
  expect(await stateIn(gpu, associations)).toEqual(ofDocument)
})
