// Calls that are required of a random model, which would write anything.
import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { load } from '../index.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

const template =
  '{% if tools %}Tools: {{ tools | tojson }} <tool_call> </tool_call>\n{% endif %}' +
  '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: '
const parameters = {
  type: 'object',
  properties: { hour: { type: 'integer' } },
  required: ['hour'],
}
const tools = [{ name: 'clock', parameters }]

test('a call that is required is one, with arguments of its schema', async () => {
  const files = [
    ...modelFiles(randomModel(smallShape, 4), 'F32'),
    new File([template], 'chat_template.jinja'),
  ]
  const model = await load(files, {
    gpu: sharedGpu,
    budget: 60,
    chunk: 40,
    tail: 400,
    policy: 'streaming',
  })
  expect(model.canCallTools).toBe(true)
  const document = await model.read('The tide turned at dusk. '.repeat(8))
  const required = { tools, toolChoice: 'required', maxTokens: 100, logProbs: 2 } as const
  const asked = document.ask('When?', required)
  const pieces: string[] = []
  for await (const piece of asked) pieces.push(piece)
  const { text, calls, finish, logProbs = [] } = await asked.summary
  expect({ pieces, text, finish }).toEqual({ pieces: [], text: '', finish: 'end' })
  expect(calls).toEqual([{ name: 'clock', arguments: { hour: expect.any(Number) as number } }])
  const inName = logProbs.find((token) => token.text === 'n') // nothing else may come behind {"
  expect(inName?.likeliest).toHaveLength(1)
  expect(inName?.logProb).toBeCloseTo(0, 5)
  await model.close()
})
