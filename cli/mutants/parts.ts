// What is changed, and where the tests lie that have to notice.

export interface Part {
  readonly sources: readonly string[]
  /** folder of the tests; those beyond it are not run, so that each change takes seconds */
  readonly tests: string
}

export const parts: Readonly<Record<string, Part>> = {
  text: {
    sources: ['src/text/{stops,thinking,trimmed_end,word_cache}.ts'],
    tests: 'src/text',
  },
  retry: { sources: ['src/files/store/retry.ts'], tests: 'src/files/store' },
  zip: { sources: ['src/files/zip_directory.ts'], tests: 'src/documents' },
  chunks: { sources: ['src/reading/chunks.ts'], tests: 'src/reading' },
  budgets: { sources: ['src/plan/allocation.ts'], tests: 'src/plan' },
  drop: { sources: ['src/policies/drop.ts'], tests: 'src/policies' },
  grammar: {
    sources: ['src/grammar/{grammar,json_rules,json_schema,token_mask}.ts'],
    tests: 'src/grammar',
  },
}
