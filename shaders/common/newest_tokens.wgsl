// What convolutions keep of the newest tokens: a ring by token. What follows the document has a ring of its own, so that the
// document's outlasts an answer. RING tokens are enough that those before a draft outlast its refused ones.

const CHANNELS = 64u; // of a workgroup
const STRIP = 16u; // rows of a workgroup; at least the taps, so that only the first workgroup reads the ring, which it overwrites

/// Where a token lies in (document or tail, token mod ring).
fn ring_row(token: u32, tail_from: u32, ring: u32) -> u32 {
  return select(0u, ring, token >= tail_from) + token % ring;
}
