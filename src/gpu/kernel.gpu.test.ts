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
  await expect(compile(gpu.device, broken, {})).rejects.toThrow(
    /^kernel broken does not compile at line 3: .*missing/,
  )
  await gpu.device.popErrorScope()
})
