// node cli/run.mjs gpu_tests: bundles every *.gpu.test.ts with its runner into dist/gpu-tests. The bundle needs only Node
// and the `webgpu` package (Dawn), so it can be copied to a machine with a GPU and no browser.
import { join } from 'node:path'
import { build } from 'vite'
import { command } from '../shell/command.ts'
import { dist, root } from '../build/paths.ts'

await command('gpu_tests', async () => {
  await build({
    root,
    logLevel: 'warn',
    publicDir: false,
    resolve: { alias: { vitest: join(root, 'cli/gpu_tests/vitest.ts') } },
    ssr: { noExternal: true },
    build: {
      ssr: 'cli/gpu_tests/run.ts',
      outDir: join(dist, 'gpu-tests'),
      license: false,
      rolldownOptions: { output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' } },
    },
  })
  console.error('built dist/gpu-tests; node dist/gpu-tests/run.mjs')
})
