// What `--adapter` names: the GPU, or the software in its place, that a command's engine runs on.
import { UsageError } from '../shell/command.ts'
import type { ModelFlags } from '../models/flags.ts'
import { isHubName } from '../models/hub_model.ts'
import { webgpuEntry } from '../node/gpu.mjs'
import { oneOf } from '../shell/values.ts'

/** In a headless Chromium; `auto` takes the GPU where there is one that works. */
export const adapters = ['auto', 'hardware', 'software'] as const
export type AdapterChoice = (typeof adapters)[number]

const withNode = [...adapters, 'node'] as const
/** `node` goes without a browser: on the GPU that the npm package `webgpu` finds. */
export type AdapterOrNode = (typeof withNode)[number]

/** Of commands that can go without a browser. Throws UsageError. */
export function adapterOrNode(
  text: string | undefined,
  { model, heads }: ModelFlags,
): AdapterOrNode {
  const adapter = oneOf('--adapter', text, withNode) ?? 'auto'
  if (adapter !== 'node') return adapter
  requireWebgpu()
  const onHub = [model, heads].find((source) => source !== undefined && isHubName(source))
  if (onHub !== undefined) {
    throw new UsageError(
      `--adapter node reads files on this disk or behind a URL and ${onHub} is a name on the Hub; download it and name its folder or file`,
    )
  }
  return adapter
}

function requireWebgpu(): void {
  try {
    webgpuEntry()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new UsageError(`--adapter node cannot be: ${error.message}`)
  }
}
