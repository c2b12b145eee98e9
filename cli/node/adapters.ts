// Values of `--adapter` for commands that also run without a browser: the browser's, and Node's GPU.
import { adapters } from '../browser/adapters.ts'
import { UsageError } from '../shell/command.ts'
import type { ModelFlags } from '../models/flags.ts'
import { isHubName } from '../models/hub_model.ts'
import { webgpuEntry } from './gpu.mjs'
import { oneOf } from '../shell/flag.ts'

export const withNode = [...adapters, 'node'] as const
/** `node` runs without a browser, on the GPU that the npm package `webgpu` finds. */
export type AdapterOrNode = (typeof withNode)[number]

export const adapterOrNodeFlag = oneOf(
  'A',
  withNode,
  'what the engine runs on',
  '; node is without a browser, on the GPU that the npm package webgpu finds',
).or('auto')

/** For commands that read no model of the Hub without a browser. Throws UsageError. */
export function checkNode({ model, heads }: ModelFlags): void {
  requireWebgpu()
  const onHub = [model, heads].find((source) => source !== undefined && isHubName(source))
  if (onHub !== undefined) {
    throw new UsageError(
      `--adapter node reads files on this disk or behind a URL and ${onHub} is a name on the Hub; download it and name its folder or file`,
    )
  }
}

/** Throws UsageError. */
export function requireWebgpu(): void {
  try {
    webgpuEntry()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new UsageError(`--adapter node cannot be: ${error.message}`)
  }
}
