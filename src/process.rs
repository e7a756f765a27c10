//! What the system may learn of this process.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Keeps keys and people's data that are in memory from being written to disk when the program
/// ends unexpectedly, and from being read by other programs of the same user.
///
/// What the system does not let this process set it has set more strictly, or has not.
pub fn keep_memory_private() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
