// node cli/run.mjs test_real REPORT: the smallest real model compared with transformers, in Node on lavapipe. Without
// lavapipe it runs in Chromium, which takes three times as long. Fetches the model if missing.
import { spawnSync } from 'node:child_process'
import { command, UsageError } from '../shell/command.ts'
import { root } from '../build/paths.ts'
import { ensureLavapipe } from '../install/lavapipe.ts'

const smallestModel = 'smollm2-135m'

await command('test_real', async () => {
  const [report] = process.argv.slice(2)
  if (report === undefined) throw new UsageError('name a file for the report')
  const driver = ensureLavapipe()
  const steps =
    driver === undefined
      ? [
          ['cli/run.mjs', 'real_models', smallestModel],
          [
            'node_modules/vitest/vitest.mjs',
            ...['run', '--project', 'real', `${smallestModel}.quick`],
            ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
          ],
        ]
      : [
          ['cli/run.mjs', 'real_models', smallestModel],
          ['cli/run.mjs', 'gpu_tests'],
          [
            'dist/gpu-tests/run.mjs',
            ...['--only', `real/${smallestModel}.quick`, '--limit', '900', '--json', report],
          ],
        ]
  const env = {
    ...process.env,
    ...(driver === undefined ? {} : { VK_DRIVER_FILES: driver }),
  }
  for (const args of steps) {
    const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
    if (status === 0) continue
    process.exitCode = 1
    return
  }
})
