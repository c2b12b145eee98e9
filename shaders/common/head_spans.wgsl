// A KV head whose slots are dealt out to workgroups, its spans: as many tiles of slots to each, give or take one.

struct HeadSpans {
  @align(16) offset: u32, // of the head's slot 0 among all slots of the layer
  first_slot: u32,        // slot of row 0; row r has slot first_slot + r and sees no slot behind it
  first_span: u32,        // of the head among those of all heads
  spans: u32,
}

/// First slot of a span, and the first behind it, when slots `begin` … `end` are dealt out.
fn slots_of_span(span: u32, spans: u32, begin: u32, end: u32, tile: u32) -> vec2u {
  let tiles = (end - begin + tile - 1u) / tile;
  let bounds = begin + tile * (vec2u(span, span + 1u) * tiles / spans);
  return min(bounds, vec2u(end));
}
