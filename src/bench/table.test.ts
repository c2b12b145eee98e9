import { expect, test } from 'vitest'
import { table } from './table.ts'

test('columns line up, numbers at the right', () => {
  expect(
    table(
      ['name', 'ms'],
      [
        ['a', 5],
        ['longer', 1234],
      ],
    ),
  ).toBe(
    ['| name   |   ms |', '| ------ | ---: |', '| a      |    5 |', '| longer | 1234 |'].join('\n'),
  )
})
