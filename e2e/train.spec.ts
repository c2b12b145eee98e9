// Training retaining heads on the page: curves as it goes, a pause, a reload that goes on from the checkpoint, and the
// heads in use; and a training whose GPU is lost on the way, which ends all the same.
import { expect, type Page } from 'playwright/test'
import type { Engine } from '../cli/training/page.ts'
import { openTinyModel, test, type Host } from './fixtures.ts'
import { keepDevice, loseDevice } from './lost_device.ts'

test.setTimeout(240_000)

const steps = 400 // more than are taken before the test stops it
const length = 96

/** Documents of a length that software trains on in no time. */
const lines = Array.from({ length: 10 }, (_, i) => {
  const prompt = `Box ${i} is ${['red', 'blue', 'green'][i % 3]!}. ${'It is heavy. '.repeat(4)}What colour is box ${i}?`
  return `${JSON.stringify({ prompt, answer: ['red', 'blue', 'green'][i % 3] })}\n`
}).join('')

/** Opens the training of the tiny model. */
async function open(page: Page, host: Host): Promise<void> {
  await openTinyModel(page, host)
  await page.getByTestId('train-open').click()
  await expect(page.getByTestId('training')).toBeVisible()
}

test('heads are trained, paused, gone on with after a reload, and used', async ({ page, host }) => {
  await open(page, host)
  await page.getByTestId('training-own-data').check()
  const buffer = Buffer.from(lines)
  const file = { name: 'boxes.jsonl', mimeType: 'application/jsonl', buffer }
  await page.getByTestId('training-data-pick').setInputFiles(file)
  await page.getByTestId('training-steps').fill(String(steps))
  await page.getByTestId('training-length').fill(String(length))
  await page.getByTestId('training-width').selectOption('16')
  const stated = await page.getByTestId('training-cost-total').textContent()
  await page.getByTestId('training-start').click()
  await expect(page.getByTestId('training-overlap')).toContainText('%', { timeout: 60_000 })
  await expect(page.getByTestId('training-loss')).toHaveText(/\d/, { timeout: 60_000 })
  await expect(page.getByTestId('loss-chart')).toHaveAttribute('aria-label', /Loss over \d+ steps/)
  await expect(page.getByTestId('overlap-chart')).toHaveAttribute(
    'aria-label',
    /mean over 2 layers/,
  )
  expect(await page.getByTestId('training-memory').textContent()).toBe(stated)

  await page.getByTestId('training-pause').click()
  const status = page.getByTestId('training-status')
  await expect(status).toHaveText(/Paused at step \d+/, { timeout: 30_000 })
  const [reached] = /\d+/.exec((await status.textContent()) ?? '') ?? []
  await expect(page.getByText(`Step ${reached!} is kept in this browser`)).toBeVisible()
  await page.reload()

  await open(page, host)
  await expect(page.getByTestId('kept-list')).toContainText('boxes.jsonl')
  await page.getByRole('button', { name: `Go on from step ${reached!}` }).click()
  await expect
    .poll(async () => parseInt((await page.getByTestId('training-step').textContent()) ?? ''), {
      timeout: 60_000,
    })
    .toBeGreaterThan(Number(reached))
  await page.getByTestId('training-stop').click()
  await expect(status).toHaveText(/Stopped after \d+ steps/, { timeout: 30_000 })
  await expect(page.getByTestId('kept-list').getByRole('listitem')).toHaveCount(1)
  const downloading = page.waitForEvent('download')
  await page.getByTestId('training-download').click()
  expect((await downloading).suggestedFilename()).toBe('heads.safetensors')

  await page.getByTestId('training-use').click()
  await expect(page.getByTestId('notice')).toContainText('heads you trained')
  await expect(page.getByTestId('set-policy')).toHaveValue('locret')
  await expect(page.getByTestId('train-open')).toContainText('Train retaining heads')
  await page.getByTestId('document-text').fill('The key lay in the flour. '.repeat(20))
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 60_000 })
  await page.getByTestId('question').fill('Where was the key?')
  await page.getByTestId('ask').click()
  const entry = page.getByTestId('entry')
  await expect(entry.locator('.timings')).toContainText('tokens', { timeout: 60_000 })
})

test('data that cannot be trained on are refused with their line', async ({ page, host }) => {
  await open(page, host)
  await page.getByTestId('training-own-data').check()
  await page.getByTestId('training-data-pick').setInputFiles({
    name: 'bad.jsonl',
    mimeType: 'application/jsonl',
    buffer: Buffer.from('{"prompt": "a", "answer": "b"}\n{"prompt": 3}\n'),
  })
  await page.getByTestId('training-start').click()
  await expect(page.getByTestId('problem-message')).toContainText('Line 2', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Open the settings' }).click()
  await expect(page.getByTestId('problem')).toBeHidden()
  await expect(page.getByTestId('training-start')).toBeVisible()
})

test('a GPU lost on the way is asked for again, and the training ends', async ({ page, host }) => {
  await keepDevice(page, 'training_worker')
  await page.goto(host.page)
  const trained = page.evaluate(
    async ([url, source, length, lines]) => {
      const engine = (await import(url)) as Engine
      const reached: number[] = []
      let losses = 0
      const training = engine.trainHeads(source, {
        data: new Blob([lines]),
        ...{ steps: 30, length, hidden: 16, heldOut: 1, lookEvery: 10 },
        onProgress(progress) {
          if (progress.phase === 'train' && progress.done >= 4 && reached.length === 0)
            void training.pause()
        },
        onCheckpoint(_, steps) {
          reached.push(steps)
          if (reached.length === 1) document.title = 'kept'
        },
        onLost: () => losses++,
      })
      ;(window as unknown as { training: typeof training }).training = training
      const { losses: steps, looks } = await training.finished
      return { steps: steps.length, looks: looks.map(({ step }) => step), reached, losses }
    },
    [host.module, host.tinyModel, length, lines] as const,
  )
  await page.waitForFunction(() => document.title === 'kept')
  await page.evaluate(() =>
    (window as unknown as { training: { resume(): Promise<void> } }).training.resume(),
  )
  await loseDevice(page)
  const { steps, looks, reached, losses } = await trained
  expect(losses).toBe(1)
  expect(steps).toBe(30)
  expect(looks).toEqual([0, 10, 20, 30])
  expect(reached[0]).toBeGreaterThanOrEqual(4)
  expect(reached.at(-1)).toBe(30)
})
