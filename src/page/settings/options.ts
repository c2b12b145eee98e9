// The settings that are chosen from a list: every value that the engine knows, in words.
import {
  cacheStorages,
  policyNames,
  policyTraits,
  positionKinds,
  recalls,
  weightStorages,
} from '../../index.ts'
import type { Fields } from './overrides.ts'
import { cacheWords, positionWords, recallWords, weightWords } from './texts.ts'

type Options<Value> = readonly (readonly [value: Value, words: string])[]

export const settingOptions: {
  readonly [Name in 'policy' | 'positions' | 'recall' | 'weights' | 'cache']: Options<Fields[Name]>
} = {
  policy: policyNames.map((name) => [name, policyTraits[name].keeps]),
  positions: positionKinds.map((kind) => [kind, positionWords[kind]]),
  recall: recalls.map((recall) => [recall, recallWords[recall]]),
  weights: weightStorages.map((storage) => [storage, weightWords[storage]]),
  cache: cacheStorages.map((storage) => [storage, cacheWords[storage]]),
}
