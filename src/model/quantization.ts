// Which file of a repository a name means, as with Ollama and llama.cpp. `owner/name:Q8_0` is the file of that quantization,
// in either case of letters. A repository that has nothing but such files stands for the usual one.
import { LongtabError } from '../api/errors.ts'
import { isModelFile, modelFormatNames, weightsInFolder } from './format_names.ts'
import { shardsOf } from './shards.ts'

/** Tried in this order where no quantization is named; then the first file by name. */
const usual = ['Q4_K_M', 'Q8_0']

/** How quantizations are called at the end of a file's name. */
const quantization = /(?:^|[-._/])((?:UD-)?(?:I?Q\d\w*|TQ\d_\d|MXFP4\w*|BF16|FP?16|F32))$/i

/** What Ollama calls the file that it takes when none is named. */
const ofNone = 'latest'

/**
 * The file that is the model; undefined where the repository itself is, as a folder.
 * Throws LongtabError `bad-file`, which lists what there is, where no file is of that quantization.
 * @param names of the repository's files
 * @param repository for messages
 */
export function fileOf(
  names: readonly string[],
  tag: string | undefined,
  repository: string,
): string | undefined {
  const models = names
    .filter((name) => isModelFile(name) && !/(^|\/)mmproj/i.test(name) && !isLaterShard(name))
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))
  if (tag === undefined || tag.toLowerCase() === ofNone) {
    if (isFolder(names)) return undefined
    return usual.map((one) => models.find(isOf(one))).find((one) => one !== undefined) ?? models[0]
  }
  const found = models.find(isOf(tag))
  if (found !== undefined) return found
  throw new LongtabError(
    'bad-file',
    `${repository} has no ${modelFormatNames} file of ${tag}; ${offered(models, repository)}`,
  )
}

function offered(models: readonly string[], repository: string): string {
  const [first] = models
  if (first === undefined)
    return `it has no ${modelFormatNames} files, so name it without a quantization, or another repository`
  const tags = models.map((name) => quantization.exec(stem(name))?.[1] ?? name)
  return `it has ${[...new Set(tags)].join(', ')}; name one of them, as in ${repository}:${tags[0] ?? first}`
}

/** A configuration alone is no folder: files of quantizations come with one too. */
function isFolder(names: readonly string[]): boolean {
  const hasWeights = names.some((name) => weightsInFolder.includes(name) || isWeightsShard(name))
  return names.includes('config.json') && hasWeights
}

function isWeightsShard(name: string): boolean {
  return shardsOf(name) !== undefined && !isModelFile(name)
}

function isLaterShard(name: string): boolean {
  const shards = shardsOf(name)
  return shards !== undefined && shards[0] !== name
}

function isOf(tag: string): (name: string) => boolean {
  const wanted = tag.toLowerCase()
  return (name) => {
    const all = stem(name).toLowerCase()
    const before = all.charAt(all.length - wanted.length - 1)
    return name.toLowerCase() === wanted || (all.endsWith(wanted) && /^[-._/]?$/.test(before))
  }
}

/** Without its ending and the number of its shard. */
function stem(name: string): string {
  return name.replace(/\.\w+$/, '').replace(/-\d{5}-of-\d{5}$/, '')
}
