// Shape and numbers that the kernels of a gated delta net share. A head keeps a matrix S, which a token changes to
// e^g S + k (news)ᵀ with news = β (v − e^g Sᵀ k), and reads as Sᵀ q. The state of what follows the document lies behind the
// document's, which so outlasts an answer.

override KEY_HEADS: u32;
override VALUE_HEADS: u32;
override KEY_SIZE: u32;   // a multiple of 16, as VALUE_SIZE is
override VALUE_SIZE: u32;
override IN_TURN: u32; // 0: value heads that follow one another share a key head, 1: every KEY_HEADS-th

const KEYS = KEY_HEADS * KEY_SIZE;
const VALUES = VALUE_HEADS * VALUE_SIZE;
const CHANNELS = 2u * KEYS + VALUES; // q, k and v of a token
const STATE_QUADS = VALUE_HEADS * KEY_SIZE * VALUE_SIZE / 4u;

/// The key head of a value head.
fn key_head(head: u32) -> u32 {
  return select(head / (VALUE_HEADS / KEY_HEADS), head % KEY_HEADS, IN_TURN == 1u);
}

/// Place of β in a row of [q; k; v; output gate; β; decay].
fn beta_at(head: u32) -> u32 {
  return CHANNELS + VALUES + head;
}

/// Place of what the decay is computed from.
fn decay_at(head: u32) -> u32 {
  return CHANNELS + VALUES + VALUE_HEADS + head;
}

fn sigmoid(x: f32) -> f32 {
  return 1.0 / (1.0 + exp(-x));
}

/// g, the logarithm of the share of S that outlasts a token: −exp(rate) · softplus(x).
fn log_decay(x: f32, rate: f32) -> f32 {
  let small = exp(-abs(x));
  // a sum with one would round small away
  let log_of_sum = select(log(1.0 + small), small * (1.0 - small * (0.5 - small / 3.0)), small < 0.01);
  return -exp(rate) * (max(x, 0.0) + log_of_sum);
}

/// First vec4 of the state that the token `first` meets, which is none before the text's first token.
fn state_before(first: u32, tail_from: u32) -> u32 {
  return select(0u, STATE_QUADS, first > tail_from);
}

/// The same of the state that it leaves.
fn state_after(first: u32, tail_from: u32) -> u32 {
  return select(0u, STATE_QUADS, first >= tail_from);
}
