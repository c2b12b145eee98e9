import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { compile, kernel } from './kernel.ts'

gpuTest('a shader that does not compile names the kernel and the line', async ({ gpu }) => {
  const broken = kernel({
    name: 'broken',
    source: '@compute @workgroup_size(1)\nfn main() {\n  let x = missing;\n}',
    params: {},
    bindings: {},
    constants: [],
  })
  gpu.device.pushErrorScope('validation')
  for (const _ of ['first', 'again']) {
    await expect(compile(gpu.device, broken, {})).rejects.toThrow(
      /^kernel broken does not compile at line 3: .*missing/,
    )
  }
  await gpu.device.popErrorScope()
})

gpuTest('a device compiles no code twice, and other constants anew', async ({ gpu }) => {
  const sized = kernel({
    name: 'sized',
    source: 'override SIZE: u32;\n@compute @workgroup_size(SIZE)\nfn main() {}',
    params: {},
    bindings: {},
    constants: ['SIZE'],
  })
  const [first, again, other] = await Promise.all([
    compile(gpu.device, sized, { SIZE: 1 }),
    compile(gpu.device, sized, { SIZE: 1 }),
    compile(gpu.device, sized, { SIZE: 2 }),
  ])
  expect(again.pipeline).toBe(first.pipeline)
  expect(again.groups).not.toBe(first.groups)
  expect(other.pipeline).not.toBe(first.pipeline)
})
