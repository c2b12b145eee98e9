// Knorm (arXiv 2406.11430): a key's score is minus its length. Short keys tend to get the most attention.
@if(F16) import package::common::f16::{Eight, low, high};
@if(F32) import package::common::f32::{Eight, low, high};

override HEAD_SIZE: u32;

struct Params {
  first_slot: u32, // of the new keys
  rows: u32,
  capacity: u32,   // slots reserved per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> keys: array<Eight>;       // (kv head, slot, head size/8)
@group(0) @binding(2) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;
const ROW = (HEAD_SIZE + 7u) / 8u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = LANES * group.x + lane;
  if row >= params.rows { return; }
  let slot = group.y * params.capacity + params.first_slot + row;
  var sum = 0.0;
  for (var e = 0u; e < ROW; e++) {
    let eight = keys[slot * ROW + e];
    sum += dot(low(eight), low(eight)) + dot(high(eight), high(eight));
  }
  scores[slot] = -sqrt(sum);
}
