// The built page under its policy: it reads an e-book and answers without a violation, and neither the page nor its worker connects
// anywhere but to its own site and the Hub.
import { expect } from 'playwright/test'
import { builtPage } from '../cli/site/content_policy.ts'
import { serve } from '../cli/site/serve.ts'
import { epubFile } from '../src/documents/documents.fixture.ts'
import { drop } from './dropped.ts'
import { openTinyModel, test } from './fixtures.ts'
import { text } from './imitated_hub.ts'

test.setTimeout(240_000)

test('reading and answering keep to the policy, and what is foreign is not fetched', async ({
  page,
  host,
  tinyFolder,
}) => {
  const site = await serve({ '/': builtPage, '/tiny/': tinyFolder })
  const foreign = await serve({ '/tiny/': tinyFolder })
  const violations: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })
  await openTinyModel(page, { ...host, page: site.url, tinyModel: `${site.url}tiny/` })
  const body = `<script>document.title = 'run'</script><p>${text}</p>`
  const book = epubFile([{ title: 'The Harbour', body }])
  await drop(page, [{ name: 'book.epub', content: Buffer.from(await book.arrayBuffer()) }])
  await expect(page.getByTestId('document-chosen')).toContainText('EPUB · 1 chapter · ')
  await page.getByTestId('read').click()
  await page.getByTestId('question').fill('What is it?', { timeout: 120_000 })
  await page.getByTestId('question').press('Enter')
  await expect(page.locator('.timings')).toContainText('token', { timeout: 120_000 })
  await expect(page.locator('.piece h3').first()).toContainText('chapter “The Harbour”')
  expect(violations).toEqual([])

  const address = `${foreign.url}tiny/config.json`
  const reached = (url: string) =>
    fetch(url).then(
      () => 'fetched',
      () => 'refused',
    )
  expect(await page.evaluate(reached, address)).toBe('refused')
  const [engine, ...parsers] = page.workers()
  expect(await engine?.evaluate(reached, address), 'in the worker').toBe('refused')
  expect(parsers, 'the parser’s worker ends with its document').toEqual([])
  await expect(page.getByTestId('problem-message')).toContainText(
    /is not fetched: this page connects to its own site and to huggingface\.co alone/,
  )
  await site.close()
  await foreign.close()
})
