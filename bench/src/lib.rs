//! What the hand-written contenders share: the parameters they take, the records they read, their
//! SQL, and how they serve.

pub mod handwritten;
