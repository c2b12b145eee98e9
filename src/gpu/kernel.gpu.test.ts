import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { compile, kernel } from './kernel.ts'
import { withSourceLines } from './shader_lines.ts'

const broken = '@compute @workgroup_size(1)\nfn main() {\n  let x = missing;\n}'
const main = { file: 'broken.wgsl', line: 11 }
const table = [main, main, { file: 'common/shared.wgsl', line: 7 }]

gpuTest.for([
  ['the line', broken, 'line 3'],
  ['the file and its line', withSourceLines(broken, table), 'shaders/common/shared.wgsl:7'],
] as const)('a shader that does not compile names %s', async ([, source, place], { gpu }) => {
  const named = kernel({ name: 'broken', source, params: {}, bindings: {}, constants: [] })
  for (const _ of ['first', 'again']) {
    await expect(compile(gpu.device, named, {})).rejects.toMatchObject({
      code: 'gpu-error',
      message: expect.stringMatching(
        new RegExp(`^kernel broken does not compile: ${place}: .*missing`),
      ) as string,
    })
  }
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
