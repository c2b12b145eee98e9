// <longtab-reader> before a pretended module: it reads what is picked or dropped, streams, shows sources, tells events and errors.
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import AxeBuilder from '@axe-core/playwright'
import { root } from '../cli/build/paths.ts'
import { serve, type Handler } from '../cli/site/serve.ts'
import { layoutFlaws } from './layout.ts'
import { test } from './fixtures.ts'

/** Answers with what it was given; the text 'broken' cannot be read, and a question 'slow' is answered when it is aborted. */
const pretended = `
export async function load(source, { onProgress, ...settings }) {
  return {
    close: async () => document.body.append('closed'),
    async read(given, { signal }) {
      const text = given instanceof Blob ? await given.text() : given
      if (text === 'broken') throw new Error('the document is broken; give another')
      onProgress({ phase: 'read', share: 0.5 })
      return {
        tokens: text.length,
        ask(question, { signal }) {
          const pieces = [source, ' ', JSON.stringify(settings), ' ', question, ' ', text]
          const ended = new Promise((resolve) => signal.addEventListener('abort', resolve))
          return {
            async *[Symbol.asyncIterator]() {
              if (question === 'slow') await ended
              yield* pieces
            },
            summary: Promise.resolve({
              finish: question === 'absent' ? 'absent' : 'end',
              doubtful: false,
              sources: [{ text, place: { kind: 'page', value: 3 } }],
            }),
          }
        },
      }
    },
  }
}`

const module: Handler = (_, response) => {
  response.setHeader('content-type', 'text/javascript')
  response.end(pretended)
}

/** Opens the example's page with a name for its model and two settings. */
async function opened(page: Page): Promise<() => Promise<void>> {
  const examples = join(root, 'examples')
  const site = await serve({ '/examples/': examples, '/dist/module/longtab.js': module })
  await page.goto(`${site.url}examples/05_web_component/index.html`)
  await page.locator('longtab-reader').evaluate((reader) => {
    reader.setAttribute('policy', 'streaming')
    for (const name of ['progress', 'read', 'answer', 'error'])
      reader.addEventListener(name, () => document.body.append(` ${name}`))
  })
  return () => site.close()
}

const file = (text: string) => ({
  name: 'a.txt',
  mimeType: 'text/plain',
  buffer: Buffer.from(text),
})

test('reads a file, streams the answer, shows sources, tells events', async ({ page }) => {
  const close = await opened(page)
  const ask = page.getByRole('button', { name: 'Ask' })
  await expect(ask).toBeDisabled()
  await page.getByLabel('Document').setInputFiles(file('The key is 7.'))
  await expect(page.getByRole('status')).toHaveText('13 tokens read.')
  await page.getByLabel('Question').fill('Which?')
  await page.getByLabel('Question').press('Enter')
  const settings = '{"recall":"passages","policy":"streaming","budget":256}'
  await expect(page.getByLabel('Answer')).toHaveText(
    `../../public/models/default/ ${settings} Which? The key is 7.`,
  )
  await expect(page.getByRole('listitem')).toHaveText('page 3: The key is 7.')
  await expect(page.locator('body')).toContainText(/progress read answer$/)

  await page.getByLabel('Question').fill('absent')
  await ask.click()
  await expect(page.getByLabel('Answer')).toHaveText('The document does not say.')
  await close()
})

test('a second question ends the first, a text is given by the page, and errors are shown', async ({
  page,
}) => {
  const close = await opened(page)
  const reader = page.locator('longtab-reader')
  const told = await reader.evaluate(async (element) => {
    const reader = element as HTMLElement & {
      read(source: string): Promise<unknown>
      ask(question: string): Promise<unknown>
    }
    const early = await reader.ask('Which?').catch((error: unknown) => (error as Error).message)
    await reader.read('The key is 7.')
    const slow = reader.ask('slow').catch((error: unknown) => (error as Error).name)
    await reader.ask('Which?')
    const first = await slow
    const broken = await reader.read('broken').catch((error: unknown) => (error as Error).message)
    return [early, first, broken]
  })
  const sentence = 'the document is broken; give another'
  expect(told).toEqual(['no document was read; give one to read() first', 'AbortError', sentence])
  await expect(page.getByRole('status')).toHaveText(sentence)
  await expect(page.getByRole('button', { name: 'Ask' })).toBeDisabled()
  await expect(page.locator('body')).toContainText('error')
  await reader.evaluate((element) => element.setAttribute('model', 'owner/name'))
  await expect(page.getByRole('status')).toHaveText(
    'The model has changed; give the document again.',
  )
  await expect(page.locator('body')).toContainText('closed')
  await close()
})

test('reads what is dropped', async ({ page }) => {
  const close = await opened(page)
  await page.locator('longtab-reader').evaluate((reader) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['dropped'], 'a.txt'))
    reader.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }))
  })
  await expect(page.getByRole('status')).toHaveText('7 tokens read.')
  await close()
})

test('is accessible and well laid out, narrow and wide, light and dark', async ({ page }, info) => {
  const close = await opened(page)
  await page.getByLabel('Document').setInputFiles(file('The key is 7. '.repeat(20)))
  await page.getByLabel('Question').fill('Which key is it, and where does the log say so?')
  await page.getByRole('button', { name: 'Ask' }).click()
  await expect(page.getByRole('listitem')).toHaveCount(1)
  for (const width of [390, 1280])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme })
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
      expect(await layoutFlaws(page)).toEqual([])
      await page.screenshot({ path: info.outputPath(`${width}-${colorScheme}.png`) })
    }
  await close()
})
