// Where the rows of a block lie in a KV head. Every head has slots of its own number; they lie one head behind the other.

struct HeadRows {
  @align(16) offset: u32, // of the head's slot 0 among all slots of the layer
  first_slot: u32,        // slot of row 0; row r has slot first_slot + r and sees no slot behind it
}
