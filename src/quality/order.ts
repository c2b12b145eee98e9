// The order of samples in a report: the full cache first, then policies, tasks and budgets as they are listed elsewhere.
import { policyNames } from '../api/policies.ts'
import { taskNames } from '../tasks/tasks.ts'
import type { SampleRecord } from './record.ts'

export const fullPolicy = 'full'

export function ordered(records: readonly SampleRecord[]): SampleRecord[] {
  return [...records].sort(
    (a, b) =>
      policyRank(a.policy) - policyRank(b.policy) ||
      byText(a.policy, b.policy) ||
      taskRank(a.task) - taskRank(b.task) ||
      byText(a.task, b.task) ||
      a.length - b.length ||
      b.budget - a.budget ||
      a.document - b.document ||
      a.turn - b.turn ||
      byText(a.prompt, b.prompt),
  )
}

/** Labels with settings follow the policy's plain name. */
function policyRank(label: string): number {
  return label === fullPolicy ? -1 : rank(policyNames, label.split(':')[0])
}

/** `lines (question first)` follows `lines`; names of files come last. */
function taskRank(task: string): number {
  return rank(taskNames, task.split(' ')[0])
}

function rank(names: readonly string[], name: string | undefined): number {
  const found = names.findIndex((known) => known === name)
  return found < 0 ? names.length : found
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
