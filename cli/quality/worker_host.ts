// Hosts a quality worker's examiner: a browser tab or a Node process. Both read the model and the policies' files from a
// site of this process.
import type { Examiner } from '../../src/quality/examiner.ts'
import type { QualityOptions } from './options.ts'
import type { Pass } from './plan.ts'
import type { Mounts } from '../site/serve.ts'
import { fileMounts, fileUrl, modelMounts, modelUrl } from '../models/served_model.ts'

export interface QualityWorker {
  /** the examiner that runs there */
  readonly examiner: Examiner
  /** description of the host */
  readonly host: string
  /** address of the run's model */
  readonly model: string
  /** address of a file of a pass */
  readonly urlOf: (file: string) => string
}

/** An examiner, a description of its host, and the URL of the site with its files, which ends in a slash. */
export type HostedExaminer = Pick<QualityWorker, 'examiner' | 'host'> & { readonly site: string }

/** @param work gets a worker, which is closed when `work` ends */
export async function hostWorker(
  { model, adapter }: QualityOptions,
  passes: readonly Pass[],
  work: (worker: QualityWorker) => Promise<void>,
): Promise<void> {
  if (adapter === 'twin') {
    const { examineInTwin } = await import('./in_twin.ts')
    await examineInTwin(model, work)
    return
  }
  const given = passes.flatMap(({ files: { heads, compressor } }) => [heads, compressor])
  const files = [...new Set(given.filter((file) => file !== undefined))]
  const fileName = (file: string) => `files/${files.indexOf(file)}`
  const mounted = files.flatMap((file) => Object.entries(fileMounts(fileName(file), file)))
  const mounts: Mounts = { ...modelMounts(model), ...Object.fromEntries(mounted) }
  const hosted = ({ examiner, host, site }: HostedExaminer) =>
    work({
      examiner,
      host,
      model: modelUrl(model, site),
      urlOf: (file) => fileUrl(fileName(file), file, site),
    })
  if (adapter === 'node') {
    const { examineInNode } = await import('./in_node.ts')
    await examineInNode(mounts, hosted)
  } else {
    const { examineInTab } = await import('./in_tab.ts') // Playwright may not be installed
    await examineInTab(adapter, mounts, [model, ...files], hosted)
  }
}
