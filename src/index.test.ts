// The types of the public surface. `npm run check` holds them: at run time expectTypeOf does nothing.
import { expectTypeOf, test } from 'vitest'
import type {
  Answer,
  AnswerSummary,
  AskOptions,
  CompressorTraining,
  ErrorCode,
  HeadsTraining,
  load,
  LoadOptions,
  LongDocument,
  LongtabError,
  Model,
  ModelSource,
  PolicyName,
  ReadOptions,
  SettingOverrides,
  Settings,
  storedModels,
  StoredModel,
  trainCompressor,
  trainHeads,
  TrainedHeads,
} from './index.ts'

test('a model is loaded from a name, an address or files, with any settings or none', () => {
  expectTypeOf<typeof load>().returns.toEqualTypeOf<Promise<Model>>()
  expectTypeOf<typeof load>().parameter(0).toEqualTypeOf<ModelSource>()
  expectTypeOf<typeof load>().parameter(1).toEqualTypeOf<LoadOptions | undefined>()
  expectTypeOf<'owner/name' | URL | readonly File[]>().toExtend<ModelSource>()
  expectTypeOf<Blob>().not.toExtend<ModelSource>()
  expectTypeOf<SettingOverrides>().toExtend<LoadOptions>()
  expectTypeOf<Settings>().toExtend<LoadOptions>()
})

test('options know their names and their values', () => {
  expectTypeOf<{ policy: 'locret' }>().toExtend<LoadOptions>()
  expectTypeOf<{ policy: { name: 'locret'; pool: number } }>().toExtend<LoadOptions>()
  expectTypeOf<{ policy: 'newest' }>().not.toExtend<LoadOptions>()
  expectTypeOf<{ policy: { name: 'newest' } }>().not.toExtend<LoadOptions>()
  expectTypeOf<{ storage: { cache: 'q8' } }>().not.toExtend<LoadOptions>()
  expectTypeOf<{ budget: string }>().not.toExtend<LoadOptions>()
  expectTypeOf<{ form: 'html' }>().not.toExtend<ReadOptions>()
  expectTypeOf<{ sampling: 'beam' }>().not.toExtend<AskOptions>()
  expectTypeOf<string>().not.toExtend<PolicyName>()
  expectTypeOf<'sinks' | 'weights'>().extract<keyof LoadOptions>().toBeNever()
  expectTypeOf<'budgets'>().not.toExtend<keyof LoadOptions>()
})

test('an answer is iterated for text, and its summary awaited', () => {
  expectTypeOf<Model['read']>().returns.toEqualTypeOf<Promise<LongDocument>>()
  expectTypeOf<LongDocument['ask']>().parameter(0).toBeString()
  expectTypeOf<LongDocument['ask']>().returns.toEqualTypeOf<Answer>()
  expectTypeOf<Answer>().toExtend<AsyncIterable<string>>()
  expectTypeOf<Answer['summary']>().toEqualTypeOf<Promise<AnswerSummary>>()
  expectTypeOf<AnswerSummary['firstLogits']>().toEqualTypeOf<Float32Array | undefined>()
})

test('what is read back cannot be written', () => {
  expectTypeOf<{
    -readonly [Name in keyof Settings]: Settings[Name]
  }>().not.toEqualTypeOf<Settings>()
  expectTypeOf<AnswerSummary['ids']>().toEqualTypeOf<readonly number[]>()
})

test('trainings differ in their settings', () => {
  expectTypeOf<typeof trainHeads>().returns.toEqualTypeOf<HeadsTraining>()
  expectTypeOf<typeof trainCompressor>().returns.toEqualTypeOf<CompressorTraining>()
  expectTypeOf<HeadsTraining['finished']>().toEqualTypeOf<Promise<TrainedHeads>>()
  expectTypeOf<CompressorTraining>().not.toEqualTypeOf<HeadsTraining>()
  expectTypeOf<TrainedHeads['file']>().toExtend<LoadOptions['heads']>()
})

test('an error has a code of a closed list; what is stored is listed', () => {
  expectTypeOf<LongtabError>().toExtend<Error>()
  expectTypeOf<LongtabError['code']>().toEqualTypeOf<ErrorCode>()
  expectTypeOf<'timeout'>().not.toExtend<ErrorCode>()
  expectTypeOf<typeof storedModels>().returns.toEqualTypeOf<Promise<StoredModel[]>>()
})
