// Models to choose from by name, and what each needs, said before any server is asked.
import type { WeightStorage } from '../gpu/kernel.ts'
import { estimateBytes } from '../engine/plan.ts'
import { settle } from '../engine/settings.ts'
import { describePreset, presetOf, presets, type Preset } from '../hub/presets.ts'
import { byId, make } from './elements.ts'
import { formatBytes } from './format.ts'

/** @param onChoose told the name that `load` takes */
export function createPresetList(onChoose: (source: string) => void): {
  /** Shows what is known of a name, if it is in the list. */
  show(source: string): void
} {
  const select = byId('model-preset', HTMLSelectElement)
  const facts = byId('preset-facts', HTMLElement)
  for (const preset of presets) {
    const name = preset.source.replace(/^[^/]*\//, '').replace(/:.*/, '')
    select.append(new Option(`${name} · ${formatBytes(preset.bytes)}`, preset.source))
  }
  const show = (source: string): void => {
    const preset = presetOf(source)
    select.value = preset?.source ?? ''
    facts.replaceChildren(...(preset === undefined ? [] : factsOf(preset)))
  }
  select.addEventListener('change', () => {
    show(select.value)
    if (select.value !== '') onChoose(select.value)
  })
  return { show }
}

const storageNames: Record<WeightStorage, string> = {
  f32: '32 bit',
  f16: '16 bit',
  q8: '8 bit',
  q4: '4 bit',
}

function factsOf(preset: Preset): Node[] {
  const { weights, cache, scratch } = needs(preset)
  const heads = preset.heads
    ? `Official retaining heads: ${formatBytes(preset.heads.bytes)} more.`
    : 'No official retaining heads; you can train some.'
  return [
    make(
      'p',
      'soft',
      `${formatBytes(preset.bytes)} to download. On the GPU, ${storageNames[preset.weights]}: ${formatBytes(weights + cache + scratch)} (weights ${formatBytes(weights)}, cache ${formatBytes(cache)}, scratch ${formatBytes(scratch)}).`,
    ),
    make(
      'p',
      'soft',
      preset.gated ? `${heads} Its terms must be accepted on its page, and a token given.` : heads,
    ),
  ]
}

/** Bytes on the GPU with the default settings and the storage that suits it. */
function needs(preset: Preset): ReturnType<typeof estimateBytes> {
  const description = describePreset(preset)
  const { heads, weights } = preset
  const settings = settle({ weights }, description, heads !== undefined)
  return estimateBytes(description, settings, heads?.width ?? 0)
}
