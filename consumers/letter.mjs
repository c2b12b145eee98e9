// What every consumer reads and is asked.
export const letter = `<!doctype html><title>A letter</title>
<p>The night passed quietly. Nothing else to remark. Served out rice to the crew.</p>
<p>The pass key is 09090. Remember it. 09090 is the pass key.</p>
<p>Sounded in 38 fathoms, sand and shell. Served out coffee to the crew.</p>`

export const question = 'What is the pass key?'
