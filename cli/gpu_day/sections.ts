// The sections of a day on a borrowed GPU: the command of each, the files it needs, and its time limit. Paths are
// relative to the copied folder (gpu_day.ts), in which everything runs.
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Section {
  readonly name: string
  /** seconds after which it is killed */
  readonly limitS: number
  /** required files; without them the section is skipped with this sentence */
  readonly needs: readonly { readonly path: string; readonly otherwise: string }[]
  readonly program: string
  readonly args: readonly string[]
}

export interface Day {
  /** folder of every section's results and JSON */
  readonly out: string
  /** folder with `NAME.gguf` */
  readonly models: string
  /** Hugging Face folder of the model that heads are trained for */
  readonly headsModel: string
  /** folder with gutenberg/*.txt, the training texts */
  readonly corpus: string
  /** path of a Chromium; undefined where this machine has none */
  readonly chromium: string | undefined
  /** the same sections with minimal work, for a machine without a GPU */
  readonly rehearse: boolean
}

/** Shapes of the bench, one section each, since a bench writes its results when it ends. */
const measuredShapes = ['smollm-135m', 'qwen-0.5b', 'llama-1b']

const rehearsedHeads = [{ shape: 'smollm-attention', heads: 'smollm2-135m-instruct' }] as const

/** Our heads whose budgets are compared with even ones, by the shape of their model; names in dist/heads. */
const measuredHeads = [
  { shape: 'smollm-135m', heads: 'smollm2-135m-instruct' },
  { shape: 'qwen-0.5b', heads: 'qwen2.5-coder-0.5b-instruct' },
] as const

const measuredModels = ['smollm2-135m', 'qwen2.5-coder-0.5b', 'qwen2.5-coder-1.5b']

const headsFile = (name: string) => `dist/heads/${name}.safetensors`

/** The heads that a day reads; the others stay behind, 14 MB each. */
export const carriedHeads = measuredHeads.map(({ heads }) => headsFile(heads))

/** A rehearsal shows that everything runs, however slow the machine. */
const rehearsalLimitS = 900

/** Contestants on the GPU and on the CPU in turn, so that the slower half does not cost the other its results. */
const peersMeasured = [
  { name: 'peers', only: ['longtab', 'longtab-full', 'transformers-webgpu', 'wllama-webgpu'] },
  { name: 'peers-wasm', only: ['transformers-wasm', 'wllama-wasm'] },
] as const

/** In the order of execution: what the GPU is wanted for most comes first. */
export function sectionsOf(day: Day): readonly Section[] {
  const sections = gpuSections(day)
  return day.rehearse
    ? sections.map((section) => ({ ...section, limitS: rehearsalLimitS }))
    : sections
}

function gpuSections({
  out,
  models,
  headsModel,
  corpus,
  chromium,
  rehearse,
}: Day): readonly Section[] {
  const model = (name: string) => join(models, `${name}.gguf`)
  const [smallest = ''] = measuredModels
  const small = {
    path: model(smallest),
    otherwise: `${model(smallest)} is not there; carry it, or name its folder in LONGTAB_REAL_MODELS`,
  }
  const ours = `locret:heads=${headsFile(measuredHeads[0].heads)}`
  const headsScript = 'training/train_heads.py'
  const minutes = rehearse ? 1 : 3
  return [
    {
      name: 'kernels',
      limitS: 100,
      needs: [],
      program: process.execPath,
      args: [
        ...['dist/gpu-tests/run.mjs', '--json', join(out, 'kernel-tests.json')],
        ...['--limit', '90', '--only', ...(rehearse ? ['kernels/rms_norm.'] : ['.gpu.test'])],
      ],
    },
    ...(rehearse ? ['tiny'] : measuredShapes).map((shape) => ({
      name: `shape-${shape}`,
      limitS: 45,
      needs: [],
      program: process.execPath,
      args: ['cli/node/bench.mjs', '--quick', '--out', join(out, shape), '--shape', shape],
    })),
    ...(rehearse ? rehearsedHeads : measuredHeads).map(({ shape, heads }) => ({
      name: `by-head-${shape}`,
      limitS: 25,
      needs: [],
      program: process.execPath,
      args: [
        ...['cli/node/bench.mjs', '--quick', '--out', join(out, `${shape}-by-head`)],
        ...['--shape', shape, '--by-head', headsFile(heads)],
        ...(rehearse ? ['--budget', '64', '--chunk', '16'] : ['--budget', '1024']),
      ],
    })),
    {
      name: 'checkpoints',
      limitS: 60,
      needs: [small],
      program: process.execPath,
      args: [
        ...['cli/commands/checkpoints.mjs', '--out', join(out, 'checkpoints')],
        ...(rehearse
          ? ['--tokens', '48', '--answer', '2']
          : ['--tokens', '16384', '--answer', '64']),
        ...(rehearse ? [model(smallest)] : measuredModels.map(model)),
      ],
    },
    ...peersMeasured.map(({ name, only }) => ({
      name,
      limitS: 120,
      needs: [
        small,
        {
          path: chromium ?? 'chromium',
          otherwise: 'there is no Chromium; carry one, and name it in CHROMIUM_PATH',
        },
        {
          path: 'peers',
          otherwise: 'the peers are not in this folder; build it where npm can be reached',
        },
      ],
      program: process.execPath,
      args: [
        ...['cli/commands/peers.mjs', '--peers', '--model', model(smallest)],
        ...['--out', join(out, name), '--rounds', '1', '--only', ...only],
        ...(rehearse
          ? ['--tokens', '32', '--answer', '2', '--limit', '300']
          : ['--tokens', '2048', '8192', '32768', '--limit', '30']),
      ],
    })),
    {
      name: 'quality',
      limitS: 120,
      needs: [small],
      program: process.execPath,
      args: [
        ...['cli/commands/bench_quality.mjs', '--adapter', 'node', '--model', model(smallest)],
        ...['--policies', `${ours},streaming,snapkv,h2o,keydiff`, '--out', join(out, 'quality')],
        ...(rehearse
          ? ['--tasks', 'passkey', '--lengths', '256', '--budgets', '50%', '--samples', '1']
          : ['--lengths', '2048,4096', '--budgets', '25%,12.5%', '--workers', '4']),
      ],
    },
    {
      name: 'heads',
      limitS: 60 * minutes + 30,
      needs: [
        {
          path: headsScript,
          otherwise: `${headsScript} is not there; retaining heads were not trained`,
        },
        {
          path: headsModel,
          otherwise: `${headsModel} is not there; name the folder of a model in LONGTAB_HEADS_MODEL`,
        },
        {
          path: corpus,
          otherwise: `${corpus} is not there; name the folder of books in LONGTAB_CORPUS`,
        },
      ],
      program: process.env['PYTHON'] ?? 'python3',
      args: [
        ...[headsScript, '--model', headsModel, '--out', join(out, 'heads.safetensors')],
        ...['--width', '128'], // the file of a model of 1.5 billion parameters stays below 16 MB
        ...['--corpus', corpus, '--device', rehearse ? 'cpu' : 'cuda'],
        // 20 GB for a model of 1.5 billion parameters, which are not copied back
        ...['--examples', join(tmpdir(), 'longtab-examples')],
        // the rest of the section's time is for learning, measuring the shares and writing the file
        ...[
          '--minutes',
          String(minutes / 2),
          ...(rehearse
            ? ['--learn', '2', '--tokens', '64', '--texts', '1', '--text-tokens', '64']
            : ['--learn', '320', '--tokens', '512']),
        ],
      ],
    },
  ]
}
