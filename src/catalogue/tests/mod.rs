//! What stands beside the entities, against the entities and against the data dictionary.

mod code_lists;
mod declarations;
mod dictionary;
