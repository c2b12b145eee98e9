// Models by name: the page and the module through this browser's store, the command line through its cache folder, against
// an imitation of the Hub.
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { root } from '../cli/build/paths.ts'
import { test, tinyShape, writeModel } from './fixtures.ts'
import {
  askedOfHub,
  hubWith,
  look,
  readText,
  routeHub,
  text,
  weightsAsked,
} from './imitated_hub.ts'

const token = 'hf_secret'

test.use({ bypassCSP: true }) // the imitated Hub has an address of its own
test.setTimeout(240_000)

test('the page loads a model by name, then without a network, lists it and deletes it', async ({
  page,
  host,
  tinyFolder,
}) => {
  const hub = await hubWith(tinyFolder)
  await routeHub(page, hub)
  await page.goto(host.page)
  await page.waitForLoadState('networkidle')
  expect(hub.requests).toEqual([]) // nothing is asked of the Hub before the user asks for it
  await look(page, host, 'ann/tiny')
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await expect(page.getByTestId('stored')).toBeHidden()
  await readText(page)
  const asked = hub.requests.length

  await hub.close() // from here on there is no Hub
  await look(page, host, 'ann/tiny')
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await readText(page)
  expect(hub.requests.length).toBe(asked)

  await page.goto(host.page)
  const stored = page.getByTestId('stored')
  await expect(stored).toContainText('1 model')
  await stored.locator('summary').click()
  await expect(stored).toContainText('ann/tiny')
  await stored.getByRole('button', { name: 'Use' }).click()
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await stored.getByRole('button', { name: 'Delete' }).click()
  await expect(stored).toBeHidden()
  const left = await page.evaluate(async () => {
    const models = await (await navigator.storage.getDirectory()).getDirectoryHandle('models')
    const names: string[] = []
    for await (const name of models.keys()) names.push(name)
    return names
  })
  expect(left).toEqual([])
})

test('a gated model asks for a token, which is kept nowhere', async ({
  page,
  host,
  tinyFolder,
}) => {
  const hub = await hubWith(tinyFolder)
  hub.manner.token = token
  await routeHub(page, hub)
  await look(page, host, 'ann/tiny')
  await expect(page.getByTestId('model-about')).toContainText('not open to everyone')
  await page.locator('#model-access summary').click()
  await page.getByTestId('model-token').fill(token)
  await page.getByTestId('model-url').press('Enter')
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await readText(page)
  const kept = await page.evaluate(async (secret) => {
    const found: string[] = []
    const search = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const entry of folder.values()) {
        if (entry instanceof FileSystemDirectoryHandle) await search(entry)
        else if (entry instanceof FileSystemFileHandle) {
          const content = await (await entry.getFile()).text()
          if (content.includes(secret)) found.push(entry.name)
        }
      }
    }
    await search(await navigator.storage.getDirectory())
    if (JSON.stringify(localStorage).includes(secret)) found.push('localStorage')
    return found
  }, token)
  expect(kept).toEqual([])
  await hub.close()
})

test('a download that is cancelled goes on when it is asked for again, also after a reload', async ({
  page,
  host,
  scratch,
}) => {
  const folder = join(scratch, 'beyond its header')
  await writeModel(folder, { ...tinyShape, hidden: 64, feedForward: 512 }, 1) // 500 kB
  const hub = await hubWith(folder)
  const address = `${hub.url}/plain/` // past the route, which holds whole answers back
  await look(page, host, address)
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  let free = (): void => undefined
  hub.manner.hold = new Promise((resolve) => (free = resolve))
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  // nothing is told of a download that is held before it counts as dropped, half a minute later
  await expect.poll(() => weightsAsked(hub), { timeout: 60_000 }).toHaveLength(1)
  await page.getByTestId('cancel').click()
  await expect(page.getByTestId('notice')).toContainText('cancelled')
  free()
  hub.manner.hold = undefined
  await look(page, host, address)
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await readText(page)
  expect(weightsAsked(hub).at(-1), 'what was there is not asked for again').toMatch(/bytes=65536-/)
  await hub.close()
})

test('the list says what a model needs before anything is asked, and what this device does not hold', async ({
  page,
  host,
}) => {
  const outside = askedOfHub(page)
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'deviceMemory', { value: 4 })
  })
  await page.goto(host.page)
  await page.getByTestId('offers-fold').locator('> summary').click()
  const offer = (name: string) => page.locator('.offer').filter({ hasText: name })
  await expect(page.getByTestId('offers-note')).toContainText('computes without a GPU')
  await expect(offer('Qwen2.5-Coder-0.5B-Instruct')).toContainText('learned what to keep')
  const large = offer('Phi-3-mini-128k-instruct')
  await expect(large).toBeHidden()
  await page.getByText(/models do not fit this device/).click()
  await expect(large).toContainText(/It needs .+ and this device, with 4\sGB in all, has 2\sGB/)
  await expect(large.getByRole('radio')).toBeDisabled()
  await expect(offer('A demonstration of the mechanism').getByRole('radio')).toBeEnabled()
  await offer('Qwen2.5-0.5B-Instruct').getByRole('radio').check()
  await expect(page.getByTestId('model-about')).toContainText('24 layers')
  await expect(page.getByTestId('cost-total')).toContainText('MB')
  expect(outside).toEqual([])
})

/** Runs a command against this Hub, with a cache folder of its own, to its end. */
function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    ['cli/run.mjs', command, '--adapter', 'software', ...args],
    {
      cwd: root,
      env: { ...process.env, ...environment },
    },
  )
  let output = ''
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (output += piece.toString()))
  child.stdin.on('error', () => undefined)
  child.stdin.end(text)
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, output }))
  })
}

test('the command line takes a name, keeps what it downloads, and then needs no Hub', async ({
  scratch,
  tinyFolder,
}) => {
  const hub = await hubWith(tinyFolder)
  hub.manner.token = token
  const cache = join(scratch, 'cache')
  await mkdir(cache)
  const args = '--model ann/tiny --document - --question Why? --max-tokens 4 --budget 96 --chunk 64'
  const ask = (environment: Record<string, string>) =>
    run('ask', args.split(' '), { XDG_CACHE_HOME: cache, HF_ENDPOINT: hub.url, ...environment })
  const refused = await ask({ HF_TOKEN: 'hf_wrong' })
  expect(refused.status).toBe(1)
  expect(refused.output).toMatch(/ann\/tiny.*give an access token/)
  expect(refused.output).not.toContain('hf_wrong')
  const first = await ask({ HF_TOKEN: token })
  expect(first).toMatchObject({ status: 0 })
  await hub.close()
  expect(await ask({})).toMatchObject({ status: 0 })
})

test('heads and a compressor are trained on a model by name, and a training that does not fit is refused first', async ({
  scratch,
  tinyFolder,
}) => {
  const hub = await hubWith(tinyFolder)
  const environment = { XDG_CACHE_HOME: join(scratch, 'cache'), HF_ENDPOINT: hub.url }
  const train = (command: string, args: string) =>
    run(
      command,
      ['--model', 'ann/tiny', '--out', join(scratch, command), ...args.split(' ')],
      environment,
    )
  const long = await train('train_compressor', '--length 4')
  expect(long.status).toBe(1)
  expect(long.output).toContain('a training length of 4 ends before')
  expect(weightsAsked(hub)).toEqual([])

  const brief = '--steps 1 --held-out 1 --look-every 1'
  const heads = await train(
    'train_heads',
    `--d-r 16 --length 128 --reply 64 --questions 1 ${brief}`,
  )
  expect(heads).toMatchObject({ status: 0 })
  await hub.close()
  const compressor = await train('train_compressor', `--budget 32 --chunk 32 --length 128 ${brief}`)
  expect(compressor).toMatchObject({ status: 0 })
})
