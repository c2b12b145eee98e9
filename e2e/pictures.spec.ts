// Every state of the page, small and large, light and dark. Each is looked at by axe and by rules of layout, and leaves a
// picture in test-results/pictures; index.html there shows them all.
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { root } from '../cli/build/paths.ts'
import { sampleDocument } from '../src/tasks/sample.ts'
import { drop } from './dropped.ts'
import { hindrances } from './hindrances.ts'
import { layoutFlaws } from './layout.ts'
import { goOn, pretendEngine, pretendGpu, pretendNoGpu, test } from './pretended/fixtures.ts'

const folder = join(root, 'test-results/pictures')
/** Each size is audited in the last of its colour schemes. */
const sizes = [
  { width: 390, height: 844, schemes: ['dark', 'light'] },
  { width: 1280, height: 800, schemes: ['light', 'dark'] },
] as const

const log = sampleDocument(4000).text
const question = sampleDocument(4000).questions[0]?.question ?? ''

/** Takes the four pictures of a state; fails softly with all that is wrong with it. */
async function look(page: Page, state: string): Promise<void> {
  const found: string[] = []
  for (const { width, height, schemes } of sizes) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const path = join(folder, `${state}, ${width}, ${colorScheme}.png`)
      await page.screenshot({ path })
    }
    const flaws = [...(await layoutFlaws(page)), ...(await hindrances(page))]
    found.push(...flaws.map((flaw) => `${width} pixels: ${flaw}`))
  }
  await page.setViewportSize({ width: 320, height: 640 })
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (beyond > 0) found.push(`320 pixels: ${beyond} pixels beyond the edge`)
  expect.soft(found, state).toEqual([])
}

test.beforeAll(async () => {
  await mkdir(folder, { recursive: true })
})

test.afterAll(async () => {
  const pictures = (await readdir(folder)).filter((name) => name.endsWith('.png'))
  const figures = pictures.map(
    (name) => `<figure><img src="${name}" height="480"><figcaption>${name}</figcaption></figure>`,
  )
  const sheet = `<!doctype html><style>body{display:flex;flex-wrap:wrap}</style>${figures.join('')}`
  await writeFile(join(folder, 'index.html'), sheet)
})

test('the start page in all its states', async ({ page, host }) => {
  await pretendGpu(page)
  await pretendEngine(page, 'throw new Error("it is a pretended one")')
  await page.goto(host.page)
  await expect(page.getByTestId('cost-total')).toContainText('B', { timeout: 30_000 })
  await look(page, 'first visit')
  await page.getByTestId('offers-fold').locator('> summary').click()
  await look(page, 'list of models')
  await page.getByTestId('offers-fold').locator('> summary').click()
  await page.evaluate(() => scrollTo(0, 0))
  await drop(page, [{ name: 'log.txt', content: log }])
  await expect(page.getByTestId('document-chosen')).toContainText('Log of the')
  await look(page, 'document chosen')
  await drop(page, [
    { name: 'chapter 1.txt', content: log },
    { name: 'chapter 2.txt', content: log },
    { name: 'cover.png', content: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') },
  ])
  await expect(page.getByTestId('document-list').getByRole('listitem')).toHaveCount(3)
  await look(page, 'several documents chosen')
  await page.locator('#settings > summary').click()
  await look(page, 'settings')
  await page.getByTestId('read').click()
  await expect(page.getByTestId('problem')).toBeVisible()
  await look(page, 'error')
  await page.getByTestId('train-open').click()
  await look(page, 'training')
})

test('saved documents, a new version of the page, and no WebGPU', async ({ page, host }) => {
  await pretendNoGpu(page)
  await pretendNewVersion(page)
  await page.goto(host.page)
  await expect(page.getByTestId('problem')).toContainText('WebGPU')
  await look(page, 'no WebGPU')
  await saveDocuments(page)
  await page.reload()
  await page.locator('#library').evaluate((fold: HTMLDetailsElement) => (fold.open = true))
  await expect(page.getByTestId('library-list').getByRole('listitem')).toHaveCount(3)
  await expect(page.locator('#update')).toBeVisible()
  await page.locator('#problem').evaluate((problem: HTMLElement) => (problem.hidden = true))
  await look(page, 'saved documents and a new version')
})

test('a reading, from the download to an answer', async ({ page, host, engineScript }) => {
  await pretendGpu(page)
  await pretendEngine(page, engineScript, ['download', 'read', 'answer'])
  await page.goto(host.page)
  await saveDocuments(page)
  await page.reload()
  await drop(page, [{ name: 'The log of a ship.txt', content: log }])
  await page.getByTestId('read').click()
  await expect(page.getByTestId('reading-status')).toHaveText('Downloading the model')
  await look(page, 'downloading')
  await goOn(page, 'download')
  await expect(page.getByTestId('reading-status')).toHaveText('Reading')
  await look(page, 'reading')
  await goOn(page, 'read')
  await expect(page.getByTestId('kept-note')).toContainText('%')
  await look(page, 'read')
  await page.getByTestId('question').fill(question)
  await page.getByTestId('ask').click()
  const entries = page.getByTestId('entry')
  await expect(entries.locator('.answer')).toContainText(/\w/)
  await look(page, 'answering')
  await goOn(page, 'answer')
  const source = entries.getByRole('button', { name: /^Source 1/ })
  await expect(source).toBeVisible()
  await source.click()
  await expect(page.locator('#pieces mark').first()).toBeInViewport()
  await look(page, 'answered with a source')
  await page.getByTestId('question').fill('What of the Quetzalcoatl?')
  await page.getByTestId('ask').click()
  await expect(entries.last()).toContainText('does not speak of this')
  await page.locator('#figures > summary').click()
  await look(page, 'not in the document')
  await goOn(page, 'lost')
  await expect(page.getByTestId('problem')).toBeVisible()
  await look(page, 'the GPU is lost')
})

test('the demonstration, with the questions that it offers', async ({
  page,
  host,
  engineScript,
}) => {
  await pretendGpu(page)
  await pretendEngine(page, engineScript)
  await page.goto(host.page)
  await page.getByTestId('try-sample').click()
  await page.getByRole('button', { name: question }).click()
  await expect(page.getByTestId('entry')).toContainText('The log says')
  await page.setViewportSize(sizes[1])
  await expect(page.getByTestId('question')).toBeInViewport({ ratio: 1 })
  await look(page, 'demonstration')
})

test('the rules of layout and axe see what is wrong', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const flawsOf = async (body: string) => {
    await page.setContent(`<!doctype html><body style="margin: 0">${body}`)
    return (await layoutFlaws(page)).join('; ')
  }
  expect(await flawsOf('<p>one</p><button>two</button><p>three</p>')).toBe('')
  expect(
    await flawsOf('<p>one</p><button style="position: relative; top: -34px">two</button>'),
  ).toMatch(/lies over/)
  expect(await flawsOf('<p style="width: 500px">one</p>')).toMatch(/110 pixels wider/)
  await page.setContent('<!doctype html><img src="data:,">')
  expect((await hindrances(page)).join('; ')).toMatch(/image-alt: img/)
  const narrow = '<div style="width: 50px; overflow: hidden; white-space: nowrap">'
  expect(await flawsOf(`${narrow}a line that is longer than its box</div>`)).toMatch(/cut off/)
  const turned = '<div style="display: flex; flex-direction: column-reverse; align-items: start">'
  expect(await flawsOf(`${turned}<button>one</button><p>-</p><button>two</button></div>`)).toMatch(
    /focus goes up from button “one” to button “two”/,
  )
})

/** Three documents in this browser, the file of the last gone. */
async function saveDocuments(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const documents = ['Emma', 'The ferry leaves at noon, and…', 'Minutes of 214 meetings'].map(
      (title, i) => ({
        ...{ id: `saved-${i}`, title, bytes: (3 - i) * 41e6, tokens: (3 - i) * 70_637 },
        ...{ model: 'Qwen/Qwen2.5-Coder-1.5B-Instruct', savedAt: Date.UTC(2026, 10, 27 - i, 9) },
      }),
    )
    localStorage.setItem('longtab documents', JSON.stringify(documents))
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle('documents', { create: true })
    for (const { id } of documents.slice(0, 2))
      await folder.getFileHandle(`${id}.longtab`, { create: true })
  })
}

/** A service worker that has a newer page waiting. */
async function pretendNewVersion(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const nothing = () => undefined
    const registration = { waiting: { postMessage: nothing }, addEventListener: nothing }
    const workers = {
      ...{ controller: {}, ready: Promise.resolve({}), addEventListener: nothing },
      register: async () => registration,
    }
    Object.defineProperty(navigator, 'serviceWorker', { value: workers })
  })
}
