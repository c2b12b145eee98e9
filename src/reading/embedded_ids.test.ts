import { expect, it } from 'vitest'
import * as small from '../testing/small_tokenizers.ts'
import { openChat } from '../text/chat.ts'
import { openTokenizer } from '../text/tokenizer.ts'
import type { TokenizerFiles } from '../text/tokenizer_file.ts'
import { requireEmbedded, requireFittingTokenizer } from './embedded_ids.ts'

function check(files: TokenizerFiles, vocabulary: number): void {
  const tokenizer = openTokenizer(files)
  requireFittingTokenizer(tokenizer, openChat(tokenizer, files), vocabulary)
}

it.each(Object.entries(small))('a tokenizer has no ids beyond the embedding: %s', (_, files) => {
  const tokenizer = openTokenizer(files)
  const starts = Math.max(-1, ...tokenizer.frame.before)
  const rows = Math.max(tokenizer.largestId, starts) + 1
  expect(() => check(files, rows)).not.toThrow()
  expect(() => check(files, rows - 1)).toThrow(
    `token ids up to ${(rows - 1).toLocaleString('en-US')} and the embedding has ${(rows - 1).toLocaleString('en-US')} rows`,
  )
})

it('added tokens may lie beyond where no template writes them', () => {
  const json = JSON.parse(small.splitBpe.tokenizer) as { added_tokens: object[] }
  json.added_tokens.push({ id: 9999, content: '<|image|>', special: true })
  const tokenizer = JSON.stringify(json)
  const rows = openTokenizer(small.splitBpe).largestId + 5
  expect(() => check({ ...small.splitBpe, tokenizer }, rows)).not.toThrow()
  const config = JSON.stringify({
    ...(JSON.parse(small.splitBpe.config!) as object),
    chat_template: '<|image|>{{ messages[0].content }}',
  })
  expect(() => check({ tokenizer, config }, rows)).toThrow(
    expect.objectContaining({ code: 'bad-file' }) as Error,
  )
})

it('an id without a row is refused', () => {
  expect(() => requireEmbedded(Uint32Array.of(0, 49), 50)).not.toThrow()
  expect(() => requireEmbedded(Uint32Array.of(3, 50), 50)).toThrow(
    'token id 50 has no row in the embedding, which has 50',
  )
})
