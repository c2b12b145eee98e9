// Without a network: after one visit the page opens, reads and answers though its server is gone; a new version waits until it is
// wanted; and what another program shares is taken.
import { appendFile, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { dist } from '../cli/build/paths.ts'
import { serve, type Site } from '../cli/site/serve.ts'
import { test } from './fixtures.ts'

test.use({ serviceWorkers: 'allow' })
test.setTimeout(240_000)

const text = 'The pass key is 40713. The keeper of the light wrote it down at dusk. '.repeat(4)

test('after one visit the page opens, reads and answers though its server is gone', async ({
  context,
  tinyFolder,
}) => {
  const site = await serve({ '/here/': dist, '/models/tiny/': tinyFolder })
  const first = await context.newPage()
  const before = await visit(first, site)
  await expect.poll(() => kept(first), { timeout: 30_000 }).toContain('model.safetensors')
  await first.close()
  await site.close()

  const second = await context.newPage()
  expect(await visit(second, site)).toBe(before)
})

test('a new version is said and taken when it is wanted; what is shared or opened with the page becomes the document', async ({
  page,
  scratch,
}) => {
  const folder = join(scratch, 'versions')
  await cp(dist, folder, { recursive: true })
  const site = await serve({ '/': folder })
  await page.goto(site.url)
  await page.evaluate(() => navigator.serviceWorker.ready)
  await expect(page.locator('#update')).toBeHidden()
  await appendFile(join(folder, 'service_worker.js'), '\n// another\n')
  await page.reload()
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
  await expect(page.locator('#update')).toBeVisible({ timeout: 30_000 })
  await page.getByTestId('document-text').fill('still here')
  const reloaded = page.waitForEvent('load')
  await page.locator('#update-take').click()
  await reloaded
  await expect(page.locator('#update')).toBeHidden()

  await page.evaluate(async () => {
    const form = new FormData()
    form.append('files', new File(['The tide turned at dusk.'], 'tide.txt'))
    await fetch('share', { method: 'POST', body: form, redirect: 'manual' })
  })
  await page.goto(`${site.url}?shared`)
  await expect(page.locator('#document-name')).toHaveText('tide.txt')
  expect(page.url()).toBe(site.url)

  await page.addInitScript(() => {
    const setConsumer = (consume: unknown) => Object.assign(window, { launch: consume })
    Object.defineProperty(window, 'launchQueue', { value: { setConsumer } })
  })
  await page.goto(site.url)
  await page.evaluate(() => {
    const handle = { getFile: async () => new File(['The ferry left at noon.'], 'ferry.txt') }
    const { launch } = window as unknown as { launch: (launched: object) => void }
    launch({ files: [handle] })
  })
  await expect(page.locator('#document-name')).toHaveText('ferry.txt')
  await site.close()
})

/** Reads with the model beside the page, then with one that the browser keeps. Returns an answer of the second. */
async function visit(page: Page, { url }: Site): Promise<string> {
  await page.goto(`${url}here/`)
  await page.getByTestId('offers-fold').locator('> summary').click()
  await page.getByTestId('offers').locator('input[value=demonstration]').check()
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  await expect(page.getByTestId('unasked')).toBeVisible({ timeout: 120_000 })
  await page.getByTestId('new-document').click()
  await page.locator('input[name=model][value=url]').check()
  await page.getByTestId('model-url').fill(`${url}models/tiny/`)
  await page.getByTestId('model-url').press('Enter')
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await page.getByTestId('read').click()
  await page.getByTestId('question').fill('What is the pass key?', { timeout: 120_000 })
  await page.getByText('Answer settings').click()
  await page.getByTestId('max-tokens').fill('12')
  await page.getByTestId('ask').click()
  const entry = page.getByTestId('entry').first()
  await expect(entry.locator('.timings')).toContainText('token', { timeout: 60_000 })
  return (await entry.locator('.answer').textContent()) ?? ''
}

/** Addresses of what was kept of the models beside the page. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const cache = await caches.open('beside')
    return (await cache.keys()).map(({ url }) => url).join(' ')
  })
}
