//! The population in the making, on a thread of its own: the database is never waited for by more
//! than a few portions, nor waits itself.

use entity::{administrative_unit, due_refresh, organization};
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::{JoinHandle, spawn_blocking},
};

use super::{Encoded, Summary};
use crate::demo::{Options, Population, due, organizations};

/// Portions that may be made ahead; together with the portion's size this bounds memory.
const AHEAD: usize = 2;

/// Some tables' rows, each after the rows it refers to.
pub(super) struct Portion<T> {
    pub persons: u64,
    pub tables: Vec<T>,
}

/// Makes portions until all were taken or nobody takes them any more.
pub(super) struct Production<T> {
    portions: Receiver<Portion<T>>,
    producer: JoinHandle<anyhow::Result<Summary>>,
}

impl<T: Encoded> Production<T> {
    pub fn start(options: Options, units: Vec<administrative_unit::Model>) -> Self {
        let (sender, portions) = channel(AHEAD);
        let producer = spawn_blocking(move || produce(options, &units, &sender));
        Self { portions, producer }
    }

    /// The next portion; none after the last, or when no more can be made: [`Self::finish`] tells.
    pub async fn next(&mut self) -> Option<Portion<T>> {
        self.portions.recv().await
    }

    /// How many rows were made.
    pub async fn finish(self) -> anyhow::Result<Summary> {
        self.producer.await?
    }
}

fn produce<T: Encoded>(
    options: Options,
    units: &[administrative_unit::Model],
    sender: &Sender<Portion<T>>,
) -> anyhow::Result<Summary> {
    let mut summary = Summary::default();
    let organizations = organizations(units);
    summary.add("organizations", organizations.len() as u64);
    let tables = vec![T::of::<organization::Entity>(&organizations)?];
    let mut taken = sender.blocking_send(Portion { persons: 0, tables }).is_ok();
    let mut population = Population::new(options, units);
    while taken && let Some(batch) = population.next_batch() {
        for (table, rows) in batch.row_counts() {
            summary.add(table, rows);
        }
        let (persons, tables) = (batch.persons.len() as u64, batch.encode()?);
        taken = sender.blocking_send(Portion { persons, tables }).is_ok();
    }
    if taken {
        // Nobody is to be worked out again.
        let done = due::done(&options, population.persons());
        summary.add("due_refresh", 1);
        let tables = vec![T::of::<due_refresh::Entity>(&[done])?];
        let _ = sender.blocking_send(Portion { persons: 0, tables });
    }
    Ok(summary)
}
