// The built page under its policy: it reads an e-book and answers without a violation, and neither the page nor its worker connects
// anywhere but to its own site and the Hub. Book, file name, question, template and card are hostile: they are shown as text.
import { expect } from 'playwright/test'
import { builtPage } from '../cli/site/content_policy.ts'
import { serve } from '../cli/site/serve.ts'
import { epubFile } from '../src/documents/documents.fixture.ts'
import { drop } from './dropped.ts'
import { openTinyModel, test } from './fixtures.ts'
import { text } from './imitated_hub.ts'

test.setTimeout(240_000)

/** A program in the forms that a page runs it in, if markup is taken for markup. */
const markup = `<img src="hostile" onerror="window.ran=true"><svg onload="window.ran=true"></svg><script>window.ran=true</script>`
const asText = markup.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const link = `[here](javascript:window.ran=true)`
const template = `{{ ''.constructor.constructor("window.ran=true")() }}${markup}{{ messages[0].content }}`

test('reading and answering keep to the policy, and what is foreign is not fetched', async ({
  page,
  host,
  tinyFolder,
}) => {
  const site = await serve({
    '/': builtPage,
    '/tiny/': tinyFolder,
    '/tiny/chat_template.jinja': (_, response) => void response.end(template),
    '/tiny/model_card.json': (_, response) =>
      void response.end(JSON.stringify({ name: markup, summary: markup, can: [markup] })),
  })
  const foreign = await serve({ '/tiny/': tinyFolder })
  const violations: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await openTinyModel(page, { ...host, page: site.url, tinyModel: `${site.url}tiny/` })
  await expect(page.getByTestId('model-about')).toContainText(markup)
  const body = `${markup.replace('>', '/>')}<a href="javascript:window.ran=true">here</a><p>${asText} ${link} ${text}</p>`
  const book = epubFile([{ title: `The Harbour ${asText}`, body }])
  const content = Buffer.from(await book.arrayBuffer())
  await drop(page, [{ name: `${markup}.epub`, content }])
  await expect(page.getByTestId('document-chosen')).toContainText('EPUB · 1 chapter · ')
  await page.getByTestId('read').click()
  await page.getByTestId('question').fill(`What is it? ${markup} ${link}`, { timeout: 120_000 })
  await page.getByTestId('question').press('Enter')
  await expect(page.locator('.timings')).toContainText('token', { timeout: 120_000 })
  await expect(page.locator('.piece h3').first()).toContainText(
    `chapter “The Harbour ${markup.slice(0, 30)}`,
  )
  expect(violations).toEqual([])
  expect(await page.evaluate(() => 'ran' in window)).toBe(false)
  expect(await page.evaluate(foreignElements), 'markup stays text').toEqual([])
  const addresses = asked.filter((url) => /^(https?|wss?):/.test(url))
  expect(addresses.filter((url) => !url.startsWith(site.url) || /hostile|ran=/.test(url))).toEqual(
    [],
  )

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

/** Elements that only a document, a model or a question could have brought. */
function foreignElements(): string[] {
  const elements = Array.from(document.querySelectorAll('*'))
  const isForeign = (element: Element): boolean =>
    element.matches('script:not([src]), img[src="hostile"], iframe, object, embed, base') ||
    element.getAttributeNames().some((name) => name.startsWith('on')) ||
    /^\s*javascript:/i.test(element.getAttribute('href') ?? '')
  return elements.filter(isForeign).map(({ outerHTML }) => outerHTML)
}
