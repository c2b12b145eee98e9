// What can be refused before a weight is fetched, and before anything is made on the GPU. It concerns heads, compressor and
// settings, the device's limits, tokenizer and template, and room in the store. What takes fewer bytes to check comes first.
import type {
  HeadsOrigin,
  HeadsSource,
  SuggestedSampling,
  TemplateVariables,
} from '../api/model.ts'
import type { ModelDescription } from '../api/description.ts'
import { LongtabError } from '../api/errors.ts'
import { needs } from '../api/policies.ts'
import type { Settings, SettingOverrides } from '../api/settings.ts'
import type { ModelLocation } from '../files/location.ts'
import type { Gpu } from '../gpu/device.ts'
import { largestBuffer } from '../gpu/memory.ts'
import { openCompressor, requireMergedSlots, type Compressor } from '../model/compressor.ts'
import { findHeads, noHeads, type FoundHeads, type LocatedHeads } from '../model/find_heads.ts'
import { requireTrainedFor } from '../model/fingerprint.ts'
import { readSuggestedSampling } from '../model/generation_config.ts'
import type { RetainingHeads } from '../model/retaining_heads.ts'
import { dealsByShares } from '../plan/allocation.ts'
import { mergedSlots, requireMergingFit } from '../plan/merging_shape.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { requireFit } from '../plan/buffer_fit.ts'
import { chosenPolicy, resolveSettings } from '../plan/settings.ts'
import { requireWorkgroupFit } from '../plan/workgroup_fit.ts'
import { requireFittingTokenizer } from './embedded_ids.ts'
import type { OpenedModel } from './open_model.ts'
import { openTexts, type Texts } from './texts.ts'

/** What a user chooses with a model. */
export interface ModelChoices {
  /** settings that the user chose; the rest is resolved from model and files */
  readonly overrides: SettingOverrides
  /** retaining heads; by default `heads.safetensors` of the model's folder, if it has one */
  readonly heads: HeadsSource | ModelLocation | undefined
  /** heads by the fingerprint of their model, used where neither of the two exists; none by default */
  readonly known?: readonly LocatedHeads[]
  /** for policies that merge; by default `compressor.safetensors` of the model's folder, if it has one */
  readonly compressor?: HeadsSource | ModelLocation | undefined
  /** of the chat template; none by default */
  readonly templateVariables?: TemplateVariables
}

/** A model that nothing is known to be wrong with. Nothing of it is on the GPU. */
export interface CheckedModel extends OpenedModel {
  readonly plan: Plan
  readonly heads: RetainingHeads | undefined
  readonly origin: HeadsOrigin
  readonly compressor: Compressor | undefined
  readonly texts: Texts
  readonly suggestedSampling: SuggestedSampling | undefined
}

/**
 * Throws LongtabError: `bad-setting`, `does-not-fit`, `storage-full`, and as opening files does: `bad-file`, `network`,
 * `no-access`, `unsupported-model`, `aborted`.
 */
export async function checkModel(
  gpu: Gpu,
  opened: OpenedModel,
  choices: ModelChoices,
  signal: AbortSignal | undefined,
): Promise<CheckedModel> {
  const { files, description: model, checkpoint, sources } = opened
  const suggestedSampling = await readSuggestedSampling(files, signal)
  const { heads, origin } = await headsToRead(opened, choices, signal)
  const compressor = await openOwnCompressor(opened, choices, signal)
  const settings = resolveSettings(choices.overrides, model, { heads, compressor })
  requireCompressor(compressor, model, settings)
  const plan = makePlan(model, settings, heads?.hidden ?? 0, compressor?.taps, heads?.shares)
  requireDeviceFit(gpu, plan)
  for (const trained of [origin.from === 'known' ? undefined : heads, compressor]) {
    if (!trained) continue
    await requireTrainedFor(model, checkpoint, trained.checkpoint, trained.name, signal)
  }
  const texts = await openTexts(files, signal, choices.templateVariables)
  requireFittingTokenizer(texts.tokenizer, texts.chat, model.vocabulary)
  await sources.requireRoom(signal)
  return { ...opened, plan, heads, origin, compressor, texts, suggestedSampling }
}

/** Throws LongtabError `does-not-fit` by the limits of the device; its free memory is another matter. */
function requireDeviceFit({ device }: Gpu, plan: Plan): void {
  const allowed = largestBuffer(device)
  requireFit(plan, allowed)
  requireMergingFit(plan, allowed)
  requireWorkgroupFit(plan, device.limits.maxComputeWorkgroupStorageSize)
}

/**
 * The heads, where policy or allocation needs any. Throws where the user chose that policy and known heads cannot be
 * fetched.
 */
async function headsToRead(
  opened: OpenedModel,
  { overrides, heads: given, known = [] }: ModelChoices,
  signal: AbortSignal | undefined,
): Promise<FoundHeads> {
  const { name } = chosenPolicy(overrides)
  const scores = name === undefined || needs(name, 'retaining heads')
  if (!scores && !dealsByShares(overrides.allocation)) return { heads: undefined, origin: noHeads }
  const found = await findHeads(
    { ...opened, weights: async () => opened.checkpoint },
    given,
    known,
    signal,
  )
  if (name !== undefined && found.problem) throw found.problem
  return found
}

const compressorName = 'compressor.safetensors'

async function openOwnCompressor(
  { files, description: model, sources }: OpenedModel,
  { overrides, compressor: source }: ModelChoices,
  signal: AbortSignal | undefined,
): Promise<Compressor | undefined> {
  const { name } = chosenPolicy(overrides)
  if (name === undefined || !needs(name, 'compressor')) return undefined // no default policy merges
  if (source !== undefined)
    return openCompressor(sources.file(source, 'the compressor file'), model, signal)
  if (!(await files.has(compressorName, signal))) return undefined
  return openCompressor(files.file(compressorName), model, signal)
}

/**
 * Throws LongtabError `bad-setting` where the policy merges and there is no compressor. Throws `bad-file` where the
 * compressor's number of merged slots is not that of the settings.
 */
function requireCompressor(
  compressor: Compressor | undefined,
  model: ModelDescription,
  settings: Settings,
): void {
  const merged = mergedSlots(settings)
  if (merged === 0) return
  if (compressor) {
    requireMergedSlots(compressor, model, merged)
    return
  }
  throw new LongtabError(
    'bad-setting',
    `policy ${settings.policy.name} needs a compressor and this model came with none; name a compressor file or choose policy streaming`,
  )
}
