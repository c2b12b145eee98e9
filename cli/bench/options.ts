// The command line of `npm run bench`.
import { parseArgs } from 'node:util'
import type { Effort } from '../../src/bench/record.ts'
import { shapeNames, type ShapeName } from '../../src/bench/shapes.ts'
import { cacheStorages, type CacheStorage } from '../../src/api/settings.ts'
import { adapters, type AdapterChoice } from '../browser/adapters.ts'
import { UsageError } from '../shell/command.ts'
import { defined, oneOf, whole } from '../shell/values.ts'

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

export const help = `Measures speed and memory with models of random weights, against what the GPU can do.

  npm run bench -- [options]

  --shape NAME …   ${shapeNames.join(', ')}
                   (default: those this GPU gets through in minutes)
  --tokens N …     lengths of the documents read (default: 1, 4 and 40 chunks)
  --cache P        how keys and values are stored: f32, f16, int8 or int4 (default: f16, or f32 where it is small)
  --by-head FILE   measures budgets dealt out by the shares of these retaining heads against even ones, and nothing else:
                   with one --shape, the one they are of, and if need be --budget N and --chunk N
  --adapter A      auto (default), hardware or software
  --out DIR        where the JSON and the Markdown go (default: bench-results)
  --quick          shorter documents, fewer repetitions
  --help           this text`

const flags = {
  shape: { type: 'string', multiple: true },
  tokens: { type: 'string', multiple: true },
  cache: { type: 'string' },
  'by-head': { type: 'string' },
  budget: { type: 'string' },
  chunk: { type: 'string' },
  adapter: { type: 'string' },
  out: { type: 'string' },
  quick: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/** `help` when that was asked for. Throws UsageError. */
export function parseBench(args: readonly string[]): BenchCommand | 'help' {
  const given = split(args)
  if (given.help === true) return 'help'
  return {
    ...(given.shape === undefined ? {} : { shapes: given.shape.map(shapeNamed) }),
    ...(given.tokens === undefined ? {} : { tokens: given.tokens.map(tokenCount) }),
    ...defined({ cache: oneOf('--cache', given.cache, cacheStorages) }),
    ...defined({ byHead: byHeadWished(given) }),
    adapter: adapterNamed(given.adapter ?? 'auto'),
    out: given.out ?? 'bench-results',
    effort: given.quick === true ? 'quick' : 'full',
  }
}

type Given = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values']

/** Node's parser, for which `--shape a b` is written `--shape a --shape b`. */
function split(args: readonly string[]): Given {
  let list: string | undefined
  const spelledOut = args.flatMap((arg) => {
    if (arg.startsWith('-')) list = arg === '--shape' || arg === '--tokens' ? arg : undefined
    else if (list !== undefined) return [list, arg]
    return arg === list ? [] : [arg]
  })
  const bare = args.find(
    (arg, i) => ['--shape', '--tokens'].includes(arg) && (args[i + 1] ?? '-').startsWith('-'),
  )
  if (bare !== undefined) throw new UsageError(`${bare} needs a value`)
  try {
    return parseArgs({ args: spelledOut, options: flags }).values
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [, named = ''] = /'([^' ]+)/.exec(error.message) ?? []
    throw new UsageError(`cannot make sense of ${named}; --help lists the options`)
  }
}

function byHeadWished(given: Given): BenchCommand['byHead'] {
  const { 'by-head': path, shape = [] } = given
  const budget = whole('--budget', given.budget, 1)
  const chunk = whole('--chunk', given.chunk, 1)
  if (path === undefined) {
    if (budget === undefined && chunk === undefined) return undefined
    throw new UsageError('--budget and --chunk are for --by-head; name a heads file')
  }
  const [only, ...others] = shape
  if (only === undefined || others.length > 0) {
    throw new UsageError('--by-head needs one --shape, the one that the heads are of')
  }
  return { path, shape: shapeNamed(only), ...defined({ budget, chunk }) }
}

function shapeNamed(text: string): ShapeName {
  const found = shapeNames.find((name) => name === text)
  if (found === undefined) {
    throw new UsageError(`--shape must be one of ${shapeNames.join(', ')}, not '${text}'`)
  }
  return found
}

function tokenCount(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`--tokens must be whole numbers of at least 1, not '${text}'`)
  }
  return value
}

function adapterNamed(text: string): AdapterChoice {
  const found = adapters.find((name) => name === text)
  if (found === undefined) {
    throw new UsageError(`--adapter must be one of ${adapters.join(', ')}, not '${text}'`)
  }
  return found
}
