// The retaining heads that come with Longtab: `heads/` lies beside the folder of the built page's parts, of the built module
// and of its worker alike. To add some: the file into public/heads/, and a line here.
import type { KnownHeads } from './api/model.ts'

interface OwnHeads extends Omit<KnownHeads, 'file'> {
  /** Name of the file in public/heads/. */
  readonly name: string
  /** Width d_R of their hidden layer. */
  readonly width: number
}

/** The retaining heads that come with Longtab. */
export const ownHeadsList: readonly OwnHeads[] = [
  {
    model: 'SmolLM2-135M-Instruct',
    fingerprint:
      'final-norm-sha256:8c70ce6070f127643f46d093a71ac93228a47d590148d77f815a5393960e1947',
    shape: '30×576×9×3×64',
    name: 'smollm2-135m-instruct.safetensors',
    width: 256,
  },
  {
    model: 'Qwen2.5-Coder-0.5B-Instruct',
    fingerprint:
      'final-norm-sha256:958c341cc528df533ded3ea115256e205ca0023ea6a8c08452f66f73a8881dae',
    shape: '24×896×14×2×64',
    name: 'qwen2.5-coder-0.5b-instruct.safetensors',
    width: 256,
  },
  {
    model: 'Qwen2.5-Coder-1.5B-Instruct',
    fingerprint:
      'final-norm-sha256:3204cd033a9665b303475320e1dab2c4fe8792fc37324f362131d355a195f136',
    shape: '28×1536×12×2×128',
    name: 'qwen2.5-coder-1.5b-instruct.safetensors',
    width: 128,
    doubtBelow: 0.3, // docs/research/recall.md
  },
]

/** @param module the address of a built script */
export function ownHeads(module: string = import.meta.url): readonly KnownHeads[] {
  return ownHeadsList.map(({ name, width: _, ...known }) => ({
    ...known,
    file: new URL(`../heads/${name}`, module),
  }))
}
