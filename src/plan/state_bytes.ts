// What a layer keeps besides units: of the document, and as much of what follows it.
import type { LayerKind, ModelDescription } from '../api/description.ts'
import { fewTokens } from '../kernels/few_tokens.ts'
import { deltaNetOf, deltaWidths } from '../model/delta_net_shape.ts'

/** `inputs` of a convolution, by token; `associations` of keys with values, which a delta net has. */
export type StateName = 'inputs' | 'associations'

export type StateShape = Pick<ModelDescription, 'kinds' | 'hidden' | 'convolutionTaps' | 'deltaNet'>

/** Tokens whose inputs a convolution keeps: those that it sees behind the newest tokens of a draft. */
export function ringTokens({ convolutionTaps }: Pick<StateShape, 'convolutionTaps'>): number {
  return convolutionTaps - 1 + fewTokens
}

/** What a state keeps of the document, outermost axis first, in f32. */
export interface OneState {
  readonly name: StateName
  readonly shape: readonly number[]
}

/** The states of a layer. */
export function stateShapes(model: StateShape, kind: LayerKind): readonly OneState[] {
  switch (kind) {
    case 'attention':
    case 'shared attention':
      return []
    case 'short convolution':
      return [{ name: 'inputs', shape: [ringTokens(model), model.hidden] }]
    case 'gated delta net': {
      const shape = deltaNetOf(model)
      return [
        { name: 'inputs', shape: [ringTokens(model), deltaWidths(shape).channels] },
        { name: 'associations', shape: [shape.valueHeads, shape.keySize, shape.valueSize] },
      ]
    }
  }
}

export function bytesOfShape(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 4)
}

/** Bytes of each state of every layer. */
export function stateBytes(model: StateShape): number[] {
  return model.kinds.flatMap((kind) =>
    stateShapes(model, kind).map(({ shape }) => 2 * bytesOfShape(shape)),
  )
}
