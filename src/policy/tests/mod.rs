//! The permit function: what it opens, what no grant can make it open, and until when.

mod changes;
mod explain;
mod floors;
mod history;
mod joint_mask;
mod loading;
mod purposes;
mod support;
mod units;
mod validity;
mod versions;
