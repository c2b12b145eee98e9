import { joinSpans as expected } from '../../reference/join_spans.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { joinSpans } from './join_spans.ts'

gpuTest.for([
  [1, 1, 8, 1, [3]],
  [6, 2, 12, 5, [1, 4]],
  [4, 4, 80, 3, [2, 1, 5, 2]],
] as const)('%d heads on %d kv heads of size %d', async ([...shape], { gpu }) => {
  const [heads, kvHeads, headSize, rows, spans] = shape
  const width = heads * headSize
  const most = Math.max(...spans)
  // spans beyond a head's own hold NaN and may not be read
  const written = (span: number, head: number) =>
    span < (spans[Math.floor((head * kvHeads) / heads)] ?? 0)
  const outputs = Array.from({ length: most }, (_, span) =>
    randomValues(rows * width, 3 + span).map((value, i) =>
      written(span, Math.floor((i % width) / headSize)) ? value : NaN,
    ),
  )
  const lse = Array.from({ length: most }, (_, span) =>
    randomValues(rows * heads, 30 + span).map((value, i) =>
      written(span, i % heads) ? 20 * value : NaN,
    ),
  )
  lse[0]?.fill(-1e30, 0, heads) // a row that sees nothing of its head's first span
  spans.forEach((count, kvHead) => {
    if (count === 1) lse[0]?.fill(2, (kvHead * heads) / kvHeads, ((kvHead + 1) * heads) / kvHeads)
  })
  const buffers = {
    span_outputs: gpu.uploadRows(joined(outputs), width),
    span_lse: gpu.upload(joined(lse)),
    output: gpu.zeroRows(rows, width),
    lse: gpu.upload(new Float32Array(rows * heads)),
  }
  await gpu.run(
    joinSpans,
    { HEADS: heads, KV_HEADS: kvHeads, HEAD_SIZE: headSize },
    { rows, out_width: padded(width), heads: spans.map((count) => ({ spans: count })) },
    buffers,
    [heads, rows],
  )
  const whole = expected({ outputs, lse }, spans, { heads, headSize })
  expectClose(await gpu.readRows(buffers.output, width), whole.outputs, tolerance.attention)
  expectClose(await gpu.readValues(buffers.lse), whole.lse, tolerance.attention)
})

function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(parts.flatMap((part) => [...part]))
}
