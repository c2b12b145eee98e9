// The kernels of gated delta nets, compiled for one model.
import { deltaConstants } from '../kernels/delta_net.ts'
import { deltaScan } from '../kernels/delta_scan.ts'
import { deltaStep } from '../kernels/delta_step.ts'
import { deltaWithin } from '../kernels/delta_within.ts'
import { gatedRmsNorm } from '../kernels/gated_rms_norm.ts'
import { rmsNormHeads } from '../kernels/rms_norm_heads.ts'
import { siluConvolution } from '../kernels/silu_convolution.ts'
import { deltaNetOf } from '../model/delta_net_shape.ts'
import { hasDeltaNets } from '../model/layer_kinds.ts'
import type { ModelDescription } from '../api/description.ts'
import { ringTokens } from '../plan/state_bytes.ts'
import type { Compiler } from './compiler.ts'
import { when } from './when.ts'

/** Promises by name; left out in models without delta nets. */
export function deltaNetKernels({ compile }: Compiler, model: ModelDescription) {
  const isUsed = hasDeltaNets(model)
  const shape = () => deltaNetOf(model)
  return {
    siluConvolution: when(isUsed, siluConvolution, () =>
      compile(siluConvolution, { TAPS: model.convolutionTaps, RING: ringTokens(model) }),
    ),
    /** the norm of heads, whose weights here are lengths */
    setLengths: when(isUsed, rmsNormHeads, () => {
      const { keyHeads, keySize } = shape()
      const norms = { QUERY_NORMS: keyHeads, KEY_NORMS: keyHeads }
      return compile(rmsNormHeads, { ...norms, QUERY_WIDTH: keySize, KEY_WIDTH: keySize })
    }),
    deltaWithin: when(isUsed, deltaWithin, () => compile(deltaWithin, deltaConstants(shape()))),
    deltaScan: when(isUsed, deltaScan, () => compile(deltaScan, deltaConstants(shape()))),
    deltaStep: when(isUsed, deltaStep, () => compile(deltaStep, deltaConstants(shape()))),
    gatedRmsNorm: when(isUsed, gatedRmsNorm, () => compile(gatedRmsNorm, {})),
  }
}
