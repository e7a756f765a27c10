//! Audit cases (审计案件): why one is opened, how long it is in force, and when the person is told.

use chrono::{DateTime, TimeDelta, Utc};

/// How long a case is in force when nobody closes it, in days.
const DAYS: i64 = 30;

/// The reason of a case that the person itself asked for.
pub const REQUEST: &str = "REQUEST";

/// The closed list of reasons of cases that nobody asked for: code, Chinese label, English label.
pub const REASONS: [(&str, &str, &str); 5] = [
    ("COMPLAINT", "投诉举报", "a complaint or report"),
    ("INCIDENT", "个人信息安全事件", "a security incident"),
    ("UNUSUAL_ACCESS", "异常访问", "accesses that are unusual"),
    ("AUTHORITY", "主管部门要求", "a supervising authority demands it (PIPL 63)"),
    ("SPOT_CHECK", "例行抽查", "a spot check"),
];

/// The instant from which a case decided at `decided` is over.
pub fn expires(decided: DateTime<Utc>) -> DateTime<Utc> {
    decided + TimeDelta::days(DAYS)
}

/// The instant before which a look was told to the person whatever the case says: no case that was in
/// force then is still.
pub fn told_by(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::days(DAYS)
}
