//! A thread a core, each with a runtime of its own.
//!
//! A request is read, planned and answered on the thread that its connection was given to, with
//! database connections that are polled there: no task changes threads between two awaits, and no
//! thread wakes another to go on. What is shared (permits, plans, verified tokens, the chain of
//! access records) is shared as it is between tasks.

use std::{cell::Cell, num::NonZero, thread};

thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// How many threads serve: as many as there are cores.
pub fn count() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// The number of the current serving thread, below [`count`]; zero on every other thread.
pub fn current() -> usize {
    NUMBER.get()
}

/// Starts the serving thread of this number, which ends with the future.
///
/// # Errors
/// When the system has no thread or no event queue to give.
pub fn start<F>(number: usize, main: impl FnOnce() -> F + Send + 'static) -> std::io::Result<()>
where
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name(format!("serve-{number}")).spawn(move || {
        NUMBER.set(number);
        runtime.block_on(main());
    })?;
    Ok(())
}
