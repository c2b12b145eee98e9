// Writes results as readable JSON.
import { writeFile } from 'node:fs/promises'

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`)
}
