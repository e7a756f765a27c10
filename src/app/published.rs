//! Documents that anybody may read.

use std::sync::Arc;

use super::Gateway;
use crate::published;

impl Gateway {
    /// The document at a path, as JSON; none where there is none. It is made once for as long as units and
    /// organizations stay what they are.
    pub fn published(&self, path: &str) -> Option<Arc<str>> {
        let registers = self.directory.read().clone();
        let made = || published::document(path, &registers).map(|document| document.to_string());
        registers.remembered(path, made)
    }
}
