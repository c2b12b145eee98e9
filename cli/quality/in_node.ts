// An examiner in a Node process, without a browser. It reads the model from a site, as a tab does.
import { join } from 'node:path'
import type { Examination, Examiner, Opened, Refused } from '../../src/quality/examiner.ts'
import { root } from '../build/paths.ts'
import { machine } from '../shell/machine.ts'
import { startProcess } from '../node/process.ts'
import type { HostedExaminer } from './worker_host.ts'
import { serve, type Mounts } from '../site/serve.ts'

/** Throws RunError where the process ends by itself. */
export async function examineInNode(
  mounts: Mounts,
  work: (hosted: HostedExaminer) => Promise<void>,
): Promise<void> {
  const site = await serve(mounts)
  const child = startProcess(join(root, 'cli/node/examiner.mjs'), 'an examiner in Node')
  try {
    const device = (await child.call('device')) as string
    const examiner: Examiner = {
      open: async (...given) => (await child.call('open', ...given)) as Opened | Refused,
      examine: async (...given) => (await child.call('examine', ...given)) as Examination | Refused,
    }
    const host = `Node ${process.versions.node} with webgpu on ${device}, ${machine()}`
    await work({ examiner, host, site: site.url })
  } finally {
    await child.end()
    await site.close()
  }
}
