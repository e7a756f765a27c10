//! The one task that writes access records: while a batch commits, the next one gathers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::chain::ChainKey;
use super::change::{Change, ChangeError};
use super::commit::Committer;
use super::gate::Gate;
use super::own::Own;
use super::pulse::Pulse;
use super::receipt::{Receipt, Receipts, Recorded};
use super::record::{Draft, Entry};
use crate::clock::SharedClock;
use crate::secrets::Secrets;

/// A batch is full with this many subjects, so that large answers do not outlast the commit timeout.
const SUBJECTS_OF_A_BATCH: usize = 10_000;

/// How long whoever asks whether records can be committed waits for an answer.
const READY_WITHIN: Duration = Duration::from_millis(1500);

/// How long a probe waits for what holds records back.
const PROBE_WITHIN: Duration = Duration::from_secs(1);

/// The bounds of the writer.
#[derive(Clone, Copy, Debug)]
pub struct WriterOptions {
    /// How many records may wait.
    pub queue: usize,
    /// How many records one transaction takes at most.
    pub batch: usize,
    /// How long a record waits for a place in a full queue.
    pub overload_after: Duration,
    /// How long a batch may take to commit, and a queued record to be committed.
    pub commit_timeout: Duration,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            queue: 4096,
            batch: 256,
            overload_after: Duration::from_secs(2),
            commit_timeout: Duration::from_secs(5),
        }
    }
}

/// Why there is no record, and so no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The record could not be committed, or not in time.
    #[error("the access record could not be committed")]
    Unavailable,
    /// The log is not the one that this gateway wrote: it was restored or cut.
    #[error("the access records are behind what this gateway wrote")]
    Lost,
    /// More records wait than can be written.
    #[error("too many access records are waiting")]
    Overloaded,
}

enum Message {
    Record(Box<Job>),
    Change(Box<ChangeJob>),
    /// Whether records can be committed.
    Probe(oneshot::Sender<bool>),
    Close(oneshot::Sender<()>),
}

struct Job {
    entry: Entry,
    reply: oneshot::Sender<Result<Recorded, AuditError>>,
}

struct ChangeJob {
    draft: Draft,
    change: Arc<dyn Change>,
    reply: oneshot::Sender<Result<Recorded, ChangeError>>,
}

/// A handle on the writer; clones share it. The writer ends when it is closed or the last handle
/// is dropped, after committing what is queued.
#[derive(Clone, Debug)]
pub struct AuditWriter {
    queue: mpsc::Sender<Message>,
    gate: Arc<Gate>,
    pulse: Arc<Pulse>,
    receipts: Arc<Receipts>,
    turn: Arc<tokio::sync::Mutex<()>>,
    own: Arc<Own>,
    options: WriterOptions,
}

impl AuditWriter {
    /// Starts the writer on the current runtime, for the database of this connection; the clock
    /// tells when changes are made.
    pub fn start(
        db: DatabaseConnection,
        secrets: &Secrets,
        clock: SharedClock,
        options: WriterOptions,
    ) -> Self {
        let (queue, jobs) = mpsc::channel(options.queue.max(1));
        let gate = Arc::new(Gate::default());
        let own = Arc::new(Own::default());
        let committer = Committer::new(db, ChainKey::derive(secrets), clock, own.clone());
        let pulse = Arc::new(Pulse::default());
        let turn = Arc::default();
        let task = Task {
            committer,
            options,
            jobs,
            gate: gate.clone(),
            pulse: pulse.clone(),
            turn: Arc::clone(&turn),
            own: own.clone(),
        };
        tokio::spawn(task.run());
        let receipts = Arc::new(Receipts::new(secrets));
        Self { queue, gate, pulse, receipts, turn, own, options }
    }

    /// A turn of one's own between two commits, until the value is dropped. SQLite has one writer at a
    /// time, and whoever writes beside this one would wait for a gap by chance.
    pub async fn turn(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Announces a request that will leave a record, until the value is dropped.
    pub fn serving(&self) -> Serving {
        self.gate.enter();
        Serving(self.gate.clone())
    }

    /// Whether the log was found without what this gateway wrote. Then there are no records and no
    /// answers any more.
    pub fn is_lost(&self) -> bool {
        self.own.is_lost()
    }

    /// Stops all records and answers: the log is not the one that this gateway wrote.
    pub fn lose(&self, why: &str) {
        self.own.lose(why);
    }

    /// Looks whether the log still has what this gateway wrote, or found at its start.
    ///
    /// # Errors
    /// When the database cannot be read; that says nothing of the log.
    pub async fn look(&self, db: &DatabaseConnection) -> Result<(), DbErr> {
        self.own.look(db).await
    }

    /// The log had this record at the start.
    pub fn found(&self, recorded: Recorded) {
        self.own.knows(recorded);
    }

    /// What the caller of a recorded request holds of its record.
    pub fn receipt(&self, recorded: &Recorded) -> Receipt {
        self.receipts.seal(recorded)
    }

    /// The record's place in the chain, for who needs nothing else of it.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn record(&self, draft: Draft) -> Result<i64, AuditError> {
        Ok(self.append(draft).await?.place)
    }

    /// Returns where the record stands once it is durably committed.
    ///
    /// A caller that goes away while it waits does not take its record back.
    ///
    /// # Errors
    /// [`AuditError::Overloaded`] when the queue stays full, [`AuditError::Unavailable`] when the
    /// record could not be committed in time or the writer is closed. There must be no answer
    /// then; a record whose commit was cut short by the timeout may be found in the chain still.
    pub async fn append(&self, draft: Draft) -> Result<Recorded, AuditError> {
        let (reply, outcome) = oneshot::channel();
        // Sorting and digesting happen here, off the one task that everybody waits for.
        let job = Job { entry: draft.into(), reply };
        let place = timeout(self.options.overload_after, self.queue.reserve())
            .await
            .map_err(|_| AuditError::Overloaded)?
            .map_err(|_| AuditError::Unavailable)?;
        self.gate.queue();
        place.send(Message::Record(Box::new(job)));
        self.gate.notify();
        match timeout(self.options.commit_timeout, outcome).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(AuditError::Unavailable),
        }
    }

    /// Commits a change together with its record and returns where the record stands. Its instant,
    /// and its record's, is the one at which it is made.
    ///
    /// # Errors
    /// [`ChangeError::Refused`] when the change refused itself: nothing was changed or recorded. As
    /// [`append`](Self::append) otherwise.
    pub async fn change(
        &self,
        draft: Draft,
        change: Arc<dyn Change>,
    ) -> Result<Recorded, ChangeError> {
        let (reply, outcome) = oneshot::channel();
        let place = timeout(self.options.overload_after, self.queue.reserve())
            .await
            .map_err(|_| AuditError::Overloaded)?
            .map_err(|_| AuditError::Unavailable)?;
        place.send(Message::Change(Box::new(ChangeJob { draft, change, reply })));
        match timeout(self.options.commit_timeout, outcome).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(AuditError::Unavailable.into()),
        }
    }

    /// Whether a record could be committed now: one just was, or something of its size can be, in
    /// its place and behind the same locks. Answers within one and a half seconds.
    pub async fn is_ready(&self) -> bool {
        timeout(READY_WITHIN, self.probe()).await.unwrap_or(false)
    }

    async fn probe(&self) -> bool {
        let _alone = self.pulse.alone().await;
        if self.pulse.is_fresh() {
            return true;
        }
        let (reply, outcome) = oneshot::channel();
        self.queue.send(Message::Probe(reply)).await.is_ok() && outcome.await.unwrap_or(false)
    }

    /// Commits everything queued and stops the writer, for all handles.
    pub async fn close(self) {
        let (closed, wait) = oneshot::channel();
        if self.queue.send(Message::Close(closed)).await.is_ok() {
            // An error means that another handle closed the writer first, and it has ended.
            let _ = wait.await;
        }
    }
}

/// A request on its way to its record.
#[derive(Debug)]
pub struct Serving(Arc<Gate>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.leave();
    }
}

struct Task {
    committer: Committer,
    options: WriterOptions,
    jobs: mpsc::Receiver<Message>,
    gate: Arc<Gate>,
    pulse: Arc<Pulse>,
    turn: Arc<tokio::sync::Mutex<()>>,
    own: Arc<Own>,
}

impl Task {
    async fn run(mut self) {
        let mut closers = Vec::new();
        while let Some(message) = self.next(!closers.is_empty()).await {
            if closers.is_empty() {
                self.gate.open().await;
            }
            let mut batch = Vec::new();
            let mut changing = None;
            let mut probes = Vec::new();
            let mut subjects = 0;
            let mut next = Some(message);
            while let Some(message) = next {
                match message {
                    Message::Record(job) => {
                        subjects += job.entry.subjects.len();
                        batch.push(*job);
                    }
                    Message::Change(job) => changing = Some(job),
                    Message::Probe(reply) => probes.push(reply),
                    Message::Close(closer) => {
                        self.jobs.close();
                        closers.push(closer);
                    }
                }
                let full = batch.len() >= self.options.batch
                    || subjects >= SUBJECTS_OF_A_BATCH
                    || changing.is_some();
                next = if full { None } else { self.jobs.try_recv().ok() };
            }
            self.gate.unqueue(batch.len());
            if !batch.is_empty() {
                self.commit(batch).await;
            }
            if let Some(job) = changing {
                self.change(*job).await;
            }
            if !probes.is_empty() {
                let ready = self.probe().await;
                for reply in probes {
                    // Nobody listens who has lost patience.
                    let _ = reply.send(ready);
                }
            }
        }
        for closer in closers {
            let _ = closer.send(());
        }
    }

    /// The next message. While closing, a request that took a place in the queue and is not run
    /// any further is not waited for longer than a full queue would be.
    async fn next(&mut self, closing: bool) -> Option<Message> {
        if closing {
            return timeout(self.options.overload_after, self.jobs.recv()).await.ok().flatten();
        }
        self.jobs.recv().await
    }

    async fn change(&mut self, job: ChangeJob) {
        if self.own.is_lost() {
            let _ = job.reply.send(Err(AuditError::Lost.into()));
            return;
        }
        let _turn = Arc::clone(&self.turn).lock_owned().await;
        let begun = Instant::now();
        let changing = self.committer.change(job.draft, job.change.as_ref());
        let outcome = timeout(self.options.commit_timeout, changing).await;
        let outcome = outcome.unwrap_or_else(|_| {
            tracing::error!("a change was not committed in time");
            Err(AuditError::Unavailable.into())
        });
        let outcome = match outcome {
            Err(ChangeError::Audit(_)) if self.own.is_lost() => Err(AuditError::Lost.into()),
            outcome => outcome,
        };
        match &outcome {
            Ok(recorded) => {
                self.pulse.beat(begun, true);
                self.own.knows(recorded.clone());
            }
            Err(ChangeError::Audit(_)) => self.pulse.beat(begun, false),
            Err(ChangeError::Refused(_)) => {}
        }
        // Nobody listens where the request was cancelled; the change stands all the same.
        let _ = job.reply.send(outcome);
    }

    /// Whether records can be committed; what was committed in this turn says so already.
    async fn probe(&mut self) -> bool {
        if self.pulse.is_fresh() {
            return true;
        }
        let begun = Instant::now();
        let probing = self.committer.probe(self.pulse.room(), PROBE_WITHIN);
        let ready = match timeout(READY_WITHIN, probing).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "access records cannot be committed");
                false
            }
            Err(_) => {
                tracing::warn!("access records cannot be committed in time");
                false
            }
        };
        self.pulse.beat(begun, ready);
        ready
    }

    async fn commit(&mut self, batch: Vec<Job>) {
        if self.own.is_lost() {
            for job in batch {
                let _ = job.reply.send(Err(AuditError::Lost));
            }
            return;
        }
        let _turn = Arc::clone(&self.turn).lock_owned().await;
        let (entries, replies): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|job| (job.entry, job.reply)).unzip();
        let (begun, within) = (Instant::now(), self.options.commit_timeout);
        let committing = self.committer.commit(entries, within);
        let recorded = match timeout(within, committing).await {
            Ok(Ok(recorded)) => recorded,
            Ok(Err(error)) => {
                tracing::error!(records = replies.len(), %error, "access records not committed");
                Vec::new()
            }
            Err(_) => {
                tracing::error!(records = replies.len(), "access records not committed in time");
                Vec::new()
            }
        };
        self.pulse.beat(begun, !recorded.is_empty());
        if let Some(last) = recorded.last() {
            self.own.knows(last.clone());
        }
        let failed = if self.own.is_lost() { AuditError::Lost } else { AuditError::Unavailable };
        let mut recorded = recorded.into_iter();
        for reply in replies {
            // Nobody listens where the request was cancelled; its record stands all the same.
            let _ = reply.send(recorded.next().ok_or(failed));
        }
    }
}
