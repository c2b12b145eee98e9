import { expect, it } from 'vitest'
import {
  deltaNetShape,
  hybridShape,
  randomModel,
  smallShape,
} from '../../../reference/random_model.ts'
import { randomGemma4 } from '../../testing/random_gemma4.ts'
import { requiredTensors } from '../required_tensors.ts'
import { codesByName } from './mixes.ts'

/** llama.cpp quantizes neither of these; the table is not on the GPU. */
const left = /per_layer_model_projection|embed_tokens_per_layer/

const models = [
  randomModel(smallShape, 7),
  randomModel(hybridShape, 7),
  randomModel(deltaNetShape, 7),
  randomGemma4(),
].map(({ description }) => description)

it.each(models.map((model) => [model.family, model] as const))(
  '%s: every matrix has a code in the mixes that are known',
  (_, model) => {
    const matrices = [...requiredTensors(model)]
      .filter(([name, shape]) => shape.length === 2 && !left.test(name))
      .map(([name]) => name)
    for (const file of ['model-Q8_0.gguf', 'model-Q4_K_M.gguf'])
      expect(Object.keys(codesByName(file, model)).toSorted()).toEqual(matrices.toSorted())
    expect(codesByName('model-F16.gguf', model)).toEqual({})
  },
)
