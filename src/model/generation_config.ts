// How a model's makers would have its tokens drawn: generation_config.json.
import type { ModelFiles } from './model_files.ts'
import type { SuggestedSampling } from '../api/model.ts'
import { Fields } from './fields.ts'
import { readJson } from '../files/folder_files.ts'

/** Undefined where there is no such file, or it says that the likeliest token is to be taken. */
export async function readSuggestedSampling(
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<SuggestedSampling | undefined> {
  if (!(await files.has(name, signal))) return undefined
  return suggestedSampling(await readJson(files, name, signal))
}

const name = 'generation_config.json'

/** What the file leaves out is as transformers has it. Throws LongtabError `bad-file` for numbers that cannot be. */
export function suggestedSampling(json: unknown): SuggestedSampling | undefined {
  const fields = new Fields(json, name)
  if (!fields.truth('do_sample', false)) return undefined
  return {
    temperature: fields.positive('temperature', 1),
    topK: fields.raw('top_k') === 0 ? 0 : fields.count('top_k', 50),
    topP: fields.positive('top_p', 1),
  }
}
