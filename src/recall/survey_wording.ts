// What the model is asked about a piece, and how it is asked to join its answers. Measured among others: docs/research/survey.md.
// A way out, such as "or write none", makes small models take it nearly always.

export function askedOfPiece(question: string): string {
  return `The text above is one part of a longer document. Answer from this part alone, in short lines.
${question}`
}

export function askedOfAnswers(question: string): string {
  return `The lines above are answers to one question, each from another part of a document. Join them into one answer. Keep everything that answers the question, and say nothing twice.
${question}`
}
