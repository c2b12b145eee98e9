// The examples that are put together as consumers are: a person's way through each is the same.
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { root } from '../build/paths.ts'
import { RunError } from '../shell/command.ts'

/** By the consumer's name: the example's folder and the script that builds it. */
export const examples: Readonly<Record<string, { folder: string; build: string }>> = {
  react: { folder: '06_react', build: 'build' },
  next: { folder: '06_react', build: 'build:next' },
  extension: { folder: '07_extension', build: 'build' },
}

/** Copies an example and the files that it takes from another. */
export async function copyExample(folder: string, work: string): Promise<void> {
  const all = join(root, 'examples')
  await cp(join(all, folder), work, {
    recursive: true,
    filter: (path) => !/node_modules|\/out\b/.test(path),
  })
  await cp(join(all, '05_web_component'), join(work, '../05_web_component'), { recursive: true })
}

/** Gives the page a document and a question as a person would. Throws RunError with what the page says in place of an answer. */
export async function askByHand(
  page: Page,
  document: string,
  question: string,
  timeout: number,
): Promise<string> {
  await page.getByLabel('Document').setInputFiles(document)
  await page.getByLabel('Question').fill(question)
  try {
    await page.locator('button:enabled', { hasText: 'Ask' }).click({ timeout })
    await page.getByRole('listitem').first().waitFor({ timeout }) // the sources follow the answer
  } catch {
    throw new RunError(`it says '${(await page.getByRole('status').textContent()) ?? ''}'`)
  }
  return (await page.getByLabel('Answer').textContent()) ?? ''
}
