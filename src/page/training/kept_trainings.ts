// Trainings kept in the browser's private files (OPFS), so that a closed tab costs minutes. Each has a description, which
// names the file of its latest checkpoint and that of its data. A checkpoint is written whole under a new name before the
// description is swapped to it, so there is always one that is whole.
import { type TrainingSettings, digest, type WeightStorage } from '../../index.ts'

/** What a training is, whichever step it has reached. */
export interface TrainingIdentity {
  /** names the model */
  readonly model: string
  readonly settings: TrainingSettings
  readonly weights: WeightStorage
  /** JSON lines; made-up documents where there is none */
  readonly data: File | undefined
}

interface KeptFile {
  readonly file: string
  readonly bytes: number
  readonly digest: string
}

export interface KeptTraining {
  readonly key: string
  readonly model: string
  readonly settings: TrainingSettings
  readonly weights: WeightStorage
  readonly data: (KeptFile & { readonly name: string }) | undefined
  readonly checkpoint: KeptFile
  /** steps that the checkpoint holds */
  readonly steps: number
  /** ms since 1970 */
  readonly savedAt: number
}

export interface KeptTrainings {
  /** Replaces the checkpoint of this training, or is its first. */
  keep(training: TrainingIdentity, checkpoint: Blob, steps: number): Promise<void>
  /** Those of a model, the latest first. One with a damaged file is removed. */
  of(model: string): Promise<KeptTraining[]>
  open(kept: KeptTraining): Promise<{ checkpoint: Blob; data: File | undefined }>
  remove(key: string): Promise<void>
}

/** The page's own folder for them. */
export async function keptTrainingsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory()
  return root.getDirectoryHandle('trainings', { create: true })
}

export function openKeptTrainings(folder: FileSystemDirectoryHandle): KeptTrainings {
  const fileOf = async (name: string): Promise<File> => (await folder.getFileHandle(name)).getFile()

  /** What is closed takes the place of what was there before, at once. */
  const write = async (name: string, content: Blob): Promise<void> => {
    const out = await (await folder.getFileHandle(name, { create: true })).createWritable()
    await out.write(content)
    await out.close()
  }

  const describe = async (name: string): Promise<KeptTraining> =>
    JSON.parse(await (await fileOf(name)).text()) as KeptTraining

  const isWhole = async ({ file, bytes, digest: expected }: KeptFile): Promise<boolean> => {
    const found = await fileOf(file).catch(() => undefined)
    return found?.size === bytes && (await digest(found)) === expected
  }

  const allNames = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const name of folder.keys()) names.push(name)
    return names
  }

  const namesOf = async (key: string): Promise<string[]> => {
    return (await allNames()).filter((name) => name.startsWith(`${key}.`))
  }

  const keepData = async (
    key: string,
    data: File,
    content: string,
  ): Promise<KeptTraining['data']> => {
    const kept = { file: `${key}.data`, bytes: data.size, digest: content }
    if (!(await isWhole(kept))) await write(kept.file, data)
    return { ...kept, name: data.name }
  }

  const remove = async (key: string): Promise<void> => {
    for (const name of await namesOf(key)) await folder.removeEntry(name)
  }

  return {
    async keep(training, checkpoint, steps) {
      const { model, settings, weights, data } = training
      const content = data && (await digest(data))
      const key = await keyWith(training, content)
      const file = `${key}.${crypto.randomUUID()}`
      await write(file, checkpoint)
      const kept: KeptTraining = {
        key,
        model,
        settings,
        weights,
        data: data && content !== undefined ? await keepData(key, data, content) : undefined,
        checkpoint: { file, bytes: checkpoint.size, digest: await digest(checkpoint) },
        steps,
        savedAt: Date.now(),
      }
      await write(`${key}.json`, new Blob([JSON.stringify(kept)]))
      const needed = [`${key}.json`, file, kept.data?.file]
      for (const name of await namesOf(key)) {
        if (!needed.includes(name)) await folder.removeEntry(name)
      }
    },
    async of(model) {
      const names = (await allNames()).filter((name) => name.endsWith('.json'))
      const all = await Promise.all(names.map(describe))
      const whole: KeptTraining[] = []
      for (const kept of all.filter((training) => training.model === model)) {
        const files = kept.data ? [kept.checkpoint, kept.data] : [kept.checkpoint]
        const found = await Promise.all(files.map(isWhole))
        if (found.every(Boolean)) whole.push(kept)
        else await remove(kept.key)
      }
      return whole.sort((a, b) => b.savedAt - a.savedAt)
    },
    async open({ checkpoint, data }) {
      const [state, lines] = await Promise.all([
        fileOf(checkpoint.file),
        data && fileOf(data.file).then((file) => new File([file], data.name)),
      ])
      return { checkpoint: state, data: lines }
    },
    remove,
  }
}

/** The same for the same model, settings and data, whatever step a training has reached. */
export async function keyOf(training: TrainingIdentity): Promise<string> {
  return keyWith(training, training.data && (await digest(training.data)))
}

function keyWith(
  { model, settings, weights }: TrainingIdentity,
  content: string | undefined,
): Promise<string> {
  return digest(new Blob([JSON.stringify({ model, settings, weights, content })]))
}
