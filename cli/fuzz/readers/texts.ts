// Readers of what makes text: tokenizers, chat templates, encodings, saved documents.
import { createHash } from 'node:crypto'
import { about } from '../../../src/saved/about.fixture.ts'
import { describeSaved } from '../../../src/saved/describe.ts'
import { blobPart, listPart } from '../../../src/saved/part.ts'
import { openSavedFile } from '../../../src/saved/read.ts'
import { writeSaved } from '../../../src/saved/write.ts'
import { byteBpe, metaspaceFirst, splitBpe } from '../../../src/testing/small_tokenizers.ts'
import { openChat } from '../../../src/text/chat.ts'
import { openText } from '../../../src/text/source.ts'
import { openTokenizer } from '../../../src/text/tokenizer.ts'
import { inBytes } from '../damage/bytes.ts'
import { inHeader, withHeader } from '../damage/header.ts'
import { damagedJson, inJson } from '../damage/json.ts'
import { bytesOf, textOf, type Damage, type Reader } from '../reader.ts'
import { files, fixture } from './models.ts'

const nobody = () => undefined

export const texts: Readonly<Record<string, Reader>> = {
  tokenizer: {
    files: files(() => [
      ...[byteBpe, metaspaceFirst, splitBpe].map(({ tokenizer }) => bytesOf(tokenizer)),
      ...['families/gemma4', 'gqa-tied-f32'].map((path) => fixture(`${path}/tokenizer.json`)),
    ]),
    damage: inJson,
    async read(bytes) {
      const tokenizer = openTokenizer({ tokenizer: textOf(bytes) })
      const ids = tokenizer.encode('The boat, 1987:\n  œuvre <|user|>', 'control', 'start')
      tokenizer.decode(ids)
      tokenizer.encode('went out', 'data', 'inside')
    },
    short: 40,
    share: [0.05, 0.95],
  },
  'tokenizer-config': {
    files: files(() => [
      bytesOf(splitBpe.config ?? ''),
      ...['families/gemma4', 'families/llama3', 'gqa-tied-f32'].map((path) =>
        fixture(`${path}/tokenizer_config.json`),
      ),
    ]),
    damage: inJson,
    async read(bytes) {
      const given = { ...splitBpe, config: textOf(bytes) }
      const tokenizer = openTokenizer(given)
      openChat(tokenizer, given).tail('Where to?')
    },
    short: 40,
    share: [0.05, 0.95],
  },
  template: {
    files: files(() => templates.map(bytesOf)),
    damage: inBytes({
      pieces: [
        ...['{{', '}}', '{%', '%}', '{#', '#}', '|', '(', ')', '[', ']', '.', '~', "'", '"', '-'],
        ...['range(999999999)', '* 999999999', '{% for a in messages %}', '{% endfor %}'],
        ...['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', ' | join', ' | tojson', ' | map'],
        ...['constructor', '__proto__', "['constructor']", '[::0]', ' is defined', 'namespace('],
      ],
    }),
    async read(bytes) {
      const tokenizer = openTokenizer(splitBpe)
      const chat = openChat(tokenizer, { ...splitBpe, chatTemplateJinja: textOf(bytes) })
      chat.tail('Where to?', { history: [{ question: 'Who?', answer: 'Ann.' }], think: true })
    },
    short: 60,
    share: [0.05, 1],
  },
  text: {
    files: files(() => [
      bytesOf('Ångström, “quoted” 日本語の文章です。\n'.repeat(20)),
      Uint8Array.from(Buffer.from('The café is closed, señor.\r\n'.repeat(20), 'latin1')),
      Uint8Array.from(Buffer.from('\ufeffПривет, мир\n'.repeat(20), 'utf16le')),
      Uint8Array.from(Buffer.from('1b2442244f2422246a1b2842'.repeat(20), 'hex')), // ISO-2022-JP
      Uint8Array.from(Buffer.from('82b182f182c982bf82cd90a28a45'.repeat(20), 'hex')), // Shift_JIS
    ]),
    damage: inBytes({
      pieces: [
        '\xff\xfe',
        '\xfe\xff',
        '\xef\xbb\xbf',
        '\0',
        '\0\0\0\0',
        '\x1b$B',
        '\x1b(B',
        '\xed\xa0\x80',
        '%PDF-',
        '\x84\x31\x95\x33',
      ],
    }),
    async read(bytes) {
      for (const source of [new Blob([bytes]), new Blob([bytes]).stream()]) {
        const text = openText(source)
        for await (const _ of text.chunks);
        text.notes()
      }
    },
    short: 60,
    share: [0.3, 0.99],
  },
  saved: {
    files: files(async () => {
      const parts = [
        blobPart('text', new Blob(['The boat left.'])),
        listPart('ids', Uint32Array.of(1, 2)),
      ]
      const file = await writeSaved(about, parts, nobody)
      return [new Uint8Array(await file.arrayBuffer())]
    }),
    damage: (file, random) => chosenDamage(random)(file, random),
    async read(bytes) {
      const file = new Blob([bytes])
      await describeSaved(file)
      await (await openSavedFile(file)).check(nobody)
    },
    short: 60,
    share: [0.005, 0.7],
  },
}

/** Half of the inputs have a right hash over damaged contents: whoever makes such a file can compute it. */
const chosenDamage = (random: (below: number) => number): Damage =>
  random(2) === 0 ? inHeader : inContents

const inContents: Damage = (file, random) =>
  withHeader(file, (header) => {
    const json = JSON.parse(header) as { __metadata__: Record<string, string> }
    const contents = damagedJson(json.__metadata__['contents'] ?? '', random)
    const hash = createHash('sha256').update(contents).digest('hex')
    Object.assign(json.__metadata__, { contents, contents_sha256: hash })
    return JSON.stringify(json)
  })

const templates = [
  '{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>\n{{ m.content | trim }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}',
  "{% set ns = namespace(last=0) %}{% for m in messages %}{% if m['role'] == 'user' %}{% set ns.last = loop.index0 %}[INST] {{ m['content'] }} [/INST]{% elif m.role == 'assistant' %}{{ m.content.split('</think>')[-1] | trim }}{{ eos_token }}{% endif %}{% endfor %}{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}",
  "{%- macro said(m, name='x') -%}{{ name ~ ': ' ~ m.content }}{%- endmacro -%}{% for m in messages[::-1] | reverse %}{{ said(m, m.role | upper) }}\n{% endfor %}{{ strftime_now('%d %b %Y') }}{% for i in range(3) %}{{ '%s-%d' | format('a', i) }}{% endfor %}",
]
