// Only checked: the types stand by themselves, without types of other packages.
import { load, type AnswerSummary, type LongDocument, type Model } from 'longtab'

export async function answered(question: string): Promise<AnswerSummary> {
  const model: Model = await load('owner/name', {
    budget: 2048,
    policy: { name: 'streaming', sinks: 4 },
  })
  const document: LongDocument = await model.read(new Blob(['text']))
  return document.ask(question).summary
}
