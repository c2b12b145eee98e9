// What people give the page from their desktop: folders, several files, pasted files; and what it says of a model's files.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { zipped } from '../src/documents/documents.fixture.ts'
import { drop } from './dropped.ts'
import { openTinyModel } from './fixtures.ts'
import { pretendEngine, pretendGpu, test } from './pretended/fixtures.ts'
import { about as aboutSaved } from '../src/saved/about.fixture.ts'
import { listPart } from '../src/saved/part.ts'
import { writeSaved } from '../src/saved/write.ts'

test.setTimeout(240_000)

const chosen = (page: Page) => page.getByTestId('document-chosen')
const about = (page: Page) => page.getByTestId('model-about')

/** Drops files and folders of the disk, as a person does. */
async function dropFromDisk(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data })
}

const rows = (page: Page) => page.getByTestId('document-list').locator('li')
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('a dropped folder and a ZIP are a list in the order of names, which the keyboard reorders', async ({
  page,
  host,
  scratch,
}, info) => {
  const folder = join(scratch, 'book')
  await mkdir(join(folder, '.hidden'), { recursive: true })
  await writeFile(join(folder, 'chapter 10.txt'), 'The last chapter.')
  await writeFile(join(folder, 'chapter 2.txt'), 'The first chapter.')
  await writeFile(join(folder, 'cover.png'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  await writeFile(join(folder, '.hidden', 'x.txt'), 'Nobody reads this.')
  const archive = join(scratch, 'trip.zip')
  const packed = zipped({ 'trip/log.txt': 'The ship left.', '__MACOSX/trip/log.txt': 'hidden' })
  await writeFile(archive, Buffer.from(await packed.arrayBuffer()))
  await page.goto(host.page)
  await page.waitForLoadState('networkidle')
  await dropFromDisk(page, [folder, archive])
  await expect(rows(page)).toHaveText([
    /^chapter 2\.txt/,
    /^chapter 10\.txt/,
    /^cover\.pngCover\.png .*picture/i,
    /^log\.txt/,
  ])
  await expect(chosen(page)).toContainText('4 files')

  await button(page, 'Up: log.txt').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(button(page, 'Up: log.txt')).toBeFocused()
  await expect(page.getByText('log.txt is now 2 of 4.')).toBeAttached()
  await page.keyboard.press('Enter')
  await expect(button(page, 'Down: log.txt')).toBeFocused()
  await page.getByTestId('document-add').setInputFiles({
    name: 'more.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('More.'),
  })
  await expect(rows(page)).toHaveCount(5)
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    await info.attach(`${width}`, { body: await page.screenshot(), contentType: 'image/png' })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  }
  await button(page, 'Remove: more.txt').click()
  await expect(button(page, 'Remove: cover.png')).toBeFocused()
  await button(page, 'Remove all').click()
  await expect(page.getByTestId('document-text')).toBeFocused()
})

test('several are read as one document with titles, or each by itself and kept', async ({
  page,
  host,
}) => {
  await openTinyModel(page, host)
  await drop(page, [
    { name: 'ferry.txt', content: 'The ferry leaves at noon. '.repeat(20) },
    { name: 'empty.txt', content: ' ' },
    { name: 'tide.txt', content: 'The tide turns at dusk. '.repeat(20) },
  ])
  await page.getByTestId('document-apart').check()
  await page.getByTestId('read').click()
  const notice = page.getByTestId('notice')
  await expect(notice).toContainText('2 documents are read and kept.', { timeout: 120_000 })
  await expect(page.locator('#session-name')).toContainText('tide.txt')
  await expect(page.locator('.piece').first()).toContainText('The tide turns')
  await expect(page.getByTestId('keep'), 'it is kept already').toBeHidden()
  await button(page, 'New document').click()
  await expect(page.getByTestId('library-list').locator('li')).toHaveText([/^tide/, /^ferry/])

  await page.getByText('as one document, in this order').click()
  await page.getByTestId('read').click()
  await expect(page.locator('.piece h3').first()).toContainText('“ferry.txt”', { timeout: 120_000 })
  await expect(page.locator('.piece').first()).toContainText('# ferry.txt')
})

test('a dropped folder with a model is the model, and a text beside it the document', async ({
  page,
  host,
  tinyFolder,
  scratch,
}) => {
  const folder = join(scratch, 'tiny model')
  await cp(tinyFolder, folder, { recursive: true })
  const text = join(scratch, 'ferry.txt')
  await writeFile(text, 'The ferry leaves at noon.')
  await page.goto(host.page)
  await page.waitForLoadState('networkidle')
  await dropFromDisk(page, [folder, text])
  await expect(about(page)).toContainText('2 layers', { timeout: 30_000 })
  await expect(chosen(page)).toContainText('The ferry leaves at noon.')
})

test('a model’s files dropped together are the model; one of them names the others', async ({
  page,
  host,
  tinyFolder,
}) => {
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']
  const files = await Promise.all(
    names.map(async (name) => ({ name, content: await readFile(join(tinyFolder, name)) })),
  )
  await page.goto(host.page)
  await page.waitForLoadState('networkidle')
  await drop(page, [{ name: 'model-00001-of-00003.safetensors', content: 'x' }])
  await expect(about(page)).toContainText('is one of 3 files of a model’s weights')
  await drop(page, files)
  await expect(about(page)).toContainText('2 layers', { timeout: 30_000 })
})

test('a pasted file is accepted as a dropped one is, and pasted text stays text', async ({
  page,
  host,
}) => {
  await page.goto(host.page)
  await page.waitForLoadState('networkidle')
  const paste = (types: readonly string[]) =>
    page.getByTestId('document-text').evaluate((area, types) => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File(['The ferry leaves at noon.'], 'ferry.txt'))
      for (const type of types) clipboardData.setData(type, 'as text')
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      return area.dispatchEvent(event)
    }, types)
  expect(await paste(['text/html', 'text/plain'])).toBe(true) // the browser goes on by itself
  await expect(chosen(page)).toBeHidden()
  expect(await paste(['text/plain'])).toBe(false)
  await expect(chosen(page)).toContainText('ferry.txt')
  await expect(chosen(page)).toContainText('The ferry leaves at noon.')
})

test('a template that does not work is said beside the model, and the document is read', async ({
  page,
  host,
  tinyFolder,
  scratch,
}, info) => {
  const folder = join(scratch, 'odd template')
  await cp(tinyFolder, folder, { recursive: true })
  await writeFile(join(folder, 'chat_template.jinja'), '{% nonsense %}')
  await openTinyModel(page, host)
  await dropFromDisk(page, [folder])
  await expect(about(page)).toContainText('2 layers', { timeout: 30_000 })
  await page.getByTestId('document-text').fill('The ferry leaves at noon. '.repeat(20))
  await page.getByTestId('read').click()
  const notes = page.getByTestId('session-notes')
  await expect(notes).toContainText('chat template', { timeout: 120_000 })
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await notes.scrollIntoViewIfNeeded()
      const name = `${colorScheme} ${width}`
      await info.attach(name, { body: await page.screenshot(), contentType: 'image/png' })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
  }
})

test('what is dropped beside an open document comes next, and the open one can still be asked', async ({
  page,
  host,
  engineScript,
}) => {
  const fact = 'The ferry leaves at noon.'
  await pretendGpu(page)
  await pretendEngine(page, engineScript)
  await page.goto(host.page)
  await page.waitForLoadState('networkidle')
  await drop(page, [{ name: 'first.txt', content: fact }])
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible()

  await drop(page, [{ name: 'second.txt', content: 'Nobody came back.' }])
  await expect(page.getByTestId('notice')).toContainText('“first.txt” stays open until you read it')
  await expect(chosen(page)).toContainText('second.txt')
  await page.getByRole('button', { name: 'Back to the last document' }).click()
  await expect(page.getByTestId('notice')).toBeEmpty()

  const parts = [listPart('ids', Uint32Array.of(1))]
  const saved = await writeSaved(aboutSaved, parts, () => undefined)
  const content = Buffer.from(await saved.arrayBuffer())
  await drop(page, [{ name: 'emma.longtab', content }])
  await expect(page.getByTestId('library-list')).toContainText('Emma')
  await expect(page.getByTestId('library-status')).toContainText('Emma is kept now')

  await expect(page.locator('#session-name')).toHaveText('first.txt')
  await page.getByTestId('question').fill('When does the ferry leave, if it leaves at noon?')
  await page.getByTestId('ask').click()
  await expect(page.getByTestId('entry').locator('.answer')).toContainText(fact)
})
