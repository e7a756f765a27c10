//! What stands beside the entities, against the entities and against the data dictionary.

mod declarations;
mod dictionary;
