// The slots that a token of the decode step sees, cut into spans from the first.

const SPAN = 128u; // slots of a workgroup

struct Slots {
  first: u32,
  end: u32,
}

/// Of the slots before `visible` the newest `window`.
fn slots_of(visible: u32, window: u32) -> Slots {
  return Slots(visible - min(visible, window), visible);
}

fn spans_of(slots: Slots) -> u32 {
  return (slots.end - slots.first + SPAN - 1u) / SPAN;
}
