// Memory of the tab while a large checkpoint is downloaded, kept and loaded: it must not grow with the checkpoint. The
// checkpoint is made up as it is sent. LONGTAB_CHECKPOINT_MB sets its size: 2000 by hand, less here.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, expect, type CDPSession } from 'playwright/test'
import { softwareGpu } from '../cli/browser/chromium.ts'
import type { Engine } from '../cli/ask/page.ts'
import { dist } from '../cli/build/paths.ts'
import { parseRange, serve, type Handler } from '../cli/site/serve.ts'
import { test } from './fixtures.ts'

const checkpointBytes = 1e6 * Number(process.env['LONGTAB_CHECKPOINT_MB'] ?? 400)
/** more than loading takes, and less than a checkpoint held whole */
const mostBytes = 300e6
const [hidden, feedForward] = [1024, 4096]

test.setTimeout(30 * 60_000)

interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
}

/** Of a Llama with as many layers as make up the bytes. */
function tensors(): { layers: number; all: Tensor[] } {
  const layerBytes = 2 * (4 * hidden * hidden + 3 * hidden * feedForward)
  const layers = Math.ceil(checkpointBytes / layerBytes)
  const square = [hidden, hidden]
  const all: Tensor[] = [
    { name: 'model.embed_tokens.weight', shape: [260, hidden] },
    { name: 'model.norm.weight', shape: [hidden] },
  ]
  for (let layer = 0; layer < layers; layer++) {
    const under = `model.layers.${layer}`
    for (const name of ['q', 'k', 'v', 'o'])
      all.push({ name: `${under}.self_attn.${name}_proj.weight`, shape: square })
    for (const name of ['gate', 'up'])
      all.push({ name: `${under}.mlp.${name}_proj.weight`, shape: [feedForward, hidden] })
    all.push({ name: `${under}.mlp.down_proj.weight`, shape: [hidden, feedForward] })
    for (const name of ['input_layernorm', 'post_attention_layernorm'])
      all.push({ name: `${under}.${name}.weight`, shape: [hidden] })
  }
  return { layers, all }
}

/** The header; zeros follow it. */
function checkpointHeader(all: readonly Tensor[]): { header: Buffer; bytes: number } {
  let end = 0
  const entries = all.map(({ name, shape }) => {
    const start = end
    end += 2 * shape.reduce((product, axis) => product * axis, 1)
    return [name, { dtype: 'F16', shape, data_offsets: [start, end] }]
  })
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return { header: Buffer.concat([length, json]), bytes: 8 + json.length + end }
}

function madeUp({ header, bytes }: { header: Buffer; bytes: number }): Handler {
  const zeros = Buffer.alloc(1 << 20)
  return async ({ headers }, response) => {
    const range = parseRange(headers.range, bytes)
    const { first, last } =
      range === undefined || range === 'beyond' ? { first: 0, last: bytes - 1 } : range
    response.writeHead(206, {
      etag: '"made up"',
      'content-length': last - first + 1,
      'content-range': `bytes ${first}-${last}/${bytes}`,
    })
    const closed = once(response, 'close')
    for (let at = first; at <= last && !response.destroyed;) {
      const source = at < header.length ? header.subarray(at) : zeros
      const piece = source.subarray(0, last + 1 - at)
      at += piece.length
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed])
    }
    response.end()
  }
}

/** Bytes that the tab's process holds by itself: heap, array buffers, WebAssembly; not the GPU process, nor shared memory. */
async function ownBytes(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
  const each = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '')
        return 1024 * Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0)
      }),
  )
  return Math.max(...each)
}

test('loading a large checkpoint takes no more memory than a small one', async ({
  scratch,
  tinyFolder,
}, info) => {
  test.skip(process.platform !== 'linux', 'reads /proc')
  const { layers, all } = tensors()
  const config = {
    ...(JSON.parse(await readFile(join(tinyFolder, 'config.json'), 'utf8')) as object),
    hidden_size: hidden,
    intermediate_size: feedForward,
    num_hidden_layers: layers,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    head_dim: 64,
    tie_word_embeddings: true,
  }
  const site = await serve({
    '/page': join(dist, 'index.html'),
    '/module/': join(dist, 'module'),
    '/large/config.json': (_, response) => void response.end(JSON.stringify(config)),
    '/large/model.safetensors': madeUp(checkpointHeader(all)),
    '/large/tokenizer.json': join(tinyFolder, 'tokenizer.json'),
    '/large/tokenizer_config.json': join(tinyFolder, 'tokenizer_config.json'),
  })
  // a profile on the disk: what a private window keeps is in memory, and little of it
  const profile = await chromium.launchPersistentContext(join(scratch, 'profile'), softwareGpu())
  const page = await profile.newPage()
  await page.goto(`${site.url}page`)
  const session = await profile.browser()?.newBrowserCDPSession()
  if (session === undefined) throw new Error('a profile without a browser')
  const before = await ownBytes(session)
  let peak = before
  const watch = setInterval(() => {
    ownBytes(session).then(
      (bytes) => (peak = Math.max(peak, bytes)),
      () => undefined, // of a browser that is closing
    )
  }, 100)
  const loaded = async (): Promise<string> => {
    const [ms, weights] = await page.evaluate(async (url) => {
      const engine = (await import(`${url}module/longtab.js`)) as Engine
      const began = performance.now()
      const model = await engine.load(`${url}large/`, {
        budget: 64,
        chunk: 32,
        policy: 'streaming',
      })
      const { weights } = await model.memory()
      await model.close()
      return [performance.now() - began, weights] as const
    }, site.url)
    return `${(weights / 1e6).toFixed(0)} MB on the GPU after ${(ms / 1000).toFixed(1)} s`
  }
  const first = await loaded()
  const downloading = peak - before
  const second = await loaded()
  clearInterval(watch)
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
  const description = `${first} with the download, ${second} from the store; the tab's own memory rose by ${megabytes(downloading)} at most, with the second load by ${megabytes(peak - before)}`
  info.annotations.push({ type: 'measured', description })
  console.log(description)
  expect(peak - before).toBeLessThan(mostBytes)
  await profile.close()
  await site.close()
})
