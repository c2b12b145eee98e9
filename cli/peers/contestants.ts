// Who is compared: Longtab with its own settings and with a full cache, and its peers, each in every way in which it runs in
// a browser.
import { longtabInPage } from './pages/longtab.ts'
import { transformersInPage } from './pages/transformers.ts'
import { wllamaInPage } from './pages/wllama.ts'
import type { PageTask } from './pages/task.ts'
import { onnxruntimePackage, transformersPackage, wllamaPackage } from './packages.ts'
import type { OnnxStorage } from './onnx/llama.ts'

export interface Contestant {
  readonly name: string
  /** for tables */
  readonly title: string
  readonly version: string
  /** runs in the page */
  readonly inPage: (task: PageTask) => Promise<void>
  /** address of its module on the comparison's site */
  readonly library: string
  readonly takes: 'gguf' | 'onnx'
  readonly device: 'webgpu' | 'wasm'
  /** needs shader-f16 of the adapter */
  readonly needsHalf?: boolean
  readonly policy?: 'full'
}

const transformers = {
  version: `${transformersPackage.version} with onnxruntime-web ${onnxruntimePackage.version}`,
  inPage: transformersInPage,
  library: '/transformers/dist/transformers.min.js',
  takes: 'onnx',
} as const
const wllama = {
  version: wllamaPackage.version,
  inPage: wllamaInPage,
  library: '/wllama/esm/index.js',
  takes: 'gguf',
} as const
const longtab = {
  version: 'this checkout',
  inPage: longtabInPage,
  library: '/module/longtab.js',
  takes: 'gguf',
} as const

/** The first is what the others are compared with. */
export const contestants: readonly Contestant[] = [
  { name: 'longtab', title: 'Longtab', ...longtab, device: 'webgpu' },
  {
    name: 'longtab-full',
    title: 'Longtab, full cache',
    ...longtab,
    device: 'webgpu',
    policy: 'full',
  },
  {
    name: 'transformers-webgpu',
    title: 'transformers.js, WebGPU',
    ...transformers,
    device: 'webgpu',
  },
  { name: 'transformers-wasm', title: 'transformers.js, wasm', ...transformers, device: 'wasm' },
  {
    name: 'wllama-webgpu',
    title: 'wllama, WebGPU',
    ...wllama,
    device: 'webgpu',
    needsHalf: true,
  },
  { name: 'wllama-wasm', title: 'wllama, wasm', ...wllama, device: 'wasm' },
]

export const contestantNames = contestants.map(({ name }) => name)

/** Peers that cannot be compared here, and why. */
export const absentPeers = [
  {
    name: 'web-llm',
    title: 'WebLLM',
    version: '0.2.86',
    absent:
      'needs a library compiled for this model and weights in a form of its own, and npm has neither',
  },
] as const

/** Why a contestant cannot run on this adapter; undefined where it can. */
export function absence({ needsHalf = false }: Contestant, hasHalf: boolean): string | undefined {
  return needsHalf && !hasHalf ? 'needs shader-f16, which this adapter does not have' : undefined
}

/** The weights that transformers.js is given: those that its users take for the adapter. */
export function onnxFor(device: Contestant['device'], hasHalf: boolean): OnnxStorage {
  return device === 'webgpu' && hasHalf ? 'q4f16' : 'q4'
}
