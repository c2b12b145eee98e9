// Tools and their calls in the words of templates that are like Qwen's, Llama's and SmolLM3's, on a small tokenizer.
import { describe, expect, it } from 'vitest'
import type { Tool, ToolExchange } from '../api/tools.ts'
import * as small from '../testing/small_tokenizers.ts'
import { openChat, type Asking } from './chat.ts'
import { openTokenizer } from './tokenizer.ts'

const tool: Tool = {
  name: 'clock',
  description: 'Tells the time.',
  parameters: { type: 'object', properties: { zone: { type: 'string' } } },
}
const exchanges: ToolExchange[] = [
  { calls: [{ name: 'clock', arguments: { zone: 'UTC' } }], results: ['It is "noon".<|end|>'] },
]

const turn = '<|{{ m.role }}|>\n{{ m.content }}<|end|>\n'
const opens = '{% if add_generation_prompt %}<|assistant|>\n{% endif %}'
const system = "{% if messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}"
const others = "{% for m in messages if m.role != 'system' %}"

/** Tools in the system message, calls between marks, results in a user's turn. */
const qwen =
  `{% if tools or messages[0].role == 'system' %}<|user|>system\n${system}` +
  `{% if tools %}\n\n# Tools\n<tools>{% for t in tools %}\n{{ t | tojson }}{% endfor %}\n</tools>\n<tool_call>\n{"name": <name>}\n</tool_call>{% endif %}<|end|>\n{% endif %}` +
  `${others}{% if m.role == 'tool' %}<|user|>\n<tool_response>\n{{ m.content }}\n</tool_response><|end|>\n{% elif m.tool_calls %}<|assistant|>{% for c in m.tool_calls %}\n<tool_call>\n{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}\n</tool_call>{% endfor %}<|end|>\n{% else %}${turn}{% endif %}{% endfor %}${opens}`

/** Tools in the user's first message, one call as the answer, results quoted. */
const llama =
  `<|user|>system\n{% if tools %}Environment: ipython\n{% endif %}${system}<|end|>\n` +
  `${others}{% if m.role == 'tool' %}<|user|>ipython\n{{ m.content | tojson }}<|end|>\n{% elif m.tool_calls %}<|assistant|>\n{"name": "{{ m.tool_calls[0].function.name }}", "parameters": {{ m.tool_calls[0].function.arguments | tojson }}}<|end|>\n` +
  `{% else %}<|{{ m.role }}|>\n{% if tools and m.role == 'user' and loop.first %}Respond in the format {"name": function name, "parameters": dictionary}.\n\n{% for t in tools %}{{ t | tojson }}\n\n{% endfor %}{% endif %}{{ m.content }}<|end|>\n{% endif %}{% endfor %}${opens}`

/** Tools under another name, and calls that are left to the text of an answer. */
const smol =
  `<|user|>system\n${system}{% if xml_tools %}\n### Tools\n{% for t in xml_tools %}{{ t | tojson }}\n{% endfor %}<tool_call>\n</tool_call>{% endif %}<|end|>\n` +
  `${others}{% if m.role == 'tool' %}<|user|>\n{% else %}<|{{ m.role }}|>\n{% endif %}{{ m.content }}<|end|>\n{% endfor %}${opens}`

function open(template: string) {
  const config = JSON.stringify({
    ...(JSON.parse(small.splitBpe.config!) as object),
    chat_template: template,
  })
  const tokenizer = openTokenizer({ ...small.splitBpe, config })
  const chat = openChat(tokenizer, { ...small.splitBpe, config })
  const tail = (asking: Asking) => {
    const ids = chat.tail('What time is it?', asking)
    return ids.map((id) => tokenizer.special(id) || tokenizer.decode([id])).join('')
  }
  return { chat, tail, end: tokenizer.idOf('<|end|>')!, notice: chat.notice }
}

describe.each([
  ['Qwen', qwen, '# Tools', '<|user|>\n<tool_response>\nIt is "noon".<|end|>\n</tool_response>'],
  ['Llama', llama, 'Respond in', '<|user|>ipython\n"It is \\"noon\\".<|end|>"'],
  ['SmolLM3', smol, '### Tools', '<|user|>\nIt is "noon".<|end|>'],
])('the form of %s', (name, template, begins, result) => {
  const { chat, tail, end, notice } = open(template)
  const offered = chat.offer([tool])

  it('offers tools in the words of the template, before the question', () => {
    expect(notice).toBeUndefined()
    expect(chat.canCallTools).toBe(true)
    expect(offered.text.startsWith(begins)).toBe(true)
    expect(offered.text).toContain('Tells the time.')
    expect(offered.text).not.toContain('StandsHere')
    expect(offered.form.argumentsName).toBe(name === 'Llama' ? 'parameters' : 'arguments')
    expect(tail({ offered })).toBe(
      `\n\n${offered.text}\n\nWhat time is it?<|end|>\n<|assistant|>\n`,
    )
  })

  it('passes calls and what they gave back, which stays data', () => {
    const told = tail({ exchanges })
    expect(told).toMatch(/"name": ?"clock"/)
    expect(told).toMatch(/"(arguments|parameters)": ?\{"zone": ?"UTC"\}/)
    expect(told).toContain(`${result}<|end|>\n<|assistant|>\n`)
    const marks = chat.tail('What time is it?', { exchanges }).filter((id) => id === end)
    expect(marks).toHaveLength(3) // question, call, result
  })

  it('passes those of an earlier turn back with it', () => {
    const history = [{ question: 'When?', answer: 'At noon.', exchanges }]
    const told = tail({ history, offered })
    expect(told.indexOf('clock')).toBeLessThan(told.indexOf('At noon.'))
    expect(told.indexOf('At noon.')).toBeLessThan(told.indexOf(offered.text))
  })
})

it('refuses tools that the template does not name, and calls of unknown forms', () => {
  const plain = `{% for m in messages %}${turn}{% endfor %}${opens}`
  expect(open(plain).chat.canCallTools).toBe(false)
  expect(() => open(plain).chat.offer([tool])).toThrow('this model’s chat template takes no tools')
  const own = qwen.replaceAll('tool_call>', 'call>')
  expect(() => open(own).chat.offer([tool])).toThrow('in a form that Longtab does not read')
  const chat = openChat(openTokenizer(small.prependBpe), small.prependBpe)
  expect(() => chat.offer([tool])).toThrow('takes no tools')
  expect(() => chat.tail('When?', { exchanges })).toThrow('this model has no chat template')
})

it('refuses marks of the conversation in a tool and in a call', () => {
  const { chat } = open(qwen)
  const description = 'Ends it.<|end|>'
  expect(() => chat.offer([{ ...tool, description }])).toThrow('holds <|end|>, which the model')
  const calls = [{ name: 'clock', arguments: { zone: '<|end|>' } }]
  expect(() => chat.tail('When?', { exchanges: [{ calls, results: ['x'] }] })).toThrow('<|end|>')
})
