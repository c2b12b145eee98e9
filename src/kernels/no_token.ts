/** Stands in the place of an id where logits name no next token; NO_TOKEN in the shaders. No vocabulary has it. */
export const noToken = 2 ** 32 - 1
