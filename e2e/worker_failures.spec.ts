// The engine's worker may be missing, be something else, be forbidden, throw, hang or die. Nothing waits for it for ever: one
// sentence with a code says what happened, and the page reads again once it is mended.
import { expect, type Page, type Route } from 'playwright/test'
import { openTinyModel, test } from './fixtures.ts'
import { text } from './imitated_hub.ts'

test.setTimeout(240_000)

const script = '**/assets/worker-*.js'

async function read(page: Page): Promise<void> {
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
}

async function readsNow(page: Page): Promise<void> {
  await page.unroute(script)
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
}

const failures: readonly (readonly [
  what: string,
  answer: (route: Route) => Promise<void>,
  sentence: RegExp,
])[] = [
  [
    'is not there',
    (route) => route.fulfill({ status: 404, body: 'Not Found' }),
    /could not be started: its script was not found/,
  ],
  [
    'is a page of HTML',
    (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><p>Log in</p>' }),
    /could not be started/,
  ],
  [
    'throws while it starts',
    (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("no luck")' }),
    /worker-.*\.js failed: .*no luck/,
  ],
]

test('a worker that is missing, is something else or throws is told in a sentence, and the page reads once it is mended', async ({
  page,
  host,
}) => {
  await openTinyModel(page, host)
  await page.getByTestId('document-text').fill(text)
  for (const [what, answer, sentence] of failures) {
    let asked = false
    await page.route(script, (route) => {
      asked = true
      return answer(route)
    })
    await page.getByTestId('read').click()
    await expect.poll(() => asked).toBe(true) // what the message says is of this worker
    const message = page.getByTestId('problem-message')
    await expect(message, what).toContainText(sentence, { timeout: 60_000 })
    await page.unroute(script)
  }
  await readsNow(page)
})

test('a worker that a policy forbids is told in a sentence', async ({ page, host }) => {
  await page.route(host.page, async (route) => {
    const response = await route.fetch()
    const headers = { ...response.headers(), 'content-security-policy': "worker-src 'none'" }
    await route.fulfill({ response, headers })
  })
  await openTinyModel(page, host)
  await read(page)
  await expect(page.getByTestId('problem-message')).toContainText(/could not be started/, {
    timeout: 60_000,
  })
})

test('reading is cancelled though the worker never arrives', async ({ page, host }) => {
  await page.route(script, () => new Promise(() => undefined))
  await openTinyModel(page, host)
  await read(page)
  await page.getByTestId('cancel').click()
  await expect(page.getByTestId('read')).toBeVisible({ timeout: 30_000 })
  await readsNow(page)
})

test('a worker that dies while it answers is told, and the page reads again', async ({
  page,
  host,
}) => {
  await openTinyModel(page, host)
  await read(page)
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await page.workers()[0]?.evaluate(() => self.close())
  await expect(page.getByTestId('problem-message')).toContainText(/ended by itself/, {
    timeout: 60_000,
  })
  await expect(page.getByTestId('problem')).toContainText('The engine’s worker is gone')
  await page.getByRole('button', { name: 'Load again' }).click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByTestId('problem')).toBeHidden()
})
