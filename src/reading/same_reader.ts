// Whether a saved document was read as the model that is loaded would read it: with the same model, the same settings, and
// what was trained for them. Otherwise its answers would be others than those it was saved with, or none.
import type { Settings } from '../api/settings.ts'
import { LongtabError } from '../api/errors.ts'
import type { Plan } from '../plan/plan.ts'
import type { About, AboutModel } from '../saved/about.ts'

/**
 * @param name of the file, for messages
 * @param ours what the model is loaded with
 * Throws LongtabError `other-model`, `bad-setting`.
 */
export function requireSameReader(name: string, about: About, ours: AboutModel, plan: Plan): void {
  requireModel(name, about.model, ours)
  requireSettings(name, about, plan)
  requireTrained(name, about, ours, plan)
}

function requireModel(name: string, theirs: AboutModel, ours: AboutModel): void {
  if (theirs.fingerprint !== ours.fingerprint)
    throw other(
      `${name} was read with ${theirs.source} (${theirs.shape}, final norm ${short(theirs.fingerprint)}) and the model that is loaded is ${ours.source} (${ours.shape}, final norm ${short(ours.fingerprint)}); load ${theirs.source} to open it`,
    )
}

/** What differs though model and settings are the same. */
function requireTrained(
  name: string,
  { model: theirs, budgets, settings }: About,
  ours: AboutModel,
  plan: Plan,
): void {
  if (theirs.weights !== ours.weights)
    throw other(
      `${name} was read with another build of this model: some of its weights hash to ${short(theirs.weights)} in ${theirs.source} and to ${short(ours.weights)} in ${ours.source}; load the build that the document was read with`,
    )
  if (theirs.heads !== ours.heads)
    throw other(
      `${name} was read with ${shown(theirs.heads, 'retaining heads')} and the model is loaded with ${shown(ours.heads, 'retaining heads')}; load it with the heads that the document was read with`,
    )
  if (theirs.compressor !== ours.compressor)
    throw other(
      `${name} was read with ${shown(theirs.compressor, 'a compressor')} and the model is loaded with ${shown(ours.compressor, 'a compressor')}; load it with the compressor that the document was read with`,
    )
  if (JSON.stringify(budgets) !== JSON.stringify(plan.budgets))
    throw other(
      `${name} was read with a budget of ${settings.budget} that was dealt out otherwise than the shares of this model's heads file deal it; load it with the heads that the document was read with`,
    )
}

function other(message: string): LongtabError {
  return new LongtabError('other-model', message)
}

/** The end of a fingerprint or hash. */
function short(hash: string): string {
  return `${hash.replace(/^.*:/, '').slice(0, 8)}…`
}

function shown(hash: string | undefined, what: string): string {
  return hash === undefined ? `no ${what.replace(/^a /, '')}` : `${what} ${short(hash)}`
}

/** Settings of an answer, which a document can be opened with whatever they were. */
const ofAnswers = ['reread', 'doubtBelow']

function requireSettings(name: string, { settings }: About, plan: Plan): void {
  const theirs = flat(settings)
  const ours = flat(plan.settings)
  const differing = [...new Set([...theirs.keys(), ...ours.keys()])].filter(
    (one) => !ofAnswers.includes(one) && theirs.get(one) !== ours.get(one),
  )
  if (differing.length > 0) {
    const listed = (of: ReadonlyMap<string, string>) =>
      differing.map((one) => `${one} ${of.get(one) ?? 'unset'}`).join(', ')
    throw new LongtabError(
      'bad-setting',
      `${name} was read with ${listed(theirs)} and the model is loaded with ${listed(ours)}; load it with the document's settings`,
    )
  }
}

/** Settings by their names alone: those of policy and storage have names of their own. */
function flat(settings: Settings): Map<string, string> {
  const { policy, storage, ...others } = settings
  const { name, ...own } = policy
  const { weights, cache } = storage
  const all = {
    ...others,
    policy: name,
    ...own,
    'weights stored as': weights,
    'cache stored as': cache,
  }
  return new Map(
    Object.entries<string | number | undefined>(all).flatMap(([one, value]) =>
      value === undefined ? [] : [[one, String(value)] as const],
    ),
  )
}
