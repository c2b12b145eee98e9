// Draws the next token by temperature, top-k and top-p. Of the `top_k` most likely it takes the smallest set whose
// probability reaches `top_p`, and one of these by a random number that depends on seed and step only.
//
// Both cuts are thresholds found by radix select as in select.wgsl, eight bits at a time, without sorting. The first
// counts tokens. The second adds up probabilities as integers of 2⁻³⁰, whose sum does not depend on the order of adding.
// Where a logit is NaN or +∞, or all are −∞, the result is NO_TOKEN.
import package::common::no_token::{NO_TOKEN, MOST, ranked};
import package::common::over_lanes::{LANES, max_over_lanes, sum_over_lanes};
import package::common::pcg::{pcg, unit};
import package::common::radix_step::{histogram, radix_step};
import package::common::running_sum::running_sum;
import package::common::sortable::sortable;

struct Params {
  vocabulary: u32,
  top_k: u32, // 1 … vocabulary
  seed: u32,
  step: u32,
  inverse_temperature: f32,
  top_p: f32, // above 0; 1 keeps all
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;    // (token)
@group(0) @binding(2) var<storage, read_write> ids: array<u32>; // (row): the result goes to row 0

const WHOLE = 1073741824.0; // 2³⁰
var<workgroup> whole: u32; // the mass of all tokens that remain

fn likelihood(logit: f32, top: f32) -> f32 {
  return exp((logit - top) * params.inverse_temperature);
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  // the highest logit
  var top = -MOST;
  for (var token = lane; token < params.vocabulary; token += LANES) { top = max(top, ranked(logits[token])); }
  top = max_over_lanes(lane, top);
  if abs(top) >= MOST {
    if lane == 0u { ids[0] = NO_TOKEN; }
    return;
  }

  // the k-th highest
  var at_least = 0u;
  var wanted = params.top_k;
  for (var sweep = 0u; sweep < 4u; sweep++) {
    let shift = 24u - 8u * sweep;
    atomicStore(&histogram[lane], 0u);
    workgroupBarrier();
    for (var token = lane; token < params.vocabulary; token += LANES) {
      let bits = sortable(logits[token]) >> shift;
      if bits >> 8u == at_least { atomicAdd(&histogram[bits & 0xffu], 1u); }
    }
    workgroupBarrier();
    let found = radix_step(lane, wanted);
    at_least = (at_least << 8u) | found.x;
    wanted = found.y;
  }

  // the sum over the remaining tokens
  var sum = 0.0;
  for (var token = lane; token < params.vocabulary; token += LANES) {
    if sortable(logits[token]) >= at_least { sum += likelihood(logits[token], top); }
  }
  let per_likelihood = WHOLE / sum_over_lanes(lane, sum);

  // the logit at which their probability reaches top_p
  var nucleus = 0u;
  var mass = max(1u, u32(params.top_p * WHOLE));
  for (var sweep = 0u; sweep < 4u; sweep++) {
    let shift = 24u - 8u * sweep;
    atomicStore(&histogram[lane], 0u);
    workgroupBarrier();
    for (var token = lane; token < params.vocabulary; token += LANES) {
      let key = sortable(logits[token]);
      if key >= at_least && (key >> shift) >> 8u == nucleus {
        let share = u32(likelihood(logits[token], top) * per_likelihood);
        atomicAdd(&histogram[(key >> shift) & 0xffu], share);
      }
    }
    workgroupBarrier();
    let found = radix_step(lane, mass);
    nucleus = (nucleus << 8u) | found.x;
    mass = found.y;
  }
  at_least = max(at_least, nucleus);

  // every lane sums a run of consecutive tokens; the random number falls into one lane's run, and there on one token
  let run = (params.vocabulary + LANES - 1u) / LANES;
  let begin = run * lane;
  let end = min(begin + run, params.vocabulary);
  var mine = 0u;
  for (var token = begin; token < end; token++) {
    if sortable(logits[token]) >= at_least {
      mine += u32(likelihood(logits[token], top) * per_likelihood);
    }
  }
  let up_to = running_sum(lane, mine);
  if lane == LANES - 1u { whole = up_to; }
  let all = workgroupUniformLoad(&whole);
  let draw = min(u32(unit(pcg(pcg(params.seed) ^ params.step)) * f32(all)), all - 1u);
  var before = up_to - mine;
  if draw >= before && draw < before + mine {
    for (var token = begin; token < end; token++) {
      if sortable(logits[token]) >= at_least {
        before += u32(likelihood(logits[token], top) * per_likelihood);
        if draw < before {
          ids[0] = token;
          break;
        }
      }
    }
  }
}
