// One-dimensional convolution over a list of rows, then ReLU: one number per merged slot and source. A workgroup computes
// a tile of 32 sources × 32 merged slots, 4 × 4 values per lane. LoCoCo; `memory_saver` in the official code.
import package::common::head_merging::HeadMerging;

override KV_HEADS: u32;
override TAPS: u32; // odd

struct Params {
  others: u32,   // capacity of the source list, per head
  merged: u32,   // output channels
  channels: u32, // vec4s of input channels
  @align(16) heads: array<HeadMerging, KV_HEADS>, // heads that merge
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sources: array<vec4f>;      // (head, TAPS/2 + source + TAPS/2, channel/4)
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;      // (merged, channel/4, tap)
@group(0) @binding(3) var<storage, read> bias: array<f32>;           // (merged)
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;   // (head, merged, source)

const LANES = 64u;
const SIDE = 32u;
const SPAN = SIDE + TAPS - 1u; // rows that a tile of sources reads
const SOME = 8u;               // taps loaded at once
var<workgroup> rows: array<vec4f, SPAN>;        // (row): four channels
var<workgroup> taps: array<vec4f, SIDE * SOME>; // (merged, tap): four channels

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first_source = SIDE * group.x;
  let first_merged = SIDE * group.y;
  let head = group.z;
  let sources_of_head = params.heads[head].others;
  if first_source >= sources_of_head { return; } // the grid covers the longest list; this head's is shorter
  let all_rows = params.others + TAPS - 1u;
  let across = lane % 8u; // column of sources
  let down = lane / 8u;   // row of merged slots
  var sums: array<array<f32, 4>, 4>; // (source, merged)

  for (var quad = 0u; quad < params.channels; quad++) {
    for (var i = lane; i < SPAN; i += LANES) {
      let row = min(first_source + i, all_rows - 1u);
      rows[i] = sources[(head * all_rows + row) * params.channels + quad];
    }
    for (var first_tap = 0u; first_tap < TAPS; first_tap += SOME) {
      for (var i = lane; i < SIDE * SOME; i += LANES) {
        let out = min(first_merged + i / SOME, params.merged - 1u);
        let tap = first_tap + i % SOME;
        var weight = vec4f();
        if tap < TAPS { weight = weights[(out * params.channels + quad) * TAPS + tap]; }
        taps[i] = weight;
      }
      workgroupBarrier();
      for (var t = 0u; t < min(SOME, TAPS - first_tap); t++) {
        for (var i = 0u; i < 4u; i++) {
          let row = rows[across + 8u * i + first_tap + t];
          for (var j = 0u; j < 4u; j++) { sums[i][j] += dot(row, taps[(down + 8u * j) * SOME + t]); }
        }
      }
      workgroupBarrier();
    }
  }

  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let source = first_source + across + 8u * i;
      let out = first_merged + down + 8u * j;
      if source < sources_of_head && out < params.merged {
        logits[(head * params.merged + out) * params.others + source] = max(0.0, sums[i][j] + bias[out]);
      }
    }
  }
}
