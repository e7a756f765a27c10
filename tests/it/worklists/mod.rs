//! What is due to whom: stored items, the lists that roles work by, notices and hand-overs.

mod items;
mod lists;
mod reading;
mod rights;
