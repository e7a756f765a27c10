//! How much of people's data one caller may learn (domain rules §4.8; 法释〔2017〕10号 5, 11).
//!
//! Rows are counted by person and category for whoever acts. What nothing on file explains is limited
//! in any 24 hours and any 30 days; what something explains is compared with what is usual for the role;
//! what a client has a contract for is limited by that. The check comes before an answer leaves.

mod account;
mod agreement;
mod alarm;
mod category;
mod changes;
mod explain;
mod meter;
mod refusal;
mod settle;
mod standing;
mod stays;
pub mod store;
mod tally;

pub use agreement::{
    Agreements, Amounts, Kind, Limits, MOST_A_DAY, MOST_OPEN, Status, end as end_of,
};
pub use alarm::Baselines;
pub use category::{Category, DAY, Each, HALF, MONTH, is_stay, stay_end};
pub use changes::{Decide, End, Propose, Verdict};
pub use explain::explained;
pub use meter::{Meter, Reading};
pub use refusal::exceeded;
pub use standing::Standing;
pub use stays::ended;
pub use tally::{Counted, Stay, Tally};
