// The texts that contestants read: made-up prose, cut to a number of tokens.
import { ggufFiles } from '../../src/model/gguf/files.ts'
import { madeUpProse } from '../../src/tasks/haystack.ts'
import { randomOf } from '../../src/tasks/random.ts'
import { ownWords } from '../../src/tasks/words.ts'
import { openTokenizer } from '../../src/text/tokenizer.ts'
import { diskFile } from '../models/disk_file.ts'

/** @returns texts of some so many tokens of the model's, no two with the same beginning */
export async function promptsFor(gguf: string): Promise<(tokens: number) => string> {
  const files = ggufFiles(diskFile(gguf))
  const tokenizer = openTokenizer({
    tokenizer: await files.text('tokenizer.json'),
    config: await files.text('tokenizer_config.json'),
  })
  return (tokens) => {
    const sentences = madeUpProse(randomOf('peers', tokens), ownWords)
    let text = ''
    while (text.length < 8 * tokens) text += `${sentences.next().value} `
    const ids = tokenizer.encodeFramed(text)
    if (ids.length < tokens) throw new Error(`${text.length} characters are ${ids.length} tokens`)
    return tokenizer.decode(ids.slice(0, tokens)).replace(/\uFFFD+$/, '')
  }
}
