// Joins the spans of attend_token: their outputs, each weighted by exp(its maximum − the overall maximum). One workgroup
// per query head and token. The spans are split over PARTS groups of lanes, whose sums are added at the end.
import package::common::head::{HEAD_SIZE, QUADS};
import package::common::token_span::{slots_of, spans_of};
import package::common::rows::{unmixed, Quads, BLOCKS, BLOCK_QUADS};

override HEADS: u32;
override KV_HEADS: u32;

struct Head {
  @align(16) first_slot: u32, // of the first token, the last that it sees
  first_span: u32,
}

struct Params {
  spans: u32,     // of all KV heads
  window: u32,    // newest slots that a token sees
  out_width: u32, // values in a padded row of the output
  @align(16) heads: array<Head, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stats: array<vec2f>;      // (token, span, head of the group): maximum score, sum of shares
@group(0) @binding(2) var<storage, read> outputs: array<vec4f>;    // (token, span, head of the group, head size/4), mixed as stored
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // (token, head · head size)
@group(0) @binding(4) var<storage, read_write> lse: array<f32>; // (token, head): log Σ exp(score)

const GROUP = HEADS / KV_HEADS;
const PARTS = min(16u, 256u / QUADS); // groups of lanes that the spans are split over
const LANES = PARTS * QUADS;
var<workgroup> parts: array<vec2f, PARTS>; // maximum score, sum of shares
var<workgroup> sums: array<vec4f, LANES>;  // (part, head size/4), mixed as stored; part 0 ends as the total

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let token = group.y;
  let own = params.heads[head / GROUP];
  let spans = spans_of(slots_of(own.first_slot + token + 1u, params.window));
  let first_span = token * params.spans + own.first_span;
  let part = lane / QUADS;
  var mine = vec2f(-1e30, 0.0);
  var sum = vec4f();
  for (var span = part; span < spans; span += PARTS) {
    let at = (first_span + span) * GROUP + head % GROUP;
    let stat = stats[at];
    let top = max(mine.x, stat.x);
    let before = exp(mine.x - top);
    let now = exp(stat.x - top);
    sum = before * sum + now * outputs[at * QUADS + lane % QUADS];
    mine = vec2f(top, before * mine.y + now * stat.y);
  }
  if lane % QUADS == 0u { parts[part] = mine; }
  sums[lane] = sum;
  workgroupBarrier();

  if lane < QUADS {
    var top = parts[0].x;
    for (var p = 1u; p < PARTS; p++) { top = max(top, parts[p].x); }
    var whole = 0.0;
    var all = vec4f();
    for (var p = 0u; p < PARTS; p++) {
      let share = exp(parts[p].x - top);
      whole += share * parts[p].y;
      all += share * sums[p * QUADS + lane];
    }
    sums[lane] = all / whole;
    if lane == 0u { lse[token * HEADS + head] = top + log(whole); }
  }
  workgroupBarrier();
  for (var b = lane; b < BLOCKS; b += LANES) {
    var quads: Quads;
    for (var i = 0u; i < BLOCK_QUADS; i++) { quads[i] = sums[BLOCK_QUADS * b + i]; }
    quads = unmixed(quads);
    for (var i = 0u; i < 4u * BLOCK_QUADS; i++) {
      let dim = 4u * BLOCK_QUADS * b + i;
      if dim < HEAD_SIZE { output[token * params.out_width + head * HEAD_SIZE + dim] = quads[i / 4u][i % 4u]; }
    }
  }
}
