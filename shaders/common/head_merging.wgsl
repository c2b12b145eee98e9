// The merged slots of a KV head.

struct HeadMerging {
  @align(16) offset: u32, // of the head's slot 0 among all slots of the layer
  others: u32,            // slots to merge
  first_merged: u32,      // slot of the first merged slot
}
