// A KV head whose slots are split into spans, one workgroup each. Spans differ by at most one tile of slots.

struct HeadSpans {
  @align(16) offset: u32, // of the head's slot 0 among all slots of the layer
  first_slot: u32,        // slot of row 0; row r has slot first_slot + r and sees no later slot
  first_span: u32,        // index of the head's first span among those of all heads
  spans: u32,
}

/// First slot of a span and the end of it, when slots `begin` … `end` are split into spans.
fn slots_of_span(span: u32, spans: u32, begin: u32, end: u32, tile: u32) -> vec2u {
  let tiles = (end - begin + tile - 1u) / tile;
  let bounds = begin + tile * (vec2u(span, span + 1u) * tiles / spans);
  return min(bounds, vec2u(end));
}
