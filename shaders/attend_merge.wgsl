// Joins the spans of attend_token: outputs weighted by how far each span's top score lies below the highest.
// One workgroup per query head.
import package::common::head::{HEAD_SIZE, ROW};
import package::common::rows::{unmixed, Quads, BLOCKS, BLOCK_QUADS};

override HEADS: u32;

struct Params {
  spans: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stats: array<vec2f>;      // (span, head): top score, sum of shares
@group(0) @binding(2) var<storage, read> outputs: array<f32>;      // (span, head, padded head size), as values are stored
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // (head · head size)
@group(0) @binding(4) var<storage, read_write> log_sums: array<f32>; // (head): log Σ exp(score)

const LANES = 64u;
var<workgroup> joined: array<f32, 8u * ROW>; // (padded head size), as values are stored

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  var top = -1e30;
  for (var span = 0u; span < params.spans; span++) { top = max(top, stats[span * HEADS + head].x); }
  var whole = 0.0;
  for (var span = 0u; span < params.spans; span++) {
    let stat = stats[span * HEADS + head];
    whole += exp(stat.x - top) * stat.y;
  }
  if lane == 0u { log_sums[head] = top + log(whole); }
  for (var dim = lane; dim < HEAD_SIZE; dim += LANES) {
    var sum = 0.0;
    for (var span = 0u; span < params.spans; span++) {
      sum += exp(stats[span * HEADS + head].x - top) * outputs[(span * HEADS + head) * 8u * ROW + dim];
    }
    joined[dim] = sum / whole;
  }
  workgroupBarrier();
  for (var b = lane; b < BLOCKS; b += LANES) {
    var quads: Quads;
    for (var i = 0u; i < 4u * BLOCK_QUADS; i++) { quads[i / 4u][i % 4u] = joined[4u * BLOCK_QUADS * b + i]; }
    quads = unmixed(quads);
    for (var i = 0u; i < 4u * BLOCK_QUADS; i++) {
      let dim = 4u * BLOCK_QUADS * b + i;
      if dim < HEAD_SIZE { output[head * HEAD_SIZE + dim] = quads[i / 4u][i % 4u]; }
    }
  }
}
