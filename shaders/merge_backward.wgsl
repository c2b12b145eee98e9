// Backward of merging: from the slopes of merged keys and values to those of the merge weights. The slope for a merged
// slot and a source is the dot product of their rows. A lane has one source and four merged slots.

override HEAD_SIZE: u32;

struct Params {
  others: u32,  // sources per KV head
  padding: u32, // rows of zeros on either side of the list
  merged: u32,  // merged slots per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> merged_slopes: array<vec4f>;       // (kv head, merged, [k; v]/4)
@group(0) @binding(2) var<storage, read> sources: array<vec4f>;             // (kv head, padding + source + padding, [k; v]/4)
@group(0) @binding(3) var<storage, read_write> weight_slopes: array<f32>;   // (kv head, merged, source)

const LANES = 64u;
const FOUR = 4u; // merged slots per lane
const QUADS = 4u * ((HEAD_SIZE + 7u) / 8u); // of [k; v]

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let source = LANES * group.x + lane;
  if source >= params.others { return; }
  let first = FOUR * group.y;
  let head = group.z;
  let row = (head * (params.others + 2u * params.padding) + params.padding + source) * QUADS;
  var sums: array<f32, FOUR>;
  for (var quad = 0u; quad < QUADS; quad++) {
    let values = sources[row + quad];
    for (var i = 0u; i < FOUR; i++) {
      let merged = min(first + i, params.merged - 1u);
      sums[i] += dot(values, merged_slopes[(head * params.merged + merged) * QUADS + quad]);
    }
  }
  for (var i = 0u; i < FOUR && first + i < params.merged; i++) {
    weight_slopes[(head * params.merged + first + i) * params.others + source] = sums[i];
  }
}
