// The policies of a quality run, requested or all that the model can run, and the report's notes on them.
import { needs, policyTraits, policyNames, type PolicyName } from '../../src/api/policies.ts'
import { chosenPolicy } from '../../src/plan/settings.ts'
import { fullPolicy } from '../../src/quality/order.ts'
import { UsageError } from '../shell/command.ts'
import { compressorOf, compressorSlots, hasHeads, hashOfFiles } from './model.ts'
import type { PolicySpec, QualityOptions } from './options.ts'

/** A policy with everything that its passes depend on. */
export interface PolicyToRun extends PolicySpec {
  /** merged slots of its compressor; 0 where it merges nothing */
  readonly merged: number
  /** of its own files; undefined where it has none */
  readonly filesHash: string | undefined
}

const full: PolicySpec = { label: fullPolicy, policy: 'full', settings: {}, files: {} }

/** Throws UsageError where a requested policy lacks a file it needs. */
export async function policiesToRun(options: QualityOptions): Promise<PolicyToRun[]> {
  const shared = await compressorOf(options)
  const has = { heads: await hasHeads(options), compressor: shared !== undefined }
  return Promise.all(
    chosenPolicies(options, has).map(async (spec) => {
      const { policy, files } = spec
      if (needs(policy, 'retaining heads') && !has.heads && files.heads === undefined) {
        throw lacks(spec, 'retaining heads')
      }
      const own = Object.values(files).length > 0
      const filesHash = own ? await hashOfFiles(files) : undefined
      if (!needs(policy, 'compressor')) return { ...spec, merged: 0, filesHash }
      const compressor = files.compressor ?? shared
      if (compressor === undefined) throw lacks(spec, 'a compressor')
      return { ...spec, merged: await compressorSlots(compressor), filesHash }
    }),
  )
}

function lacks({ label }: PolicySpec, what: 'retaining heads' | 'a compressor'): UsageError {
  const flag = what === 'a compressor' ? '--compressor' : '--heads'
  return new UsageError(
    `--policies ${label} needs ${what} and this model came with none; name a file in ${flag} or leave the policy out`,
  )
}

/** Full first, then in the requested order; by default those that the model can run. */
export function chosenPolicies(
  { policies, cache }: Pick<QualityOptions, 'policies' | 'cache'>,
  has: { readonly heads: boolean; readonly compressor: boolean },
): PolicySpec[] {
  const sums = cache === 'f16' || cache === 'f32' // rows in codes cannot be summed
  const can = (name: PolicyName) =>
    (has.heads || !needs(name, 'retaining heads')) &&
    (has.compressor || !needs(name, 'compressor')) &&
    (sums || !(needs(name, 'compressor') || needs(name, 'plain rows')))
  const all = policyNames
    .filter(can)
    .map((name): PolicySpec => ({ label: name, policy: name, settings: {}, files: {} }))
  return [full, ...(policies ?? all).filter(({ label }) => label !== fullPolicy)]
}

/** Whether a requested policy merges with the common compressor, which must then be the model's own. */
export function mayMerge(options: QualityOptions): boolean {
  const { compressor } = options
  return (
    compressor === undefined &&
    chosenPolicies(options, { heads: true, compressor: true }).some(
      ({ policy, files }) => needs(policy, 'compressor') && files.compressor === undefined,
    )
  )
}

/**
 * The policy that the report compares the others with.
 * @param labels of all policies with results, old or new Throws UsageError where it is none of these.
 */
export function comparedWith(
  against: string | undefined,
  labels: readonly string[],
): string | undefined {
  if (against === fullPolicy) {
    throw new UsageError('--against full is what every report has; name another policy')
  }
  if (against === undefined) return labels.includes('locret') ? 'locret' : undefined
  if (labels.includes(against)) return against
  throw new UsageError(
    `--against ${against} is none of the policies of this report, which are ${[...new Set(labels)].join(', ')}`,
  )
}

/** Whether the budget is larger than the compressor's merged slots, so that the kept share is above zero. */
export function takesBudget({ settings, merged }: PolicyToRun, budget: number): boolean {
  return chosenPolicy(settings).keptShare !== undefined || budget > merged
}

/** Policies that merge may gather units before an eviction; at equal bytes none may. */
export const equalBurst = 0

/**
 * Sentences for the report: what is left out, and how settings differ from a policy's own.
 * @param longest tokens of the longest document
 * @param context the model's context length in tokens
 */
export function notesOn(
  policies: readonly PolicyToRun[],
  budgets: readonly number[],
  longest: number,
  context: number,
): string[] {
  const beyond =
    longest > context
      ? [
          `full, and continuations, are left out where documents are longer than the ${context} tokens of the model's context.`,
        ]
      : []
  const merging = policies
    .filter(({ policy }) => needs(policy, 'compressor'))
    .flatMap((at) => {
      const { label, policy, settings, merged } = at
      const left = budgets.filter((budget) => !takesBudget(at, budget))
      const { burst = equalBurst } = settings
      const own = policyTraits[policy].burst ?? 0
      return [
        ...(left.length === 0
          ? []
          : [
              `${label} is left out at ${left.join(', ')} units kept: its compressor merges into ${merged} slots, and a budget must be above that.`,
            ]),
        burst > 0
          ? `${label} may hold up to ${burst} units more than the others (burst ${burst}).`
          : `${label} merges as soon as the budget is passed (burst 0, where its own is ${own}), so that it never holds more units than the others; a merged slot counts as a unit.`,
      ]
    })
  return [...beyond, ...merging]
}
