// The remaining work: passes of a policy at a budget over the documents without results.
import { draws, needs } from '../../src/api/policies.ts'
import type { PassageChoice } from '../../src/quality/examiner.ts'
import { grouped } from '../../src/quality/grouped.ts'
import type { SampleRecord } from '../../src/quality/record.ts'
import { fullPolicy } from '../../src/quality/order.ts'
import type { SettingOverrides } from '../../src/api/settings.ts'
import { chosenPolicy } from '../../src/plan/settings.ts'
import { hashOf } from './model.ts'
import type { Budget, PolicyFiles, PolicySpec, QualityOptions } from './options.ts'
import { equalBurst, takesBudget, type PolicyToRun } from './policies.ts'
import type { Prompt } from './prompts.ts'
import { only } from '../shell/command_line.ts'
import { dealt } from '../shell/shard.ts'
import { sourceFlags } from '../models/flags.ts'

export interface Pass {
  readonly label: string
  /** units kept; Infinity for `full` */
  readonly budget: number
  readonly settings: SettingOverrides
  /** its own, and the options' where it has none */
  readonly files: PolicyFiles
  readonly passages?: PassageChoice
  readonly documents: readonly PlannedDocument[]
}

export interface PlannedDocument {
  readonly key: string
  readonly prompt: Prompt
  /** its results exist; it is read for the logits that others are compared with */
  readonly isReference: boolean
}

/**
 * Documents ascend in length, so that a pass's memory peak so far is the document's own. A shard has a document under all
 * policies, since they are compared on it.
 * @param prompts of all shards, whose longest sets what every pass reserves
 * @param records results so far
 * @param model hash of the model
 * @param context the model's context length in tokens
 */
export function planPasses(
  options: QualityOptions,
  policies: readonly PolicyToRun[],
  prompts: readonly Prompt[],
  records: readonly SampleRecord[],
  model: string,
  context: number,
): Pass[] {
  const sorted = [...prompts].sort((a, b) => a.length - b.length)
  const own = dealt(sorted, options.shard)
  const done = grouped(records, ({ key }) => key)
  const isDone = ({ key, prompt }: PlannedDocument) =>
    done.get(key)?.length === Math.max(1, prompt.questions.length)

  const passes = policies.flatMap((spec) => {
    const budgets = spec.policy === fullPolicy ? [Infinity] : budgetsFor(options, sorted)
    const files = { ...only(options, sourceFlags), ...spec.files }
    const ownFiles = spec.filesHash === undefined ? [] : [spec.filesHash]
    const taken = budgets.filter((budget) => takesBudget(spec, budget))
    return taken.map((budget): Pass => {
      const settings = settingsFor(spec, budget, sorted, options)
      const { tail: _, ...decisive } = settings
      const documents = own
        .filter((prompt) => isRead(prompt, budget === Infinity, context))
        .filter(({ length }) => budget === Infinity || applies(options, budget, length))
        .map((prompt) => ({
          key: hashOf(
            model,
            JSON.stringify([spec.label, decisive, options.turns, prompt.exam, ...ownFiles]),
          ),
          prompt,
          isReference: false,
        }))
      const { label, passages } = spec
      return { label, budget, settings, files, documents, ...(passages && { passages }) }
    })
  })
  const open = passes
    .filter(({ label }) => label !== fullPolicy)
    .map((pass) => ({ ...pass, documents: pass.documents.filter((at) => !isDone(at)) }))
  const withContinuation = new Set(
    open.flatMap(({ documents }) => documents.map(({ prompt }) => prompt.exam.prompt)),
  )
  const reference = passes
    .filter(({ label }) => label === fullPolicy)
    .map((pass) => ({
      ...pass,
      documents: pass.documents.flatMap((at) => {
        if (!isDone(at)) return [at]
        const { continuation, prompt } = at.prompt.exam
        const isWanted = continuation !== undefined && withContinuation.has(prompt)
        return isWanted ? [{ ...at, isReference: true }] : []
      }),
    }))
  return [...reference, ...open].filter(({ documents }) => documents.length > 0)
}

/**
 * The full cache does not read documents longer than the model's context, since it would use positions that the model
 * does not know. Continuations of such documents are left out, since they could not be compared.
 */
function isRead({ length, exam }: Prompt, isFull: boolean, context: number): boolean {
  return length <= context || (!isFull && exam.continuation === undefined)
}

/** Units kept, descending. */
export function budgetsFor({ budgets }: QualityOptions, prompts: readonly Prompt[]): number[] {
  const lengths = [...new Set(prompts.map(({ length }) => length))]
  const units = budgets.flatMap((budget) => lengths.map((length) => unitsOf(budget, length)))
  return [...new Set(units)].sort((a, b) => b - a)
}

/** A share applies to one length, a number of units to all. */
function applies({ budgets }: QualityOptions, units: number, length: number): boolean {
  return budgets.some((budget) => unitsOf(budget, length) === units)
}

function unitsOf(budget: Budget, length: number): number {
  return 'tokens' in budget ? budget.tokens : Math.max(8, Math.round(budget.share * length))
}

const fullChunk = 512

function settingsFor(
  { policy, settings }: PolicySpec,
  budget: number,
  prompts: readonly Prompt[],
  options: QualityOptions,
): SettingOverrides {
  const { cache, positions, seed } = options
  const tail = Math.max(...prompts.map((prompt) => prompt.tail))
  return {
    ...sizeOf(budget, options),
    ...(needs(policy, 'compressor') && { burst: equalBurst }),
    ...{ tail, local: 0, positions },
    ...settings,
    policy: { ...(draws(policy) && { seed }), ...chosenPolicy(settings), name: policy },
    storage: { cache, ...settings.storage },
  }
}

function sizeOf(budget: number, { chunk }: QualityOptions): SettingOverrides {
  if (budget === Infinity) return { chunk: fullChunk }
  return { budget, chunk: chunk ?? Math.max(16, Math.round(budget / 2)) }
}

/**
 * The largest readings of a run, as far as they are known without a tokenizer: the full cache at its start, and the
 * largest budget.
 */
export function largestReadings(options: QualityOptions): SettingOverrides[] {
  const { budgets, lengths, cache } = options
  const units = budgets.flatMap((budget) => lengths.map((length) => unitsOf(budget, length)))
  return [
    { policy: fullPolicy, ...sizeOf(Infinity, options), storage: { cache } },
    { policy: 'streaming', ...sizeOf(Math.max(...units), options), storage: { cache } },
  ]
}
