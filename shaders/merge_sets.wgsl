// KVMerger (arXiv 2407.08454): every set of neighbouring slots becomes one, in the set's first slot. Its pivot is the slot
// with the highest score, of equal ones the last. Keys and values are summed with the weights of a Gaussian kernel,
// exp(−d² ÷ 2σ²). Here d is the distance of a key from the pivot's, and σ² is the mean of d² over the set. The merged
// slot takes the pivot's origin. A workgroup per set. A protected slot is a set by itself.
@if(F16) import package::common::f16::{Eight, low, high, pack};
@if(F32) import package::common::f32::{Eight, low, high, pack};
import package::common::head::ROW;
import package::common::head_eviction::HeadEviction;

override KV_HEADS: u32;

struct Params {
  @align(16) heads: array<HeadEviction, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> starts: array<u32>;         // (kv head, set): its first slot, ascending
@group(0) @binding(2) var<storage, read> scores: array<f32>;         // (kv head, slot)
@group(0) @binding(3) var<storage, read_write> squares: array<f32>;  // (kv head, slot): d²
@group(0) @binding(4) var<storage, read_write> keys: array<Eight>;   // (kv head, slot, head size/8)
@group(0) @binding(5) var<storage, read_write> values: array<Eight>; // (kv head, slot, head size/8)
@group(0) @binding(6) var<storage, read_write> origins: array<u32>;  // (kv head, slot)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.y];
  if group.x >= own.survivors { return; }
  let first = starts[own.offset + group.x];
  var end = own.occupied;
  if group.x + 1u < own.survivors { end = starts[own.offset + group.x + 1u]; }
  if first < own.pinned + own.first || end - first < 2u { return; }

  var pivot = first;
  for (var slot = first + 1u; slot < end; slot++) {
    if scores[own.offset + slot] >= scores[own.offset + pivot] { pivot = slot; }
  }
  for (var slot = first + lane; slot < end; slot += LANES) {
    var square = 0.0;
    for (var e = 0u; e < ROW; e++) {
      let key = keys[(own.offset + slot) * ROW + e];
      let center = keys[(own.offset + pivot) * ROW + e];
      let a = low(key) - low(center);
      let b = high(key) - high(center);
      square += dot(a, a) + dot(b, b);
    }
    squares[own.offset + slot] = square;
  }
  storageBarrier();
  workgroupBarrier();
  var sum = 0.0;
  for (var slot = first; slot < end; slot++) { sum += squares[own.offset + slot]; }
  let mean = max(sum / f32(end - first), 1e-24);

  for (var part = lane; part < 2u * ROW; part += LANES) {
    let e = part % ROW;
    var a = vec4f();
    var b = vec4f();
    var whole = 0.0;
    for (var slot = first; slot < end; slot++) {
      let weight = exp(-squares[own.offset + slot] / (2.0 * mean));
      var eight = keys[(own.offset + slot) * ROW + e];
      if part >= ROW { eight = values[(own.offset + slot) * ROW + e]; }
      a += weight * low(eight);
      b += weight * high(eight);
      whole += weight;
    }
    let merged = pack(a / whole, b / whole);
    if part < ROW { keys[(own.offset + first) * ROW + e] = merged; }
    else { values[(own.offset + first) * ROW + e] = merged; }
  }
  if lane == 0u { origins[own.offset + first] = origins[own.offset + pivot]; }
}
