// Numbers that are none: infinities and NaN. Whatever goes wrong in a layer reaches the rows that leave the last one, and
// the logits. A reading notes bad rows in a word on the GPU, read back once a chunk; an answer is told by `noToken` in the
// place of an id. Only then do the tokens run a second time, and every step of every layer is looked at.
import type { ModelDescription } from '../api/description.ts'
import { LongtabError } from '../api/errors.ts'
import { backTo, beginTail } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import { projectLogits } from '../forward/forward.ts'
import {
  layersOf,
  type AnyLayer,
  type AttentionStep,
  type ConvolutionLayer,
  type ConvolutionStep,
  type DeltaNetLayer,
  type DeltaNetStep,
  type Layer,
  type LayerStep,
  type Pass,
} from '../forward/layer.ts'
import { stepsOf } from '../forward/run_layer.ts'
import { rowWidths } from '../forward/scratch.ts'
import { readBuffer } from '../gpu/readback.ts'
import type { Bound } from '../gpu/stretch.ts'
import { badNumbers, noteBadNumbersGrid } from '../kernels/note_bad_numbers.ts'
import { padded } from '../model/matrix.ts'

/** See Pass. */
export type AfterStep = NonNullable<Pass['afterStep']>

/** Begins a reading in which nothing is noted yet. */
export function beginNoting({ gpu, scratch }: Engine): void {
  gpu.device.queue.writeBuffer(scratch.badNumbers, 0, new Uint32Array(1))
}

/** Notes bad numbers in the rows that leave the last layer of a pass. */
export function noteRows(engine: Engine): AfterStep {
  return (step, layer) => {
    if (layer.index === layersOf(layer.pass, layer.model) - 1 && step === 'scaleResidual')
      note(engine, engine.scratch.badNumbers, 0, residual(layer))
  }
}

/** Submits what is recorded, waits until the GPU has finished, and says whether anything was noted until then. */
export async function finishNoting(engine: Engine): Promise<boolean> {
  const { recorder, scratch, notedNumbers, pace } = engine
  recorder.copy(scratch.badNumbers, 0, notedNumbers.slot(0), 0, 4)
  const [, [noted]] = await Promise.all([pace.finish(recorder.submit), notedNumbers.read(0, 1)])
  return noted !== 0
}

/**
 * The error that names the first step with a bad number. Leaves the cache as it was.
 * @param again runs the tokens once more; resolves with the row in the last block of the token whose logits are looked at
 * too, if there is one
 */
export async function badNumbersError(
  engine: Engine,
  again: (afterStep: AfterStep) => Promise<number | undefined>,
): Promise<LongtabError> {
  const { gpu, recorder, scratch, plan } = engine
  const places = placesOf(plan.model)
  const { kinds } = plan.model
  const noted = gpu.memory.allocate('scratch', 'noted steps', 4 * places.length)
  const before = beginTail(engine.cache)
  const word = ({ step, layer }: Place) =>
    places.findIndex((place) => place.step === step && place.layer === layer)
  clearRows(engine)
  try {
    const lastRow = await again((step, layer) => {
      if (layer.index === 0 && step === stepsOf[kinds[0] ?? 'attention'][0])
        note(engine, noted, word({ step: 'embed' }), residual(layer))
      note(engine, noted, word({ step, layer: layer.index }), writtenBy(step, layer))
    })
    if (lastRow !== undefined) {
      projectLogits(engine, lastRow)
      const width = plan.model.vocabulary
      const logits = { values: scratch.logits, first: 0, width, rows: 1 }
      note(engine, noted, word({ step: 'logits' }), [logits])
    }
    recorder.submit()
    return errorFor(places, new Uint32Array(await readBuffer(gpu.device, noted)))
  } finally {
    recorder.submit() // what is recorded uses the buffer that is freed
    backTo(engine.cache, before)
    gpu.memory.free(noted)
    clearRows(engine)
  }
}

/** A layer may have left bad numbers where a narrower one has padding, and no zero of a matrix undoes them. */
function clearRows({ gpu: { device }, scratch }: Engine): void {
  const encoder = device.createCommandEncoder()
  for (const rows of [scratch.qkv, scratch.attended, scratch.gateUp, scratch.gated])
    encoder.clearBuffer(rows)
  device.queue.submit([encoder.finish()])
}

/** Rows to look at. */
interface Written {
  readonly values: Bound
  /** value at which the first row begins */
  readonly first: number
  readonly width: number
  readonly rows: number
}

function rowsOf(name: Exclude<keyof ReturnType<typeof rowWidths>, 'logits'>) {
  return ({ scratch, model, rows, index }: AnyLayer): readonly Written[] => [
    { values: scratch[name], first: 0, width: rowWidths(model, index)[name], rows: rows.count },
  ]
}

const residual = rowsOf('residual')

/** What the feed-forward steps write. */
const byFeedForward = {
  gateRows: rowsOf('gated'),
  addFeedForward: residual,
  addLayerInput: (layer: AnyLayer) => (layer.weights.layerInput ? residual(layer) : []),
  scaleResidual: (layer: AnyLayer) => (layer.weights.scale ? residual(layer) : []),
}

/** What each step of a layer of attention writes. Keys and values are looked at in `qkv`; whatever the cache holds reaches `attended`. */
const byAttention: Record<AttentionStep, (layer: Layer) => readonly Written[]> = {
  projectQkv: rowsOf('qkv'),
  attend: rowsOf('attended'),
  scoreUnits({ policy, cache, rows }) {
    if (!policy.score) return []
    return rows.heads.map(({ offset, first_slot }) => {
      return { values: cache.scores, first: offset + first_slot, width: rows.count, rows: 1 }
    })
  },
  gateAttended: rowsOf('attended'),
  addAttention: residual,
  ...byFeedForward,
}

/** The same of a short convolution, whose state reaches `convolved`. */
const byConvolution: Record<ConvolutionStep, (layer: ConvolutionLayer) => readonly Written[]> = {
  projectGates: rowsOf('gates'),
  convolve: rowsOf('convolved'),
  addConvolution: residual,
  ...byFeedForward,
}

/** The same of a gated delta net, whose state reaches `readout`. */
const byDeltaNet: Record<DeltaNetStep, (layer: DeltaNetLayer) => readonly Written[]> = {
  projectMixed: rowsOf('mixed'),
  convolveMixed: rowsOf('convolved'),
  associate: rowsOf('readout'),
  gateReadout: rowsOf('readout'),
  addReadout: residual,
  ...byFeedForward,
}

function writtenBy(step: LayerStep, layer: AnyLayer): readonly Written[] {
  switch (layer.kind) {
    case 'attention':
    case 'shared attention':
      return byAttention[step as AttentionStep](layer)
    case 'short convolution':
      return byConvolution[step as ConvolutionStep](layer)
    case 'gated delta net':
      return byDeltaNet[step as DeltaNetStep](layer)
  }
}

function note(
  { recorder, kernels }: Engine,
  noted: GPUBuffer,
  word: number,
  all: readonly Written[],
): void {
  for (const { values, first, width, rows } of all) {
    recorder.run(
      kernels.noteBadNumbers,
      { first, width, row_width: padded(width), word },
      { values, noted },
      noteBadNumbersGrid(width, rows),
    )
  }
}

/** A step, with its layer where it has one. */
interface Place {
  readonly step: LayerStep | 'embed' | 'logits'
  readonly layer?: number
}

/** All of them, in order. */
function placesOf({ kinds }: Pick<ModelDescription, 'kinds'>): readonly Place[] {
  const inner = kinds.flatMap((kind, layer) => stepsOf[kind].map((step) => ({ step, layer })))
  return [{ step: 'embed' }, ...inner, { step: 'logits' }]
}

const names: Record<Place['step'], string> = {
  embed: 'in its embedding',
  projectQkv: 'in its queries, keys and values',
  attend: 'in its attention',
  scoreUnits: 'in the scores of its units',
  gateAttended: 'in the gates of its attention',
  addAttention: 'behind its attention',
  projectGates: 'in the gates of its convolution',
  convolve: 'in its convolution',
  addConvolution: 'behind its convolution',
  projectMixed: 'in the inputs of its delta net',
  convolveMixed: 'in the convolution of its delta net',
  associate: 'in the state of its delta net',
  gateReadout: 'in the gates of its delta net',
  addReadout: 'behind its delta net',
  gateRows: 'in its feed-forward',
  addFeedForward: 'behind its feed-forward',
  addLayerInput: 'behind its own input',
  scaleResidual: 'behind its scale',
  logits: 'in its logits',
}

/** @param noted (place) */
function errorFor(places: readonly Place[], noted: Uint32Array): LongtabError {
  const found = noted.findIndex((word) => word !== 0)
  const place = places[found]
  if (!place) {
    return new LongtabError(
      'bad-numbers',
      'the numbers of the model became infinite or NaN, but not when its steps were looked at one by one; load the model again, and report this sentence',
    )
  }
  const { step, layer } = place
  const owner = layer === undefined ? 'the model' : `layer ${layer}`
  const became = ((noted[found] ?? 0) & badNumbers.infinity) !== 0 ? 'infinite' : 'NaN'
  const advice =
    step === 'scoreUnits'
      ? 'choose another policy, or other retaining heads'
      : 'use another file of the model, or another model'
  return new LongtabError(
    'bad-numbers',
    `the numbers of ${owner} became ${became} ${names[step]} (${step}); ${advice}`,
  )
}
