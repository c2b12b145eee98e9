// LongEval's lines (Li et al. 2023, LMSYS "How long can open-source LLMs truly promise on context length"): a record of
// named registers, one of which is asked for. The published prompt has no answer prefix. The lead here is ours, so that
// models without chat are asked as in RULER.
import { fit } from './fit.ts'
import { firstInteger } from './metrics.ts'
import type { Generator, Question } from './task.ts'
import { newKey } from './words.ts'

const header =
  "Below is a record of lines I want you to remember. Each line begins with 'line <line index>' and contains a '<REGISTER_CONTENT>' at the end of the line as a numerical value. For each line index, memorize its corresponding <REGISTER_CONTENT>. At the end of the record, I will ask you to retrieve the corresponding <REGISTER_CONTENT> of a certain line index. Now the record start:"

export const lines: Generator = (request) =>
  fit(request, request.questions, (size, random) => {
    const taken = new Set<string>()
    const records = Array.from({ length: size }, () => ({
      name: newKey(request.words, random, taken),
      value: 1 + random.below(50_000),
    }))
    const text = records.map(({ name, value }) => `line ${name}: REGISTER_CONTENT is <${value}>`)
    const indices = random.sample([...records.keys()], request.questions)
    return {
      context: `${header}\n\n${text.join('\n')}`,
      questions: indices.map((index): Question => {
        const { name = '', value = 0 } = records[index] ?? {}
        return {
          question: `Now the record is over. Tell me what is the <REGISTER_CONTENT> in line ${name}? I need the number.`,
          lead: ` The <REGISTER_CONTENT> in line ${name} is`,
          answers: [String(value)],
          metric: firstInteger,
          maxTokens: 16,
          depth: index / Math.max(1, size - 1),
        }
      }),
    }
  })
