// An examiner in a process of its own, on the GPU that Node finds. cli/quality/in_node.ts starts it and sends it calls;
// it ends on disconnect. It needs gpu.mjs and dist/module, and only the package `webgpu` installed.
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
