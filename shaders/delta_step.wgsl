// A gated delta net on one token or a few, one after the other. A workgroup has SLICE columns of a value head's state, and
// a lane some dimensions of the key.
import package::common::delta_net::{
  KEYS, KEY_SIZE, VALUE_HEADS, VALUE_SIZE, key_head, beta_at, decay_at, sigmoid, log_decay, state_before, state_after
};

struct Params {
  rows: u32,
  first: u32,       // token of row 0, counted from the text's first
  tail_from: u32,   // tokens from this on follow the document
  mixed_width: u32, // values in a padded row of [q; k; v; output gate; β; decay]
  convolved_width: u32, // values in a padded row of [q; k; v]
  readout_quads: u32,   // vec4s in a padded row of the output
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mixed: array<f32>;              // (row, [q; k; v; output gate; β; decay])
@group(0) @binding(2) var<storage, read> convolved: array<f32>;          // (row, [q; k; v]), q and k normed
@group(0) @binding(3) var<storage, read> decays: array<f32>;             // ([rates; offsets], value head)
@group(0) @binding(4) var<storage, read_write> associations: array<vec4f>; // (document or tail, value head, key dimension, value size/4)
@group(0) @binding(5) var<storage, read_write> readout: array<vec4f>;    // (row, value head · value size/4)

const LANES = 64u;
const SLICE = 4u; // vec4s of columns; a lane has one
const PARTS = LANES / SLICE; // of the key
const DIMS = KEY_SIZE / PARTS;
var<workgroup> sums: array<vec4f, LANES>; // (part, column/4)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.y;
  let part = lane / SLICE;
  let own = group.x * SLICE + lane % SLICE; // of the value head's quads
  let of_head = key_head(head) * KEY_SIZE + part;
  let before = state_before(params.first, params.tail_from);
  let after = state_after(params.first, params.tail_from);
  let matrix = (head * KEY_SIZE + part) * (VALUE_SIZE / 4u) + own;

  var state: array<vec4f, DIMS>;
  for (var i = 0u; i < DIMS; i++) {
    if params.first > 0u { state[i] = associations[before + matrix + i * PARTS * (VALUE_SIZE / 4u)]; }
  }
  for (var row = 0u; row < params.rows; row++) {
    let of_row = row * params.mixed_width;
    let stays = exp(log_decay(mixed[of_row + decay_at(head)] + decays[VALUE_HEADS + head], decays[head]));
    let start = row * params.convolved_width;
    let query = start + of_head;
    let key = query + KEYS;
    var known = vec4f();
    for (var i = 0u; i < DIMS; i++) {
      state[i] *= stays;
      known += state[i] * convolved[key + i * PARTS];
    }
    known = over_parts(lane, known);
    let at = start + 2u * KEYS + head * VALUE_SIZE + 4u * own;
    let value = vec4f(convolved[at], convolved[at + 1u], convolved[at + 2u], convolved[at + 3u]);
    let news = sigmoid(mixed[of_row + beta_at(head)]) * (value - known);
    var found = vec4f();
    for (var i = 0u; i < DIMS; i++) {
      state[i] += news * convolved[key + i * PARTS];
      found += state[i] * convolved[query + i * PARTS];
    }
    found = over_parts(lane, found);
    if part == 0u { readout[row * params.readout_quads + head * (VALUE_SIZE / 4u) + own] = found; }
  }
  for (var i = 0u; i < DIMS; i++) {
    associations[after + matrix + i * PARTS * (VALUE_SIZE / 4u)] = state[i];
  }
}

/// The sum over all parts of a column. Contains barriers.
fn over_parts(lane: u32, mine: vec4f) -> vec4f {
  workgroupBarrier(); // `sums` is read until here
  sums[lane] = mine;
  for (var half = LANES / 2u; half >= SLICE; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();
  return sums[lane % SLICE];
}
