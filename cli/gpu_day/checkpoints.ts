// Speed of real checkpoints on the GPU that Node finds, for every storage of weights: loading, reading, answering.
//
// node cli/commands/checkpoints.mjs FILE … --out DIR [--tokens N] [--answer N]
//
// DIR/NAME-STORAGE.json is written after each measurement; existing ones are not measured again.
import { existsSync, openAsBlob } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { weightStorages } from '../../src/api/settings.ts'
import { load } from '../../src/index.ts'
import { command } from '../shell/command.ts'
import { machine } from '../shell/machine.ts'
import { nodeGpu } from '../node/gpu.mjs'
import { rest, text, whole } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { writeJson } from '../shell/json.ts'
import type { CheckpointRecord } from './record.ts'

const flags = {
  files: rest('checkpoints; one that is not there is passed over'),
  out: text('DIR', 'where the results go').needed(),
  tokens: whole(1, 'of the document').or('16384'),
  answer: whole(1, 'tokens of the answer').or('64'),
}

await command('checkpoints', async () => {
  const given = commandLine({
    usage: 'node cli/commands/checkpoints.mjs FILE … --out DIR [options]',
    about: 'Measures real checkpoints on the GPU that Node finds, with every storage of weights.',
    flags,
  })
  const { files, out, tokens, answer } = given
  await mkdir(out, { recursive: true })
  const gpu = await nodeGpu()
  for (const path of files.filter((one) => existsSync(one))) {
    for (const weights of weightStorages) {
      const file = join(out, `${basename(path, extname(path))}-${weights}.json`)
      if (existsSync(file)) continue
      const measured = await measure(gpu, path, weights, tokens, answer)
      await writeJson(file, measured)
      console.log(JSON.stringify(measured))
    }
  }
})
process.exit() // Dawn's threads would keep Node alive

async function measure(
  gpu: GPU,
  path: string,
  weights: (typeof weightStorages)[number],
  tokens: number,
  answerTokens: number,
): Promise<CheckpointRecord> {
  const began = performance.now()
  const file = new File([await openAsBlob(path)], basename(path))
  const model = await load([file], { gpu, policy: 'streaming', storage: { weights } })
  const loadMs = performance.now() - began
  try {
    const words = Array.from({ length: tokens }, (_, i) => ` word ${i % 97}`).join('')
    const perToken = words.length / (await model.countTokens(words))
    const text = words.slice(0, Math.round(tokens * perToken))
    await model.read(text.slice(0, Math.min(text.length, 4096))) // compiles what is compiled at first use
    const document = await model.read(text)
    const { ids, decodeTokensPerSecond, timeToFirstTokenMs } = await document.ask('What is this?', {
      maxTokens: answerTokens,
    }).summary
    return {
      model: basename(path),
      weights,
      machine: machine(),
      adapter: model.adapter,
      settings: model.settings,
      loadMs: Math.round(loadMs),
      tokensRead: document.tokens,
      readTokensPerSecond: Math.round((10_000 * document.tokens) / document.readMs) / 10,
      timeToFirstTokenMs: Math.round(timeToFirstTokenMs),
      answerTokens: ids.length,
      decodeTokensPerSecond,
      gpuBytes: await document.memory(),
    }
  } finally {
    await model.close()
  }
}
