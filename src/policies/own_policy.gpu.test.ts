// Runs the policy that docs/guide/add_a_policy.md prints.
import { expect, test } from 'vitest'
import { oldest } from '../../examples/03_own_policy/oldest.ts'
import { createCompiler } from '../forward/compiler.ts'
import { shapeOf } from '../forward/layer_kernels.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { kept, open, read, tokens } from '../testing/small_engine.ts'

const gpu = gpuOfFile()

test('a policy of one’s own keeps what its file says', async () => {
  const engine = await open(gpu, { policy: 'window', local: 0 })
  const { model, settings } = engine.plan
  const compiler = createCompiler(gpu.device)
  const policy = await oldest({ compiler, model, settings, shape: shapeOf(model) })
  await read({ ...engine, policy }, tokens)
  const first = Array.from({ length: settings.budget }, (_, i) => i)
  for (const origins of (await kept(engine)).flat()) expect(origins).toEqual(first)
})
