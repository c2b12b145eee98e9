// The command line of `npm run bench`.
import type { Effort } from '../../src/bench/record.ts'
import { shapeNames, type ShapeName } from '../../src/bench/shapes.ts'
import { cacheStorages, type CacheStorage } from '../../src/api/settings.ts'
import { adapterFlag, type AdapterChoice } from '../browser/adapters.ts'
import { called } from '../shell/called.ts'
import { UsageError } from '../shell/command.ts'
import { given, oneOf, text, whole } from '../shell/flag.ts'
import { commandLine, type Given } from '../shell/command_line.ts'

export interface BenchCommand {
  readonly shapes?: readonly ShapeName[]
  readonly tokens?: readonly number[]
  readonly cache?: CacheStorage
  readonly byHead?: {
    /** heads' file */
    readonly path: string
    readonly shape: ShapeName
    readonly budget?: number
    readonly chunk?: number
  }
  readonly adapter: AdapterChoice
  /** folder of the results */
  readonly out: string
  readonly effort: Effort
}

const flags = {
  shape: oneOf(
    'NAME',
    shapeNames,
    'models of random weights',
    ' (default: those this GPU gets through in minutes)',
  ).several(),
  tokens: whole(1, 'lengths of the documents read (default: 1, 4 and 40 chunks)').several(),
  cache: oneOf(
    'P',
    cacheStorages,
    'how keys and values are stored',
    ' (default: f16, or f32 where it is small)',
  ),
  byHead: text(
    'FILE',
    'measures budgets dealt out by the shares of these retaining heads against even ones, and nothing else: with one --shape, the one they are of',
  ),
  budget: whole(1, 'of --by-head: units kept per layer and KV head'),
  chunk: whole(1, 'of --by-head: tokens read between two evictions'),
  peers: given(
    'measures Longtab beside transformers.js and wllama, and nothing else; --peers --help lists its options',
  ),
  adapter: adapterFlag,
  out: text('DIR', 'where the JSON and the Markdown go').or('bench-results'),
  quick: given('shorter documents, fewer repetitions'),
}

/** What `--help` says. */
export const description = {
  usage: called('bench', '[options]'),
  about: 'Measures speed and memory with models of random weights, against what the GPU can do.',
  flags,
}

/** Throws UsageError. */
export function parseBench(args: readonly string[]): BenchCommand {
  const given = commandLine(description, args)
  const { shape: shapes, tokens, cache, adapter, out, quick } = given
  return {
    ...(shapes.length === 0 ? {} : { shapes }),
    ...(tokens.length === 0 ? {} : { tokens }),
    ...(cache === undefined ? {} : { cache }),
    ...byHeadOf(given),
    adapter,
    out,
    effort: quick ? 'quick' : 'full',
  }
}

function byHeadOf({
  byHead: path,
  shape,
  budget,
  chunk,
}: Given<typeof flags>): Pick<BenchCommand, 'byHead'> {
  const lengths = {
    ...(budget === undefined ? {} : { budget }),
    ...(chunk === undefined ? {} : { chunk }),
  }
  if (path === undefined) {
    if (Object.keys(lengths).length === 0) return {}
    throw new UsageError('--budget and --chunk are for --by-head; name a heads file')
  }
  const [only, ...others] = shape
  if (only === undefined || others.length > 0) {
    throw new UsageError('--by-head needs one --shape, the one that the heads are of')
  }
  return { byHead: { path, shape: only, ...lengths } }
}
