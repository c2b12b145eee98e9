// An examiner in a process of its own, on the GPU that Node finds. cli/quality/in_node.ts starts it and sends it calls; it ends when
// that process lets go of it. Needs gpu.mjs and dist/module, and nothing installed but the package `webgpu`.
import { createExaminer } from '../../dist/module/examiner.js'
import { load } from '../../dist/module/longtab.js'
import { nodeGpu } from './gpu.mjs'

const gpu = await nodeGpu()
const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
const examiner = createExaminer((model, options) => load(model, { ...options, gpu }))
const calls = { ...examiner, device: async () => adapter?.info.device ?? 'no GPU' }

process.on('message', ({ id, name, given }) => {
  calls[name](...given).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: error.stack }),
  )
})
process.on('disconnect', () => process.exit()) // Dawn's threads would keep it alive
