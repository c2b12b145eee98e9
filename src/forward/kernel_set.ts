// The kernels of the forward pass and of eviction, compiled for one model. Those that depend on a layer's heads are in
// layer_kernels.ts, those of gated delta nets in delta_net_kernels.ts, a policy's own in its file, those of merging in merging.ts.
import { compile as compileNow } from '../gpu/kernel.ts'
import { capLogits } from '../kernels/cap_logits.ts'
import { sampleToken } from '../kernels/sample_token.ts'
import { tokenLogProbs } from '../kernels/token_log_probs.ts'
import { argmax } from '../kernels/argmax.ts'
import { gate } from '../kernels/gate.ts'
import { gateInput } from '../kernels/gate_input.ts'
import { layerInputs } from '../kernels/layer_inputs.ts'
import { listSurvivors } from '../kernels/list_survivors.ts'
import { maskLogits } from '../kernels/mask_logits.ts'
import { rmsNorm } from '../kernels/rms_norm.ts'
import { scaleRows } from '../kernels/scale_rows.ts'
import { noteBadNumbers } from '../kernels/note_bad_numbers.ts'
import { shortConvolution } from '../kernels/short_convolution.ts'
import { sigmoidGate } from '../kernels/sigmoid_gate.ts'
import { select } from '../kernels/select.ts'
import { hasConvolutions, hasOutputGates } from '../model/layer_kinds.ts'
import { ringTokens } from '../plan/state_bytes.ts'
import { portable, type Variants } from '../kernels/variants.ts'
import { awaitAll, type Compiler } from './compiler.ts'
import { deltaNetKernels } from './delta_net_kernels.ts'
import { compileLayerKernels } from './layer_kernels.ts'
import {
  compileEmbed,
  compileGatedMatmuls,
  compileMatmuls,
  compileMatvecs,
  largestTile,
  productsOf,
} from './matrix_kernels.ts'
import { when } from './when.ts'
import { mayGateInParts } from '../plan/gate_parts.ts'
import type { Plan } from '../plan/plan.ts'
import { fewTokens, fewTokensBytes } from '../kernels/few_tokens.ts'
import { mostEvicting } from '../kernels/most_evicting.ts'

export type KernelSet = Awaited<ReturnType<typeof compileKernels>>

/** Those that do not depend on a layer's heads. */
export type ModelKernels = Omit<KernelSet, 'ofLayers'>

/** What a layer runs: the model's and its own. */
export type KernelsOfLayer = KernelSet['ofLayers'][number]

/** Throws LongtabError `does-not-fit` when the device has too little workgroup memory. */
export async function compileKernels(
  compiler: Compiler,
  plan: Plan,
  variants: Variants = portable,
) {
  const { device, compile, track } = compiler
  const { model, settings } = plan
  const layers = model.tensors.layers
  const hasInputs = model.layerInputWidth !== undefined
  const isScaled = layers.some(({ scale }) => scale !== undefined)
  const isPostNormed = layers.some(({ attentionPostNorm }) => attentionPostNorm)
  const evicting = { KV_HEADS: mostEvicting(model) }
  const evicts = settings.policy.name !== 'full'
  const largest = largestTile(plan)
  const products = productsOf(plan)
  const GELU = model.activation === 'gelu' ? 1 : 0

  const ofModel = awaitAll({
    embed: track(compileEmbed(device, products.embedding)),
    rmsNormInto: compile(rmsNorm, { ADDS: 0 }),
    rmsNormOnto: when(isPostNormed, rmsNorm, () => compile(rmsNorm, { ADDS: 1 })),
    matmulInto: track(compileMatmuls(device, products.rows.into, 'into', largest, variants.matmul)),
    matmulOnto: track(compileMatmuls(device, products.rows.onto, 'onto', largest, variants.matmul)),
    gatedMatmul: track(compileGatedMatmuls(device, products.gated, GELU, largest, variants.matmul)),
    /** of one token */
    matvecs: track(compileMatvecs(device, products, GELU, 1, variants.matvec)),
    /** of a few tokens at once, which answers ask for when drafts pay; undefined where they don't fit the device */
    fewMatvecs:
      device.limits.maxComputeWorkgroupStorageSize < fewTokensBytes
        ? undefined
        : later(() => compileMatvecs(device, products, GELU, fewTokens, variants.matvec)),
    shortConvolution: when(hasConvolutions(model), shortConvolution, () =>
      compile(shortConvolution, { TAPS: model.convolutionTaps, RING: ringTokens(model) }),
    ),
    ...deltaNetKernels(compiler, model),
    sigmoidGate: when(hasOutputGates(model), sigmoidGate, () => compile(sigmoidGate, {})),
    gate: when(mayGateInParts(plan.model, plan.settings), gate, () => compile(gate, { GELU })),
    select: when(evicts, select, () => compile(select, evicting)),
    listSurvivors: when(evicts, listSurvivors, () => compile(listSurvivors, evicting)),
    layerInputs: when(hasInputs, layerInputs, () => compile(layerInputs, {})),
    gateInput: when(hasInputs, gateInput, () => compile(gateInput, { GELU })),
    scaleRows: when(isScaled, scaleRows, () => compile(scaleRows, {})),
    capLogits: when(model.logitCap !== undefined, capLogits, () => compile(capLogits, {})),
    noteBadNumbers: compile(noteBadNumbers, {}),
    argmax: compile(argmax, {}),
    maskLogits: () => compileNow(device, maskLogits, {}), // compiled for the first answer that is held to JSON
    sampleToken: () => compileNow(device, sampleToken, {}), // compiled for the first answer that samples
    tokenLogProbs: () => compileNow(device, tokenLogProbs, {}), // compiled for the first answer that tells them
  })
  const [shared, own] = await Promise.all([ofModel, compileLayerKernels(compiler, plan)])
  return { ...shared, ofLayers: own.map((kernels) => ({ ...shared, ...kernels })) }
}

/** Kernels that are compiled from when they are first asked for. */
export interface Later<K> {
  /** undefined as long as they are not compiled, also where they cannot be */
  now(): K | undefined
  /** The same, once they are. */
  compiled(): Promise<K>
}

function later<K>(compileAll: () => Promise<K>): Later<K> {
  let compiling: Promise<K> | undefined
  let done: K | undefined
  const compiled = (): Promise<K> =>
    (compiling ??= compileAll().then((kernels) => (done = kernels)))
  return {
    compiled,
    now() {
      if (compiling === undefined) compiled().catch(() => undefined) // an answer is the same without them
      return done
    },
  }
}
