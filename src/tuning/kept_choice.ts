// Choices that this browser keeps, so that a GPU measures once. They are lines of a file in the browser's private file
// system, by everything that a choice depends on. Where there are no such files, as in Node, nothing is kept.
import type { StepVariants } from '../api/diagnostics.ts'
import { privateFolder, type Folder } from '../files/store/folder.ts'
import { openJournal, readJournal } from '../files/store/journal.ts'
import { exclusively } from '../files/store/lock.ts'
import { matmul } from '../kernels/matmul.ts'
import { matvec } from '../kernels/matvec.ts'
import { fnv1a } from '../text/fnv1a.ts'
import type { LayerMatrix } from './own_products.ts'
import type { Steps } from './steps.ts'

/** What was measured. */
export interface Choice {
  readonly steps: readonly StepVariants[]
  readonly dropped: readonly string[]
}

interface Line extends Choice {
  readonly key: string
}

/** Keeps choices by a key; does nothing where nothing can be kept. */
export interface KeptChoices {
  find(key: string): Promise<Choice | undefined>
  keep(key: string, choice: Choice): Promise<void>
}

const file = 'choices'

export async function browserChoices(): Promise<KeptChoices> {
  return keptIn(await privateFolder('kernels'))
}

/** A folder that cannot be read or written is as good as none: the GPU measures again. */
export function keptIn(folder: Folder | undefined): KeptChoices {
  return {
    async find(key) {
      if (folder === undefined) return undefined
      const lines = (await readJournal(folder, file).catch(() => [])) as Line[]
      const line = lines.findLast((one) => one.key === key)
      return line && { steps: line.steps, dropped: line.dropped }
    },
    async keep(key, choice) {
      if (!folder?.writable) return
      await exclusively('kernel choices', undefined, async () => {
        const journal = await openJournal(folder, file)
        journal.add({ key, ...choice } satisfies Line)
        journal.close()
      }).catch(() => undefined)
    },
  }
}

/** Of a GPU, a browser, these shaders, a model's shapes and the variants that it has. */
export function choiceKey(
  adapter: Partial<GPUAdapterInfo> | undefined,
  matrices: readonly LayerMatrix[],
  steps: Steps,
): string {
  const runtime = globalThis.navigator as { userAgent?: string } | undefined // Node may have none
  const { vendor, architecture, device, description } = adapter ?? {}
  const shapes = matrices.map(({ storage, outs, ins }) => [storage, outs, ins])
  const sources = matrices.map(({ storage }) => matvec[storage].source + matmul[storage].source)
  const candidates = JSON.stringify([steps.matvec.variants, steps.matmul.variants])
  return JSON.stringify([
    [vendor, architecture, device, description],
    majorOf(runtime?.userAgent ?? ''),
    fnv1a(sources.join('') + candidates),
    shapes,
    steps.matmul.rows,
  ])
}

/** A user agent without the smaller numbers of its versions, so that a choice outlives small updates. */
function majorOf(userAgent: string): string {
  return userAgent.replaceAll(/(\/\d+)[.\d]+/g, '$1')
}
