// Copies one score per token to every KV head of a layer. Tokens without a prediction before them get the highest float.
import package::common::head_rows::HeadRows;

override KV_HEADS: u32;

struct Params {
  rows: u32,
  unpredicted: u32, // number of first rows without a prediction
  @align(16) heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;       // (row)
@group(0) @binding(2) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;
const HIGHEST = 3.4e38;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = LANES * group.x + lane;
  if row >= params.rows { return; }
  let score = select(values[row], HIGHEST, row < params.unpredicted);
  scores[params.heads[group.y].offset + params.heads[group.y].first_slot + row] = score;
}
