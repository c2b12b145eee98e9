// The steps of a layer on either side: the engine's, and its twin in the reference.
import {
  attentionSteps as attentionTwins,
  convolutionSteps as convolutionTwins,
  sharedAttentionSteps as sharedAttentionTwins,
  type Layer as ReferenceLayer,
} from '../../reference/layer.ts'
import type { LayerKind } from '../api/description.ts'
import { convolutionSteps } from '../forward/convolution.ts'
import type { Engine } from '../forward/engine.ts'
import { convolutionOf, layerOf } from '../forward/forward.ts'
import type {
  AttentionStep,
  ConvolutionStep,
  LayerStep,
  Pass,
  SharedAttentionStep,
} from '../forward/layer.ts'
import { attentionSteps, sharedAttentionSteps } from '../forward/run_layer.ts'

/** Arrays that the steps of a layer read and write; `units` says that the cache or the state is among them. */
export const layerArrays = {
  projectQkv: { reads: ['residual'], writes: ['qkv'], units: false },
  attend: { reads: ['qkv'], writes: ['attended'], units: true },
  scoreUnits: { reads: ['qkv'], writes: [], units: true },
  addAttention: { reads: ['attended', 'residual'], writes: ['residual'], units: false },
  projectGates: { reads: ['residual'], writes: ['gates'], units: false },
  convolve: { reads: ['gates'], writes: ['convolved'], units: true },
  addConvolution: { reads: ['convolved', 'residual'], writes: ['residual'], units: false },
  gateRows: { reads: ['residual'], writes: ['gated'], units: false },
  addFeedForward: { reads: ['gated', 'residual'], writes: ['residual'], units: false },
  addLayerInput: { reads: ['residual', 'layerInputs'], writes: ['residual'], units: false },
  scaleResidual: { reads: ['residual'], writes: ['residual'], units: false },
} as const satisfies Record<LayerStep, object>

const twins = {
  attention: attentionTwins,
  'shared attention': sharedAttentionTwins,
  'short convolution': convolutionTwins,
}

export function twinOf(kind: LayerKind, step: LayerStep): (layer: ReferenceLayer) => void {
  const steps: Partial<Record<LayerStep, (layer: ReferenceLayer) => void>> = twins[kind]
  const twin = steps[step]
  if (!twin) throw new Error(`a layer that is ${kind} has no step ${step}`)
  return twin
}

/** Records one step of a layer. @param mean see Layer */
export function runStep(
  engine: Engine,
  index: number,
  kind: LayerKind,
  step: LayerStep,
  pass: Pass,
  mean: number,
): void {
  if (kind === 'short convolution')
    convolutionSteps[step as ConvolutionStep](convolutionOf(engine, index, pass))
  else if (kind === 'attention')
    attentionSteps[step as AttentionStep](layerOf(engine, index, pass, mean))
  else sharedAttentionSteps[step as SharedAttentionStep](layerOf(engine, index, pass, mean))
}
