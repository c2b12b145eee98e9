// Measures all contestants on all lengths, in turns.
import { availableParallelism } from 'node:os'
import { stat } from 'node:fs/promises'
import { basename, join, parse } from 'node:path'
import { openTab } from '../browser/browser.ts'
import { machine } from '../shell/machine.ts'
import { blankPage, serve, type Mounts } from '../site/serve.ts'
import { measureCell } from './cell.ts'
import { absence, absentPeers, contestants, onnxFor, type Contestant } from './contestants.ts'
import { isolated } from './isolated.ts'
import type { OnnxStorage } from './onnx/llama.ts'
import { writeOnnx } from './onnx/write.ts'
import type { PeersOptions } from './options.ts'
import {
  fetchPeer,
  onnxruntimePackage,
  transformersPackage,
  wllamaPackage,
  type PeerPackage,
} from './packages.ts'
import { promptsFor } from './prompts.ts'
import type { Cell, ContestantRecord, PeersRecord } from './record.ts'

type Measured = 'only' | 'tokens' | 'answer' | 'rounds' | 'limit' | 'onnx' | 'adapter'

export interface Places {
  /** the built module */
  readonly module: string
  /** retaining heads that come with Longtab */
  readonly heads: string
  /** packages of the peers, and models made for them */
  readonly peers: string
}

/** What a text of 64 tokens compiles need not be compiled later. */
const warmUpTokens = 64

/** Tokens that a context has beyond text and answer. */
const spareTokens = 64

/**
 * @param gguf path of the model
 * @param onCell is given what there is after every cell, the latest last
 */
export async function comparePeers(
  options: Pick<PeersOptions, Measured>,
  gguf: string,
  places: Places,
  onCell: (record: PeersRecord) => Promise<void>,
): Promise<void> {
  const { only, answer: answerTokens, limit: limitS, adapter } = options
  const bytes = (await stat(gguf)).size
  const onnxFolder = join(places.peers, 'models', `${parse(gguf).name}-${bytes}`)
  const site = await serve(isolated(await mountsOf(gguf, onnxFolder, places)))
  try {
    const setting = { blank: `${site.url}blank`, adapter, limitS }
    const { browser, adapterName, hasHalf } = await lookAround(setting)
    const wanted = contestants.filter(({ name }) => only.length === 0 || only.includes(name))
    const running = wanted.filter((one) => absence(one, hasHalf) === undefined)
    const onnxOf = ({ device }: Contestant) => options.onnx ?? onnxFor(device, hasHalf)
    for (const one of running.filter(({ takes }) => takes === 'onnx')) {
      await writeOnnx(gguf, onnxFolder, onnxOf(one))
    }
    const promptOf = await promptsFor(gguf)
    const threads = availableParallelism()
    const shared = {
      date: new Date().toISOString(),
      host: `Chromium ${browser}, ${machine()}`,
      adapter: `${adapterName}, ${hasHalf ? 'with' : 'without'} shader-f16`,
      model: { name: basename(gguf), bytes },
      ...{ threads, answerTokens, limitS },
      contestants: [
        ...wanted.map((one) => recordOf(one, onnxOf(one), hasHalf)),
        ...(only.length === 0 ? absentPeers : []),
      ],
    }
    const cells: Cell[] = []
    for (const { contestant, tokens, round } of turnsOf(running, options)) {
      const { device, library, policy } = contestant
      const task = {
        ...{ library, device, answerTokens, threads },
        ...(policy && { policy }),
        dtype: onnxOf(contestant),
        gguf: basename(gguf),
        warmUp: promptOf(warmUpTokens),
        text: promptOf(tokens),
        room: tokens + answerTokens + spareTokens,
      }
      cells.push({ ...(await measureCell(contestant, task, setting)), tokens, round })
      await onCell({ ...shared, cells })
    }
  } finally {
    await site.close()
  }
}

interface Turn {
  readonly contestant: Contestant
  readonly tokens: number
  readonly round: number
}

/** Everybody reads one text before anybody reads the next, so that a busy hour is nobody's alone. */
function* turnsOf(
  running: readonly Contestant[],
  { tokens: lengths, rounds }: Pick<PeersOptions, 'tokens' | 'rounds'>,
): Generator<Turn> {
  for (let round = 0; round < rounds; round++) {
    for (const tokens of lengths) {
      for (const contestant of running) yield { contestant, tokens, round }
    }
  }
}

async function mountsOf(gguf: string, onnxFolder: string, places: Places): Promise<Mounts> {
  const fetched = (one: PeerPackage) => fetchPeer(one, places.peers)
  return {
    '/blank': blankPage('peers'),
    '/module/': places.module,
    '/heads/': places.heads,
    [`/model/${basename(gguf)}`]: gguf,
    '/onnx-model/': onnxFolder,
    '/transformers/': await fetched(transformersPackage),
    '/onnxruntime/': await fetched(onnxruntimePackage),
    '/wllama/': await fetched(wllamaPackage),
  }
}

/** What the browser says of itself and its GPU. */
async function lookAround({ blank, adapter }: { blank: string; adapter: PeersOptions['adapter'] }) {
  const tab = await openTab(blank, adapter)
  try {
    const found = await tab.page.evaluate(async () => {
      const gpu = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })
      const { vendor = '', architecture = '' } = gpu?.info ?? {}
      return { name: `${vendor} ${architecture}`, hasHalf: gpu?.features.has('shader-f16') }
    })
    return {
      browser: tab.page.context().browser()?.version() ?? 'of unknown version',
      adapterName: found.name.trim(),
      hasHalf: found.hasHalf ?? false,
    }
  } finally {
    await tab.close()
  }
}

function recordOf(contestant: Contestant, onnx: OnnxStorage, hasHalf: boolean): ContestantRecord {
  const { name, title, version, takes } = contestant
  const absent = absence(contestant, hasHalf)
  return {
    ...{ name, title, version },
    ...(takes === 'onnx' && { onnx }),
    ...(absent !== undefined && { absent }),
  }
}
