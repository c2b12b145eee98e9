// The main promise: a document many times a cache of 512, the bytes on the GPU the same from first to last, the page's own
// thread free all the while; the same where slots are merged; and a read that is cancelled midway can be done again.
import { expect } from 'playwright/test'
import type { Engine } from '../cli/ask/page.ts'
import { test, tinyMerged } from './fixtures.ts'
import { keepDevice, loseDevice } from './lost_device.ts'
import { watchPageThread } from './page_thread.ts'

/** Chunk by chunk the same happens; LONGTAB_TOKENS=32768 by hand, fewer here. */
const tokens = Number(process.env['LONGTAB_TOKENS'] ?? 4096)
const settings = {
  budget: 512,
  chunk: 1024,
  tail: 128,
  policy: { name: 'locret', stabilizers: 128 },
} as const

test.setTimeout(400_000)

test(`${tokens} tokens through 512 slots in constant memory, the page never held up`, async ({
  page,
  host,
}, info) => {
  await page.goto(host.page)
  const pageTasks = await watchPageThread(page)
  const result = await page.evaluate(
    async ([url, source, settings, tokens]) => {
      const engine = (await import(url)) as Engine
      const model = await engine.load(source, settings)
      const line = 'The tide turned at dusk, and the keeper wrote it down once more.\n' // a token a byte
      const text = line.repeat(Math.ceil(tokens / line.length)).slice(0, tokens)

      let frames = 0
      let reading = true
      const countFrames = () => {
        frames++
        if (reading) requestAnimationFrame(countFrames)
      }
      requestAnimationFrame(countFrames)

      const seen: number[] = []
      const document = await model.read(text, { onProgress: ({ done }) => seen.push(done) })
      reading = false
      const answer = document.ask('What did the keeper write?', { maxTokens: 8 })
      const { ids } = await answer.summary
      const shares = await document.retained()
      const held = shares.reduce((sum, share) => sum + share, 0)
      await model.close()
      return {
        tokens: document.tokens,
        bytes: document.gpuBytesOverRead,
        readMs: document.readMs,
        answered: ids.length,
        held,
        progress: seen.length,
        frames,
      }
    },
    [host.module, host.tinyModel, settings, tokens] as const,
  )
  const tasks = await pageTasks()
  info.annotations.push({
    type: 'measured',
    description:
      `${Math.round((1000 * result.tokens) / result.readMs)} tokens/s in software, ${result.frames} frames while reading, ` +
      `the longest of ${tasks.length} tasks on the page's thread took ${tasks[0]?.toFixed(1)} ms of CPU time`,
  })
  console.log(info.annotations.at(-1)?.description)

  expect(result.tokens - tokens).toBeLessThanOrEqual(1) // the template's last space goes with the first word
  expect(result.tokens).toBeGreaterThanOrEqual(tokens)
  const at2048 = result.bytes.find(([read]) => read >= 2048)!
  const atEnd = result.bytes.at(-1)!
  expect(atEnd[0]).toBe(result.tokens)
  expect(atEnd[1]).toBe(at2048[1])
  expect(new Set(result.bytes.map(([, bytes]) => bytes)).size).toBe(1)
  // the template's own tokens hold some of the 512 slots
  expect(result.held).toBeGreaterThan(512 - 32)
  expect(result.held).toBeLessThanOrEqual(512.001)
  expect(result.answered).toBeGreaterThan(0)
  expect(result.progress).toBeGreaterThan(4)
  expect(result.frames).toBeGreaterThan(10)
  expect(tasks.length).toBeGreaterThan(10)
  expect(tasks[0]).toBeLessThan(50)
})

const mergedTokens = tokens / 4
const mergedChunk = 512 // a second chunk evicts

for (const policy of ['lococo', 'locret+lococo'] as const) {
  test(`${policy}: ${mergedTokens} tokens through 128 slots, ${tinyMerged} of them merged, in constant memory`, async ({
    page,
    host,
  }, info) => {
    const budget = 128
    await page.goto(host.page)
    const result = await page.evaluate(
      async ([url, source, options, tokens]) => {
        const engine = (await import(url)) as Engine
        const model = await engine.load(source, options)
        const { burst } = model.settings
        const text = 'The tide turned at dusk. '.repeat(tokens).slice(0, tokens) // a token a byte
        const document = await model.read(text)
        const { ids } = await document.ask('What turned?', { maxTokens: 4 }).summary
        const heavy = (await document.retainedIndices()).map(([head]) => head?.length ?? 0)
        const merged = (await document.merged()).map(({ slots }) => slots)
        await model.close()
        const { tokens: seen, gpuBytesOverRead: bytes, readMs } = document
        return { tokens: seen, burst, bytes, readMs, answered: ids.length, heavy, merged }
      },
      [
        host.module,
        host.tinyModel,
        { policy, budget, chunk: mergedChunk, tail: 128, compressor: host.tinyCompressor },
        mergedTokens,
      ] as const,
    )
    const description = `${Math.round((1000 * result.tokens) / result.readMs)} tokens/s in software`
    info.annotations.push({ type: 'measured', description })
    console.log(description)

    expect(result.tokens).toBeGreaterThanOrEqual(mergedTokens)
    expect(result.bytes.length).toBeGreaterThan(mergedTokens / mergedChunk)
    expect(new Set(result.bytes.map(([, bytes]) => bytes)).size).toBe(1)
    expect(result.merged).toEqual([tinyMerged, tinyMerged])
    for (const heavy of result.heavy) {
      expect(heavy).toBeGreaterThanOrEqual(budget - tinyMerged)
      expect(heavy).toBeLessThanOrEqual(budget - tinyMerged + result.burst)
    }
    expect(result.answered).toBeGreaterThan(0)
  })
}

test('a read cancelled midway leaves the model ready to read again', async ({ page, host }) => {
  await page.goto(host.page)
  const result = await page.evaluate(
    async ([url, source, settings]) => {
      const engine = (await import(url)) as Engine
      const model = await engine.load(source, settings)
      const text = 'A lamp was lit in the north window. '.repeat(400)
      const controller = new AbortController()
      const cancelled = await model
        .read(text, {
          signal: controller.signal,
          onProgress: ({ done }) => {
            if (done > 1000) controller.abort()
          },
        })
        .then(
          () => 'read to the end',
          (error: unknown) => (error as { code?: string }).code,
        )
      const first = await (
        await model.read(text.slice(0, 1200))
      ).ask('Which window?', { maxTokens: 6 }).summary
      const second = await (
        await model.read(text.slice(0, 1200))
      ).ask('Which window?', { maxTokens: 6 }).summary
      await model.close()
      return { cancelled, first: first.ids, second: second.ids }
    },
    [host.module, host.tinyModel, settings] as const,
  )
  expect(result.cancelled).toBe('aborted')
  expect(result.first.length).toBeGreaterThan(0)
  expect(result.second).toEqual(result.first)
})

test('a device lost while reading is one clear error, and loading again works', async ({
  page,
  host,
}) => {
  await keepDevice(page, 'worker')
  await page.goto(host.page)
  const lost = page.evaluate(
    async ([url, source, settings]) => {
      const engine = (await import(url)) as Engine
      const model = await engine.load(source, settings)
      const reading = model.read('The bell rang twice in the fog. '.repeat(3000), {
        onProgress: ({ done }) => {
          if (done > 500) document.title = 'halfway'
        },
      })
      const code = await reading.then(
        () => 'read to the end',
        (error: unknown) => (error as { code?: string; message: string }).code,
      )
      const { message: reason } = await model.lost
      await model.close()
      const again = await engine.load(source, settings)
      const answer = await (
        await again.read('The bell rang twice. '.repeat(40))
      ).ask('What rang?', {
        maxTokens: 4,
      }).summary
      await again.close()
      return { code, reason, answered: answer.ids.length }
    },
    [host.module, host.tinyModel, settings] as const,
  )
  await page.waitForFunction(() => document.title === 'halfway')
  await loseDevice(page)
  const result = await lost
  expect(result.code).toBe('device-lost')
  expect(result.reason).not.toBe('')
  expect(result.answered).toBeGreaterThan(0)
})
