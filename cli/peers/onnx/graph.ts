// An ONNX graph under construction: nodes, inputs, outputs and constants, as the bytes of a model file.
import { Float, message, type Field } from './protobuf.ts'

/** Numbers of ONNX for the types of values (TensorProto.DataType). */
export const types = { float: 1, uint8: 2, int32: 6, int64: 7, half: 10 } as const
export type TypeName = keyof typeof types

/** A number is an axis of this length, a name one that is known when the model runs. */
export type Axes = readonly (number | string)[]

/** Whole numbers become ints; write an attribute that ONNX has as a float with `Float`. */
export type Attributes = Readonly<Record<string, number | Float | readonly number[]>>

export interface Graph {
  input(name: string, type: TypeName, axes: Axes): string
  output(name: string, type: TypeName, axes: Axes): void
  constant(name: string, type: TypeName, axes: readonly number[], bytes: Uint8Array): string
  /**
   * @param operator of ONNX, or `com.microsoft.NAME`, which onnxruntime adds
   * @param inputs an empty name leaves an input out
   * @returns the names of its outputs
   */
  node(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Attributes,
  ): void
  /** The model's file, in pieces. */
  bytes(): readonly Uint8Array[]
}

const microsoft = 'com.microsoft'

/** What the operators below have been since: onnxruntime runs all versions from 7 on. */
const operatorSet = 14

/** Version of the file's form that goes with that set. */
const fileVersion = 7

export function emptyGraph(name: string): Graph {
  const nodes: Field[] = []
  const constants: Field[] = []
  const inputs: Field[] = []
  const outputs: Field[] = []
  const valueOf = (name: string, type: TypeName, axes: Axes): readonly Field[] => {
    const shape = axes.map((axis): Field => [1, [typeof axis === 'number' ? [1, axis] : [2, axis]]])
    const tensor: Field = [1, [[1, types[type]] as const, [2, shape] as const]]
    return [
      [1, name],
      [2, [tensor]],
    ]
  }
  return {
    input(name, type, axes) {
      inputs.push([11, valueOf(name, type, axes)])
      return name
    },
    output(name, type, axes) {
      outputs.push([12, valueOf(name, type, axes)])
    },
    constant(name, type, axes, bytes) {
      const dims = axes.map((axis): Field => [1, axis])
      constants.push([5, [...dims, [2, types[type]], [8, name], [9, bytes]]])
      return name
    },
    node(operator, from, to, attributes = {}) {
      const own = operator.startsWith(`${microsoft}.`)
      nodes.push([
        1,
        [
          ...from.map((name): Field => [1, name]),
          ...to.map((name): Field => [2, name]),
          [3, `${operator} of ${to[0] ?? ''}`],
          [4, own ? operator.slice(microsoft.length + 1) : operator],
          ...Object.entries(attributes).map((one): Field => [5, attributeOf(...one)]),
          ...(own ? [[7, microsoft] as const] : []),
        ],
      ])
    },
    bytes: () =>
      message([
        [1, fileVersion],
        [2, 'longtab'],
        [7, [...nodes, [2, name], ...constants, ...inputs, ...outputs]],
        [8, [[2, operatorSet]]],
        [8, [[1, microsoft] as const, [2, 1] as const]],
      ]),
  }
}

/** Numbers of ONNX for the types of attributes (AttributeProto.AttributeType). */
const attributeTypes = { float: 1, int: 2, ints: 7 }

function attributeOf(name: string, value: Attributes[string]): readonly Field[] {
  if (value instanceof Float) {
    return [
      [1, name],
      [2, value],
      [20, attributeTypes.float],
    ]
  }
  if (typeof value === 'number') {
    return [
      [1, name],
      [3, value],
      [20, attributeTypes.int],
    ]
  }
  return [[1, name], ...value.map((one): Field => [8, one]), [20, attributeTypes.ints]]
}
