// Kernels on a device with WebGPU's guaranteed minimum of workgroup memory.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { createMemory } from '../gpu/memory.ts'
import { createRecorder } from '../gpu/recorder.ts'
import { openPolicy } from '../policies/policies.ts'
import { createCompiler } from './compiler.ts'
import { compileKernels } from './kernel_set.ts'
import { makePlan } from '../plan/plan.ts'
import { needs, policyNames, type PolicyName } from '../api/policies.ts'
import { resolveSettings } from '../plan/settings.ts'

let device: GPUDevice

beforeAll(async () => {
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) throw new Error('no adapter')
  device = await adapter.requestDevice()
})
afterAll(() => device.destroy())

test('heads of 256 run there under every policy that does not sum attention', async () => {
  const { description } = randomModel({ ...smallShape, headSize: 256, layers: 1 }, 1)
  const refused: PolicyName[] = []
  for (const policy of policyNames) {
    const settings = resolveSettings(
      { storage: { weights: 'f16', cache: 'f16' }, policy },
      description,
      {
        heads: {},
        compressor: { merged: 1 },
      },
    )
    const plan = makePlan(description, settings, 0)
    const compiler = createCompiler(device)
    const compiling = Promise.all([compileKernels(compiler, plan), openPolicy(compiler, plan)])
    await compiling.catch((error: unknown) => {
      expect(String(error)).toMatch(/heads of size 256 need 16928 bytes of workgroup memory/)
      refused.push(policy)
    })
  }
  expect(refused).toEqual(policyNames.filter((name) => needs(name, 'attention sums')))
})

test('a kernel that was left out says its name when it is run', async () => {
  const { description } = randomModel(smallShape, 1)
  const overrides = { storage: { weights: 'f16', cache: 'f16' }, policy: 'streaming' } as const
  const plan = makePlan(
    description,
    resolveSettings(overrides, description, { compressor: { merged: 1 } }),
    0,
  )
  const { capLogits } = await compileKernels(createCompiler(device), plan)
  const memory = createMemory(device)
  const recorder = createRecorder(device, memory)
  const logits = memory.allocate('scratch', 'logits', 16)
  const run = () => recorder.run(capLogits, { count: 4, cap: 1 }, { logits }, [1])
  expect(run).toThrow(/^kernel cap_logits was not compiled/)
})
