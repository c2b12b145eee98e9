// An eviction in a KV head: its slots `pinned` … occupied − 1 shrink to `survivors`. KV heads that keep everything are
// not listed, so an index in the list is not the index of the KV head.

struct HeadEviction {
  @align(16) offset: u32, // of the head's slot 0 among all slots bound
  pinned: u32,   // slots below it stay as they are and take no part
  occupied: u32, // slots holding a token
  survivors: u32, // slots from `pinned` on that stay; fewer than occupied − pinned
  first: u32,    // oldest slots from `pinned` on that always stay
  last: u32,     // newest slots that always stay; first + last ≤ survivors
}
