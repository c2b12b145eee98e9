import { Template } from '@huggingface/jinja'
import { expect, it } from 'vitest'
import { strftime, templateFunctions, withOwnCalls } from './template_functions.ts'

const date = new Date(2024, 2, 5, 15, 4, 9, 7) // a Tuesday in a leap year

it.each([
  ['%d %b %Y', '05 Mar 2024'],
  ['%A, %B %e, %Y', 'Tuesday, March  5, 2024'],
  ['%a %h %-d', 'Tue Mar 5'],
  ['%Y-%m-%d %H:%M:%S', '2024-03-05 15:04:09'],
  ['%F %T', '2024-03-05 15:04:09'],
  ['%I:%M %p', '03:04 PM'],
  ['%-I %R %D', '3 15:04 03/05/24'],
  ['%y %j %u %w', '24 065 2 2'],
  ['%U %W', '09 10'],
  ['%f', '007000'],
  ['%x %X', '03/05/24 15:04:09'],
  ['%c', 'Tue Mar  5 15:04:09 2024'],
  ['100 %% %n%t.', '100 % \n\t.'],
  ['%Q', '%Q'],
])('strftime %j is %j', (format, expected) => {
  expect(strftime(date, format)).toBe(expected)
})

it('knows midnight, noon and Sunday', () => {
  expect(strftime(new Date(2023, 0, 1, 0, 30), '%I %p %u %w %U %W %j')).toBe('12 AM 7 0 01 00 001')
  expect(strftime(new Date(2023, 11, 31, 12), '%I %p %j')).toBe('12 PM 365')
})

it('gives templates the present', () => {
  expect(templateFunctions(() => date).date_now('%Y')).toBe('2024')
})

it.each<[string, unknown[], string]>([
  ['%s has %d of %5.2f', ['a', 3.7, Math.PI], 'a has 3 of  3.14'],
  ['%-4s|%4s|%03d|%x', ['a', 'b', 7, 255], 'a   |   b|007|ff'],
  ['100 %%', [], '100 %'],
])('formats %j', (format, values, expected) => {
  expect(templateFunctions().format_percent(format, ...values)).toBe(expected)
})

it('fills braces', () => {
  const { format_braces } = templateFunctions()
  expect(format_braces('{} and {}', 'a', 'b')).toBe('a and b')
  expect(format_braces('{1} before {0}, {{}}', 'a', 'b')).toBe('b before a, {}')
})

it('changes nothing else of a template', () => {
  const template = "{{ 'a|b' }} {{ x | format(1) }} {% if y == '.format(' %}{% endif %}"
  expect(withOwnCalls(template)).toBe(template)
  expect(withOwnCalls(`{{ "it's %s" | format(x) }}`)).toBe(`{{ format_percent("it's %s", x) }}`)
})

it('counts as Python does, inside of tags alone, and not without end', () => {
  const render = (template: string) =>
    new Template(withOwnCalls(template)).render(templateFunctions())
  const text = 'range(2): {% for i in range(3) %}{{ i }}{% endfor %} {{ range(5, 0, -2) | join }}'
  expect(render(text)).toBe('range(2): 012 531')
  expect(() => render('{{ range(999999999) | length }}')).toThrow(
    'it counts to 999,999,999, and at most 10,000 numbers are made',
  )
  const often = '{% for i in range(200) %}{% for j in range(200) %}{% endfor %}{% endfor %}'
  expect(() => render(often)).toThrow('at most 10,000 numbers')
})
