//! The meter: what every principal has read, and whether more would be too much.
//!
//! Counters are kept in memory and settled to the database twice a second ([`super::settle`]), so that a
//! gateway that is killed forgets a second's worth at most, and all gateways agree within a second.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, RwLock};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::OnceCell;

use super::{
    account::{Account, Counts, DAY_HOURS, Ground, MONTH_HOURS},
    agreement::{Agreements, Limits},
    alarm::{Alarm, Baselines},
    category::{Category, Each},
    refusal,
    settle::{self, Settling},
    standing::{Policy, Standing},
    tally::Counted,
};
use crate::{audit::AuditWriter, auth::Principal, error::Result, policy::Role, state::Freshness};

/// How long a gateway answers without having settled what was read.
const UNSETTLED: Duration = Duration::from_secs(3);

/// How long a request waits for what was read to be settled after the process stood still.
const CATCHING_UP: Duration = Duration::from_secs(1);

/// How long after its last use an account is forgotten; the table keeps it.
const IDLE: TimeDelta = TimeDelta::hours(1);

/// One principal's account, once it was read from the table.
#[derive(Debug, Default)]
pub(super) struct Entry {
    issuer: String,
    subject: String,
    pub account: Mutex<Account>,
    loaded: OnceCell<()>,
    used: Mutex<Option<DateTime<Utc>>>,
}

type Accounts = HashMap<String, HashMap<String, Arc<Entry>>>;

/// Everybody's accounts. Shared by all requests.
pub struct Meter {
    pub(super) accounts: RwLock<Accounts>,
    pub(super) agreements: RwLock<Arc<Agreements>>,
    pub(super) baselines: RwLock<Arc<Baselines>>,
    pub(super) alarms: Mutex<Vec<Alarm>>,
    pub(super) freshness: Freshness,
    /// Whether settling fails, or has not succeeded yet since it was last tried.
    pub(super) fails: AtomicBool,
    pub(super) settling: tokio::sync::Mutex<Settling>,
    /// The greatest revision before any account was read: what others settle is looked for from there.
    pub(super) since: OnceCell<i64>,
}

/// Who reads, on which account, up to which limits.
pub struct Reading {
    entry: Arc<Entry>,
    role: Role,
    limits: Limits,
    contract: Option<Each<u64>>,
}

impl Meter {
    /// A meter that goes by these agreements.
    pub fn new(agreements: Agreements) -> Self {
        Self {
            accounts: RwLock::default(),
            agreements: RwLock::new(Arc::new(agreements)),
            baselines: RwLock::default(),
            alarms: Mutex::default(),
            freshness: Freshness::new(UNSETTLED),
            fails: AtomicBool::new(false),
            settling: tokio::sync::Mutex::default(),
            since: OnceCell::new(),
        }
    }

    /// Whether what was read here was not settled for too long to answer anybody.
    pub fn is_stale(&self) -> bool {
        self.freshness.is_stale()
    }

    /// Goes by other agreements from now on.
    pub fn replace(&self, agreements: Agreements) {
        *self.agreements.write() = Arc::new(agreements);
    }

    /// The agreements that hold.
    pub fn agreements(&self) -> Arc<Agreements> {
        self.agreements.read().clone()
    }

    /// Opens a principal's account, reading what all gateways settled of it where it is not known here.
    /// `is_own` says that the principal's issuer is this gateway, whose clients have contracts.
    ///
    /// # Errors
    /// When the table cannot be read, or what was read here could not be settled for too long.
    pub async fn open(
        &self,
        (db, audit): (&DatabaseConnection, &AuditWriter),
        principal: Principal<'_>,
        role: Role,
        is_own: bool,
        now: DateTime<Utc>,
    ) -> Result<Reading, DbErr> {
        if self.freshness.is_stale() {
            // Perhaps the process stood still: what others read meanwhile has to be known first. Where
            // the database is away, nobody waits for it once more.
            let is_away = self.fails.load(Ordering::Relaxed);
            let patience = if is_away { Duration::ZERO } else { CATCHING_UP };
            let settled = tokio::time::timeout(patience, self.settle(db, audit, now)).await;
            settled.map_err(|_| DbErr::Custom("what was read is not settled".to_owned()))??;
        }
        self.since.get_or_try_init(|| settle::latest(db)).await?;
        let entry = self.entry(principal);
        entry
            .loaded
            .get_or_try_init(async || {
                let rows = settle::of_principal(db, principal, now).await?;
                let mut account = entry.account.lock();
                rows.iter().for_each(|row| account.settle(row, false));
                Ok::<_, DbErr>(())
            })
            .await?;
        *entry.used.lock() = Some(now);
        let agreements = self.agreements.read();
        let contract = is_own.then(|| agreements.contract(principal.subject, now)).flatten();
        let limits = agreements.limits(role, now);
        drop(agreements);
        Ok(Reading { entry, role, limits, contract })
    }

    fn entry(&self, principal: Principal<'_>) -> Arc<Entry> {
        let known = |accounts: &Accounts| {
            accounts.get(principal.issuer).and_then(|of| of.get(principal.subject)).cloned()
        };
        if let Some(entry) = known(&self.accounts.read()) {
            return entry;
        }
        let (issuer, subject) = (principal.issuer.to_owned(), principal.subject.to_owned());
        let mut accounts = self.accounts.write();
        let of_issuer = accounts.entry(issuer.clone()).or_default();
        let of_subject = of_issuer.entry(subject.clone());
        of_subject.or_insert_with(|| Entry { issuer, subject, ..Entry::default() }.into()).clone()
    }

    /// Counts an answer, or refuses it: then nothing of it is counted but one row of what would have
    /// been too much, so that asking whether there is too much is no free question.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED`.
    pub fn charge(
        &self,
        reading: &Reading,
        counted: &Counted,
        is_explained: impl Fn(i64) -> bool,
        touched: Each<bool>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut account = reading.entry.account.lock();
        let sums = account.sums(now).clone();
        let mut counts = Counts::default();
        let mut too_much = None;
        for category in Category::ALL {
            let place = category as usize;
            let rows = counted.of(category);
            if reading.is_contracted(&sums.day, category, rows) {
                counts[Ground::Contracted as usize][place] = rows;
                continue;
            }
            let single = &counted.single[place];
            let explained = single.iter().filter(|person| is_explained(**person)).count() as u64;
            let unexplained = rows - explained;
            let left = reading.left(&sums.day, sums.month, place);
            // With nothing left, an empty answer would tell that there is nobody.
            let is_blind = touched[place] && rows == 0 && left == 0;
            if unexplained > left || is_blind {
                too_much.get_or_insert((category, unexplained));
            }
            counts[Ground::Explained as usize][place] = explained;
            counts[Ground::Unexplained as usize][place] = unexplained;
        }
        let Some((category, rows)) = too_much else {
            if counts.iter().flatten().any(|count| *count > 0) {
                account.read(reading.role, &counts, now);
            }
            self.compare(reading, &mut account, now);
            return Ok(());
        };
        let error = reading.refuse(&account, category, rows, (&sums.day, sums.month), now);
        let is_left =
            |category: &Category| reading.left(&sums.day, sums.month, *category as usize) > 0;
        if let Some(paid) = [category, Category::Identity].into_iter().find(is_left) {
            let mut one = Counts::default();
            one[Ground::Unexplained as usize][paid as usize] = 1;
            account.read(reading.role, &one, now);
        }
        Err(error)
    }

    /// Whether a reader's contract covers an answer: then nothing else has to explain it.
    pub fn covers(&self, reading: &Reading, counted: &Counted, now: DateTime<Utc>) -> bool {
        if reading.contract.is_none() {
            return false;
        }
        let mut account = reading.entry.account.lock();
        let day = account.sums(now).day;
        let is_covered = |category: Category| match counted.of(category) {
            0 => true,
            rows => reading.is_contracted(&day, category, rows),
        };
        Category::ALL.into_iter().all(is_covered)
    }

    /// Refuses a list before it is read where nothing is left of what it touches.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED`.
    pub fn admit(&self, reading: &Reading, touched: Each<bool>, now: DateTime<Utc>) -> Result<()> {
        let mut account = reading.entry.account.lock();
        let sums = account.sums(now).clone();
        for category in Category::ALL.into_iter().filter(|category| touched[*category as usize]) {
            let is_left = reading.left(&sums.day, sums.month, category as usize) > 0;
            if !is_left && !reading.is_contracted(&sums.day, category, 1) {
                return Err(reading.refuse(&account, category, 1, (&sums.day, sums.month), now));
            }
        }
        Ok(())
    }

    /// What is left to a reader, in the categories of an answer: of the contract alone, where that is what
    /// counts and not all is asked for.
    pub fn standing(
        &self,
        reading: &Reading,
        of: Each<bool>,
        is_all: bool,
        now: DateTime<Utc>,
    ) -> Standing {
        let mut account = reading.entry.account.lock();
        let sums = account.sums(now).clone();
        let mut standing = Standing::default();
        for category in Category::ALL.into_iter().filter(|category| of[*category as usize]) {
            let place = category as usize;
            if let Some(contract) = reading.contract.filter(|contract| contract[place] > 0) {
                let used = sums.day[Ground::Contracted as usize][place];
                standing.add(Policy::contracted(category, contract[place], used, now));
                if used < contract[place] && !is_all {
                    continue;
                }
            }
            let used = sums.day[Ground::Unexplained as usize][place];
            let (day, month) = (reading.limits.day[place], reading.limits.month[place]);
            standing.add(Policy::of_day(category, day, used, now));
            standing.add(Policy::of_month(category, month, sums.month[place], now));
        }
        standing
    }

    /// Raises an alarm where somebody reads three times what is usual, with whatever reasons.
    fn compare(&self, reading: &Reading, account: &mut Account, now: DateTime<Utc>) {
        let baselines = self.baselines.read();
        let Some(usual) = baselines.of(reading.role) else { return };
        let day = account.sums(now).day[Ground::Explained as usize];
        for category in Category::ALL {
            let place = category as usize;
            let Some(usual) = usual[place] else { continue };
            let is_recent =
                account.alarmed[place].is_some_and(|at| now - at < TimeDelta::hours(24));
            if is_recent || !Baselines::is_alarming(day[place], usual) {
                continue;
            }
            account.alarmed[place] = Some(now);
            self.alarms.lock().push(Alarm {
                at: now,
                issuer: reading.entry.issuer.clone(),
                subject: reading.entry.subject.clone(),
                role: reading.role,
                category,
                rows: day[place],
                usual,
            });
        }
    }

    /// Forgets accounts that nobody used for a while and of which all is settled.
    pub(super) fn forget(&self, now: DateTime<Utc>) {
        self.accounts.write().retain(|_, of_issuer| {
            of_issuer.retain(|_, entry| {
                let is_used = entry.used.lock().is_none_or(|used| now - used < IDLE);
                is_used || Arc::strong_count(entry) > 1 || !entry.account.lock().is_settled()
            });
            !of_issuer.is_empty()
        });
    }
}

impl Reading {
    /// Whether so many rows are within the contracted volume.
    fn is_contracted(&self, day: &Counts, category: Category, rows: u64) -> bool {
        let place = category as usize;
        let used = day[Ground::Contracted as usize][place];
        self.contract
            .is_some_and(|most| most[place] > 0 && used.saturating_add(rows) <= most[place])
    }

    /// How many unexplained rows are left of a category.
    fn left(&self, day: &Counts, month: Each<u64>, place: usize) -> u64 {
        let of_day = day[Ground::Unexplained as usize][place];
        let of_day = self.limits.day[place].saturating_sub(of_day);
        of_day.min(self.limits.month[place].saturating_sub(month[place]))
    }

    fn refuse(
        &self,
        account: &Account,
        category: Category,
        rows: u64,
        (day, month): (&Counts, Each<u64>),
        now: DateTime<Utc>,
    ) -> crate::error::GatewayError {
        let place = category as usize;
        let of_day = day[Ground::Unexplained as usize][place];
        let limits = [
            (DAY_HOURS, self.limits.day[place], of_day),
            (MONTH_HOURS, self.limits.month[place], month[place]),
        ];
        // The window that is fuller decides.
        let (window, limit, used) = match limits.map(|(_, limit, used)| limit.saturating_sub(used))
        {
            [of_day, of_month] if of_day <= of_month => limits[0],
            _ => limits[1],
        };
        let reset_at = account.frees(place, window, limit, rows, now);
        refusal::of_rows(category, window, (limit, limit.saturating_sub(used)), reset_at, now)
    }
}
