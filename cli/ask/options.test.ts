import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAsk } from './options.ts'
import { UsageError } from '../shell/command.ts'

let folder: string
let model: string
let text: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longtab-ask-'))
  model = join(folder, 'model')
  text = join(folder, 'text.txt')
  await mkdir(model)
  await writeFile(join(model, 'config.json'), '{}')
  await writeFile(text, 'text')
  await writeFile(join(folder, 'empty.txt'), '')
})

afterAll(() => rm(folder, { recursive: true }))

function parse(...args: string[]) {
  return parseAsk(['--document', text, '--question', 'why?', ...args], model)
}

describe('parseAsk', () => {
  it('takes a debug level, 0 by default, and no other', () => {
    expect(parse()).toMatchObject({ debug: 0 })
    expect(parse('--debug', '2')).toMatchObject({ debug: 2 })
    expect(() => parse('--debug', '4')).toThrow(UsageError)
  })

  it('takes the name of a real model for what is not on this disk', () => {
    expect(parse('--model', 'smollm2-135m')).toMatchObject({ model: 'smollm2-135m' })
    expect(() => parse('--model', 'smollm2-136m')).toThrow(/is not a folder or a \.gguf file/)
  })

  it('leaves to the engine what was not given', () => {
    expect(parse()).toEqual({
      model,
      named: { title: 'text.txt', source: model },
      document: text,
      question: 'why?',
      settings: { policy: {}, storage: {} },
      answer: {
        maxTokens: 256,
        sampling: 'greedy',
        stop: [],
        showSpecial: false,
        think: false,
        evenIfAbsent: false,
        seed: 0,
        keepFirstLogits: false,
      },
      template: [],
      templateVariables: {},
      html: 'article',
      chat: false,
      skim: false,
      survey: false,
      join: false,
      raw: false,
      adapter: 'auto',
      kernels: 'measured',
      debug: 0,
    })
  })

  it('reads every flag', () => {
    const all =
      '--model https://host/m --heads https://host/h --policy random --budget 64 --chunk 32 --stabilizers 0 --local 7 ' +
      '--positions original --weights f32 --max-tokens 5 --temperature 0.7 --top-k 40 --top-p 0.9 --seed 3 --raw ' +
      '--sampling model --stop END --stop ### --show-special --think --encoding koi8-r ' +
      '--html whole --password open ' +
      '--template effort=high --template depth=2 --template terse=true ' +
      '--adapter software --debug 3 --kernels portable'
    expect(
      parse(...all.split(' '), '--json', join(folder, 'o.json'), '--dump', join(folder, 'd')),
    ).toEqual({
      model: 'https://host/m',
      named: { title: 'text.txt', source: 'https://host/m' },
      document: text,
      question: 'why?',
      heads: 'https://host/h',
      settings: {
        budget: 64,
        chunk: 32,
        local: 7,
        positions: 'original',
        policy: { name: 'random', stabilizers: 0, seed: 3 },
        storage: { weights: 'f32' },
      },
      answer: {
        maxTokens: 5,
        temperature: 0.7,
        topK: 40,
        topP: 0.9,
        sampling: 'model',
        stop: ['END', '###'],
        showSpecial: true,
        think: true,
        evenIfAbsent: false,
        seed: 3,
        keepFirstLogits: true,
      },
      encoding: 'koi8-r',
      html: 'whole',
      password: 'open',
      template: ['effort=high', 'depth=2', 'terse=true'],
      templateVariables: { effort: 'high', depth: 2, terse: true },
      chat: false,
      skim: false,
      survey: false,
      join: false,
      raw: true,
      json: join(folder, 'o.json'),
      dump: join(folder, 'd'),
      adapter: 'software',
      kernels: 'portable',
      debug: 3,
    })
  })

  it('takes questions by standard input in a chat, and the document from a file', () => {
    expect(parseAsk(['--document', text, '--chat'], model)).toMatchObject({
      chat: true,
      question: '',
    })
    expect(() => parseAsk(['--document', '-', '--chat'], model)).toThrow(/must be a file/)
    expect(() => parse('--chat', '--raw')).toThrow(/leave one of them out/)
  })

  it('skims for passages', () => {
    expect(parse('--skim')).toMatchObject({ skim: true, settings: { recall: 'passages' } })
    expect(parse('--skim', '--reread', '4')).toMatchObject({ settings: { reread: 4 } })
    expect(() => parse('--skim', '--raw')).toThrow(/leave one of them out/)
  })

  it('surveys passages, with one question', () => {
    expect(parse('--survey')).toMatchObject({ survey: true, settings: { recall: 'passages' } })
    expect(() => parse('--survey', '--chat')).toThrow(/leave out --raw and --chat/)
    expect(() => parse('--join')).toThrow(/give --survey with it/)
  })

  it('takes the format of a document, and none of a raw text', () => {
    expect(parse('--format', 'html')).toMatchObject({ format: 'html' })
    expect(() => parse('--format', 'html', '--raw')).toThrow(/leave --format out/)
  })

  it('refuses an encoding that does not exist, and half a variable', () => {
    expect(() => parse('--encoding', 'klingon')).toThrow(
      /--encoding: there is no encoding "klingon"/,
    )
    expect(() => parse('--template', 'effort')).toThrow('--template effort must be NAME=VALUE')
  })

  it('takes standard input for a document, and an address, which names it', () => {
    expect(parse('--document', '-')).toMatchObject({ document: '-' })
    expect(parse('--document', 'https://example.org/emma.epub')).toMatchObject({
      document: 'https://example.org/emma.epub',
      named: { title: 'emma.epub' },
    })
  })

  it('keeps a question as it was typed, and in raw text even an empty one', () => {
    expect(parse('--question= a "time"\n')).toMatchObject({ question: ' a "time"\n' })
    expect(parse('--raw', '--question', '')).toMatchObject({ question: '' })
    expect(() => parse('--question', '')).toThrow('--question is missing or empty')
  })

  it.each([
    ['--fast', "unknown option '--fast'"],
    ['extra', "unexpected argument 'extra'"],
    ['--budget', "'--budget <N>' argument missing"],
    ['--budget=-3', "--budget must be a whole number of at least 1, not '-3'"],
    ['--budget=0', "--budget must be a whole number of at least 1, not '0'"],
    ['--chunk=1.5', "--chunk must be a whole number of at least 1, not '1.5'"],
    ['--local=', "--local must be a whole number of at least 0, not ''"],
    ['--max-tokens=99999999999999999999', '--max-tokens must be a whole number'],
    ['--temperature=hot', "--temperature must be a number of at least 0, not 'hot'"],
    ['--top-p=2', "--top-p must be a number between 0 and 1, not '2'"],
    ['--format=doc', '--format must be one of text, markdown, code, csv,'],
    ['--policy=lru', '--policy must be one of locret, streaming, window,'],
    ['--kept-share=2', "--kept-share must be a number between 0 and 1, not '2'"],
    ['--burst=-1', "--burst must be a whole number of at least 0, not '-1'"],
    ['--compressor=/no/such/file', '--compressor /no/such/file does not exist'],
    ['--raw=yes', "unknown option '--raw=yes'"],
    ['--model=/no/such/folder', '--model /no/such/folder is not a folder'],
    ['--document=/no/such/file', '--document /no/such/file does not exist'],
    ['--heads=/no/such/file', '--heads /no/such/file does not exist'],
    ['--json=/no/such/folder/o.json', '--json /no/such/folder/o.json cannot be written'],
  ])('refuses %s in one line', (argument, complaint) => {
    let message = ''
    try {
      parse(argument)
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      message = (error as Error).message
    }
    expect(message).toContain(complaint)
    expect(message).not.toContain('\n')
  })

  it('refuses stabilizers that fill the budget, unless nothing is evicted', () => {
    expect(() => parse('--budget', '8', '--stabilizers', '8')).toThrow(
      '--stabilizers 8 must be fewer than --budget 8',
    )
    expect(parse('--budget', '8', '--stabilizers', '8', '--policy', 'full')).toBeTypeOf('object')
  })

  it('refuses a folder that is no model, a folder for a document and an empty document', () => {
    expect(() => parse('--model', folder)).toThrow('has no config.json')
    expect(() => parse('--document', folder)).toThrow('is a folder')
    expect(() => parse('--document', join(folder, 'empty.txt'))).toThrow('is empty')
  })

  it('names what is missing', () => {
    expect(() => parseAsk(['--question', 'a'], model)).toThrow('name the text with --document')
    expect(() => parseAsk(['--document', text], model)).toThrow('--question is missing or empty')
  })

  it('takes one document, to be read or opened', () => {
    const args = (...given: string[]) => parseAsk(given, model)
    expect(args('--open', text, '--question', 'why?')).toMatchObject({ open: text })
    expect(() => args('--question', 'why?')).toThrow(/--document, or .* --open/)
    expect(() => parse('--open', text)).toThrow(/--document, or .* --open/)
    expect(() => args('--open', text, '--question', 'why?', '--skim')).toThrow(/leave out --skim/)
    expect(() => args('--open', text, '--raw', '--question', 'on')).toThrow(/leave out --question/)
    expect(args('--open', text, '--raw')).toMatchObject({ raw: true, question: '' })
  })

  it('saves where a file can be written', () => {
    const file = join(folder, 'saved.longtab')
    expect(parse('--save', file)).toMatchObject({ save: file })
    expect(() => parse('--save', folder)).toThrow(/--save .* cannot be written/)
    expect(() => parse('--save', join(folder, 'none', 'x'))).toThrow(/cannot be written/)
  })
})
