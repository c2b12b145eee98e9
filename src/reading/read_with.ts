// What a document is read with, told from what lies on the GPU. The files of heads and compressor were closed long since, and
// what lies there is what the next answer is computed with. A saved document is held to it.
import { sha256 } from '../files/sha256.ts'
import { nameOf, type ModelLocation } from '../files/location.ts'
import type { Engine } from '../forward/engine.ts'
import { readBuffer } from '../gpu/readback.ts'
import { fingerprintOf, shapeOf } from '../model/fingerprint.ts'
import type { GpuMatrix } from '../model/matrix.ts'
import type { LayerWeights } from '../model/weights.ts'
import type { AboutModel } from '../saved/about.ts'

/** Bytes of the weights that are hashed. */
const someBytes = 4 * 2 ** 20

export async function readWith(
  { gpu: { device }, plan, weights, merging }: Engine,
  location: ModelLocation,
): Promise<AboutModel> {
  const { model } = plan
  const norm = await readBuffer(device, weights.finalNorm, 0, 4 * model.hidden)
  const learned = weights.layers.flatMap((layer) => {
    const head = 'retainingHead' in layer ? layer.retainingHead : undefined
    return head ? [head.bias, head.fc2] : []
  })
  const convolutions = merging?.layers.flatMap((layer) => [layer.weights, layer.bias, layer.lambda])
  const hashOf = async (buffers: readonly GPUBuffer[], most = Infinity) =>
    sha256(
      await new Blob(
        await Promise.all(
          buffers.map((buffer) => readBuffer(device, buffer, 0, Math.min(buffer.size, most))),
        ),
      ).arrayBuffer(),
    )
  const last = weights.layers.at(-1)
  const output = last && outputOf(last)
  const [some] = output?.parts ?? []
  return {
    ...named(location),
    fingerprint: await fingerprintOf(model, new Float32Array(norm)),
    shape: shapeOf(model),
    weights: await hashOf(some ? [some.matrix] : [], someBytes),
    ...(learned.length > 0 && { heads: await hashOf(learned) }),
    ...(convolutions && { compressor: await hashOf(convolutions) }),
  }
}

function outputOf(layer: LayerWeights): GpuMatrix {
  if ('convolution' in layer) return layer.convolution.output
  if ('deltaNet' in layer) return layer.deltaNet.output
  return layer.attentionOutput
}

/** As `load` would take it again; picked files by their folder, or by the one with the weights. */
function named(location: ModelLocation): Pick<AboutModel, 'source' | 'revision'> {
  switch (location.kind) {
    case 'hub':
      return { source: nameOf(location), revision: location.revision }
    case 'address':
      return { source: nameOf(location) }
    case 'picked': {
      // Node's files have no path
      const [first] = location.files as readonly { readonly webkitRelativePath?: string }[]
      const [folder = ''] = first?.webkitRelativePath?.split('/') ?? []
      const [largest] = location.files.toSorted((a, b) => b.size - a.size)
      return { source: folder === '' ? (largest?.name ?? '') : folder }
    }
  }
}
