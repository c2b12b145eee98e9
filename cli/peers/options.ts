// The command line of `npm run bench -- --peers`.
import { adapterFlag } from '../browser/adapters.ts'
import { commandLine, type Given } from '../shell/command_line.ts'
import { given, oneOf, text, whole } from '../shell/flag.ts'
import { contestantNames } from './contestants.ts'
import { onnxStorages } from './onnx/llama.ts'

const flags = {
  peers: given('this comparison'),
  only: oneOf('NAME', contestantNames, 'who is measured', ' (default: all)').several(),
  model: text('M', 'a GGUF file of a Llama, or a name of npm run real-models').or('smollm2-135m'),
  tokens: whole(1, 'lengths of the texts (default: 512, 2,048, 8,192 and 32,768)').several(),
  answer: whole(2, 'tokens of each answer').or('32'),
  rounds: whole(1, 'how often each is measured, in turns').or('3'),
  limit: whole(1, 'seconds after which a cell is ended').or('300'),
  onnx: oneOf(
    'P',
    onnxStorages,
    'weights of transformers.js',
    ' (default: q4f16 on GPUs with f16, else q4)',
  ),
  from: text(
    'FILE',
    'makes the tables of comparisons that were kept, and measures nothing',
  ).several(),
  page: text('FILE', 'Markdown whose section between its two marks is written anew'),
  adapter: adapterFlag,
  out: text('DIR', 'where the JSON and the Markdown go').or('bench-results'),
}

export type PeersOptions = Given<typeof flags>

const defaultTokens = [512, 2048, 8192, 32_768]

/** Throws UsageError. */
export function parsePeers(args: readonly string[]): PeersOptions {
  const options = commandLine(
    {
      usage: 'npm run bench -- --peers [options]',
      about:
        'Measures Longtab beside transformers.js and wllama: the same model, texts and browser. Their packages are fetched from npm into LONGTAB_PEERS, by default ~/.cache/longtab/peers.',
      flags,
    },
    args,
  )
  return options.tokens.length === 0 ? { ...options, tokens: defaultTokens } : options
}
