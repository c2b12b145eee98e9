// The slots of a block's rows in a KV head. KV heads may differ in their number of slots and lie one after the other.

struct HeadRows {
  @align(16) offset: u32, // of the head's slot 0 among all slots of the layer
  first_slot: u32,        // slot of row 0; row r has slot first_slot + r and sees no later slot
}
