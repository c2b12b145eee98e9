// The registry of tasks.
import { prefixSuffix, systemPrompt } from './conversations.ts'
import { keyValues, mathFind, numberString, passkey } from './infinite.ts'
import { lines } from './lines.ts'
import { countInvoices, listInvoices, listSightings } from './lists.ts'
import { log } from './log.ts'
import { prose } from './prose.ts'
import { needleGrid, niah, niahForms } from './ruler_niah.ts'
import { variables, variableTurns } from './ruler_variables.ts'
import { commonWords, frequentWords } from './ruler_words.ts'
import type { Generator } from './task.ts'

export const tasks = {
  niah_single_1: niah(niahForms.niah_single_1),
  niah_single_2: niah(niahForms.niah_single_2),
  niah_single_3: niah(niahForms.niah_single_3),
  niah_multikey_1: niah(niahForms.niah_multikey_1),
  niah_multikey_2: niah(niahForms.niah_multikey_2),
  niah_multikey_3: niah(niahForms.niah_multikey_3),
  niah_multivalue: niah(niahForms.niah_multivalue),
  niah_multiquery: niah(niahForms.niah_multiquery),
  vt: variables,
  cwe: commonWords,
  fwe: frequentWords,
  passkey,
  number_string: numberString,
  kv: keyValues(false),
  math_find: mathFind,
  lines,
  needle_grid: needleGrid,
  kv_turns: keyValues(true),
  prefix_suffix_turns: prefixSuffix,
  vt_turns: variableTurns,
  system_prompt: systemPrompt,
  log,
  list_invoices: listInvoices,
  count_invoices: countInvoices,
  list_sightings: listSightings,
  prose,
} satisfies Record<string, Generator>

export type TaskName = keyof typeof tasks

export const taskNames = Object.keys(tasks) as TaskName[]
