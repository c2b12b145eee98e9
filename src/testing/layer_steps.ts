// The steps of a layer on either side: the engine's, and its twin in the reference.
import { deltaNetSteps as deltaNetTwins } from '../../reference/delta_net_layer.ts'
import {
  attentionSteps as attentionTwins,
  convolutionSteps as convolutionTwins,
  sharedAttentionSteps as sharedAttentionTwins,
} from '../../reference/layer.ts'
import type { Layer as ReferenceLayer } from '../../reference/feed_forward.ts'
import type { LayerKind } from '../api/description.ts'
import type { LayerStep } from '../forward/layer.ts'
import type { StateName } from '../plan/state_bytes.ts'
import type { RowsName } from './step_arrays.ts'

/** What a step reads and writes. */
interface Arrays {
  readonly reads: readonly RowsName[]
  readonly writes: readonly RowsName[]
  /** whether the cache or a state is among them */
  readonly units: boolean
  /** which state */
  readonly state?: StateName
}

export const layerArrays: Readonly<Record<LayerStep, Arrays>> = {
  projectQkv: { reads: ['residual'], writes: ['qkv'], units: false },
  attend: { reads: ['qkv'], writes: ['attended'], units: true },
  scoreUnits: { reads: ['qkv'], writes: [], units: true },
  gateAttended: { reads: ['residual', 'attended'], writes: ['attended'], units: false },
  addAttention: { reads: ['attended', 'residual'], writes: ['residual'], units: false },
  projectGates: { reads: ['residual'], writes: ['gates'], units: false },
  convolve: { reads: ['gates'], writes: ['convolved'], units: true, state: 'inputs' },
  addConvolution: { reads: ['convolved', 'residual'], writes: ['residual'], units: false },
  projectMixed: { reads: ['residual'], writes: ['mixed'], units: false },
  convolveMixed: { reads: ['mixed'], writes: ['convolved'], units: true, state: 'inputs' },
  associate: {
    reads: ['mixed', 'convolved'],
    writes: ['readout'],
    units: true,
    state: 'associations',
  },
  gateReadout: { reads: ['mixed', 'readout'], writes: ['readout'], units: false },
  addReadout: { reads: ['readout', 'residual'], writes: ['residual'], units: false },
  gateRows: { reads: ['residual'], writes: ['gated'], units: false },
  addFeedForward: { reads: ['gated', 'residual'], writes: ['residual'], units: false },
  addLayerInput: { reads: ['residual', 'layerInputs'], writes: ['residual'], units: false },
  scaleResidual: { reads: ['residual'], writes: ['residual'], units: false },
}

const twins = {
  attention: attentionTwins,
  'shared attention': sharedAttentionTwins,
  'short convolution': convolutionTwins,
  'gated delta net': deltaNetTwins,
}

export function twinOf(kind: LayerKind, step: LayerStep): (layer: ReferenceLayer) => void {
  const steps: Partial<Record<LayerStep, (layer: ReferenceLayer) => void>> = twins[kind]
  const twin = steps[step]
  if (!twin) throw new Error(`a layer that is ${kind} has no step ${step}`)
  return twin
}
