// Gradient of a convolution's weights, added to `gradient`. For every tap it is the sum over KV heads and sources of
// output slope × the input at that tap. A workgroup computes 32 output channels × 32 input channels of one tap, 4 × 4
// values per lane.

override TAPS: u32; // odd

struct Params {
  others: u32,   // sources per KV head
  merged: u32,   // output channels
  channels: u32, // vec4s of input channels
  kv_heads: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slopes: array<f32>;             // (kv head, merged, source)
@group(0) @binding(2) var<storage, read> sources: array<vec4f>;          // (kv head, TAPS/2 + source + TAPS/2, channel/4)
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;   // (merged, channel/4, tap)

const LANES = 64u;
const SIDE = 32u;
const QUADS = 8u;
const DEPTH = 16u; // sources per step
var<workgroup> outs: array<f32, DEPTH * SIDE>;   // (source, merged)
var<workgroup> ins: array<vec4f, DEPTH * QUADS>; // (source, channel/4)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first_quad = QUADS * group.x;
  let first_merged = SIDE * group.y;
  let tap = group.z;
  let all_rows = params.others + TAPS - 1u;
  let across = lane % QUADS; // column of input channels
  let down = lane / QUADS;   // row of merged slots
  var sums: array<vec4f, 4>;

  for (var head = 0u; head < params.kv_heads; head++) {
    for (var step = 0u; step < params.others; step += DEPTH) {
      for (var i = lane; i < DEPTH * SIDE; i += LANES) {
        let source = step + i % DEPTH;
        let merged = first_merged + i / DEPTH;
        var slope = 0.0;
        if source < params.others && merged < params.merged {
          slope = slopes[(head * params.merged + merged) * params.others + source];
        }
        outs[(i % DEPTH) * SIDE + i / DEPTH] = slope;
      }
      for (var i = lane; i < DEPTH * QUADS; i += LANES) {
        let row = min(step + i / QUADS + tap, all_rows - 1u); // past the last source the slopes are zero
        let quad = min(first_quad + i % QUADS, params.channels - 1u);
        ins[i] = sources[(head * all_rows + row) * params.channels + quad];
      }
      workgroupBarrier();
      for (var k = 0u; k < DEPTH; k++) {
        let in = ins[k * QUADS + across];
        for (var j = 0u; j < 4u; j++) { sums[j] += outs[k * SIDE + down + 8u * j] * in; }
      }
      workgroupBarrier();
    }
  }

  let quad = first_quad + across;
  for (var j = 0u; j < 4u; j++) {
    let merged = first_merged + down + 8u * j;
    if merged < params.merged && quad < params.channels {
      gradient[(merged * params.channels + quad) * TAPS + tap] += sums[j];
    }
  }
}
