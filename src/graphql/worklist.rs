//! Worklists as GraphQL has them: the lists of a permit, what is said of an item, and how much of a day.

use chrono::{Datelike as _, Months, NaiveDate};
use entity::sharing::Mask;

use super::{mask, shape::Shape};
use crate::policy::{DayShown, Permit, Worklist, Works};

/// What records call worklists; its members are the lists.
pub const RECORDED: &str = "Worklist";

/// The type of an item.
pub const ITEM: &str = "WorklistItem";

/// The type of a list.
pub const CONNECTION: &str = "WorklistConnection";

/// The type of an edge.
pub const EDGE: &str = "WorklistEdge";

/// The enumeration of lists.
pub const KIND: &str = "WorklistKind";

/// The input that orders a list.
pub const ORDER: &str = "WorklistOrderBy";

/// What is said of an item, beside the person: name, GraphQL type, description.
pub const DUE_MEMBERS: [(&str, &str, &str); 9] = [
    ("reasonCode", "Code!", "事由代码: why; no code names a disease"),
    ("reasonLabelZh", "String!", "事由: the name of the list in Chinese"),
    (
        "dueOn",
        "PartialDate",
        "应办日期: when it is due, as much of the day as the caller sees of what it is worked out of",
    ),
    ("status", "WorklistStatus!", "状态: DUE, or OVERDUE; of SERVICE_DUE always DUE"),
    ("overdueDays", "Int", "逾期天数: 0 where it is not overdue; null where the day is not shown"),
    (
        "overdueMonths",
        "Int",
        "逾期月数: from month to month; null where neither day nor month is shown",
    ),
    (
        "lastContact",
        "PartialDate",
        "最近联系: the last contact in this matter, as far as it is shown",
    ),
    ("closedBy", "String!", "办结条件: what takes the item off the list"),
    ("source", "String!", "依据: where it is written that this is to be done"),
];

/// `WorklistCount`.
pub const COUNT: &Shape = &Shape {
    name: "WorklistCount",
    description: "工作清单统计: how many persons of a unit are on a list; rounded to 5, small cells suppressed",
    members: &[
        ("unit", "Code", None),
        ("unitName", "String", None),
        ("persons", "Int", None),
        ("overdue", "Int", None),
        ("suppressed", "Boolean", None),
    ],
};

/// `WaitingNotice`.
pub const NOTICE: &Shape = &Shape {
    name: "WaitingNotice",
    description: "待受理通报: a notice of somebody who moved in, as far as the caller's cells go, and of the \
        person name, sex, year of birth and telephone: nothing else before it is accepted",
    members: &[
        ("id", "ID", None),
        ("communityCode", "Code", None),
        ("address", "String", None),
        ("arrivalDate", "PartialDate", None),
        ("expectedStay", "Code", None),
        ("source", "Code", None),
        ("sentAt", "PartialDate", None),
        ("name", "String", None),
        ("sex", "Code", None),
        ("birthYear", "Year", None),
        ("phone", "String", None),
    ],
};

/// Whether notices wait for the caller.
pub fn has_notices(permit: &Permit) -> bool {
    permit.worklists().iter().any(Worklist::waits)
}

/// Whether there is a list of a name, whoever has it.
pub fn is_list(id: &str) -> bool {
    Works::parse(id).is_some()
}

/// The list of a name among those of a permit.
pub fn named<'p>(permit: &'p Permit, id: &str) -> Option<&'p Worklist> {
    permit.worklists().iter().find(|list| list.id() == id)
}

/// Whether some list of a permit is counted by unit.
pub fn counts(permit: &Permit) -> bool {
    permit.worklists().iter().any(Worklist::is_counted)
}

/// The type of an argument of a worklist.
pub fn argument_type(argument: &str) -> Option<&'static str> {
    Some(match argument {
        "kind" => "WorklistKind!",
        "unit" => "Code",
        "dueBefore" => "Date",
        "overdue" => "Boolean",
        "orderBy" => ORDER,
        "first" => "Int",
        "after" => "String",
        _ => return None,
    })
}

/// What a list shows of a day.
pub fn shown(how: DayShown, day: NaiveDate) -> Option<String> {
    mask::date(mask_of(how)?, day)
}

fn mask_of(how: DayShown) -> Option<Mask> {
    match how {
        DayShown::Day => Some(Mask::Plain),
        DayShown::Month => Some(Mask::YearMonth),
        DayShown::Quarter => Some(Mask::Quarter),
        DayShown::Year => Some(Mask::Year),
        DayShown::Nothing => None,
    }
}

/// The first day behind the span of a day that a list does not tell apart: a condition that ends there
/// tells no more than is shown.
pub fn end_of_span(how: DayShown, day: NaiveDate) -> Option<NaiveDate> {
    let (first, months) = match how {
        DayShown::Day => return day.succ_opt(),
        DayShown::Month => (day.with_day(1)?, 1),
        DayShown::Quarter => (day.with_day(1)?.with_month0(day.month0() / 3 * 3)?, 3),
        DayShown::Year => (day.with_day(1)?.with_month(1)?, 12),
        DayShown::Nothing => return None,
    };
    first.checked_add_months(Months::new(months))
}

/// Months from the month of a day to that of another; 0 where the first is not the earlier.
pub fn months_past(due: NaiveDate, today: NaiveDate) -> i64 {
    let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    (month(today) - month(due)).max(0)
}

/// Why an item is on a list.
pub fn reason(list: &Worklist, number: i64) -> &'static str {
    match list.works {
        Works::Items(known) => known.reason(number),
        Works::ServiceDue => "SERVICE_DUE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_span_ends_where_what_is_shown_changes() {
        for (how, end) in [
            (DayShown::Day, "2026-05-18"),
            (DayShown::Month, "2026-06-01"),
            (DayShown::Quarter, "2026-07-01"),
            (DayShown::Year, "2027-01-01"),
        ] {
            let end = day(end);
            assert_eq!(end_of_span(how, day("2026-05-17")), Some(end), "{how:?}");
            let [last, next] = [end.pred_opt().unwrap(), end];
            assert_eq!(shown(how, day("2026-05-17")), shown(how, last), "{how:?}");
            assert_ne!(shown(how, last), shown(how, next), "{how:?}");
        }
        assert_eq!(end_of_span(DayShown::Nothing, day("2026-05-17")), None);
        assert_eq!(shown(DayShown::Nothing, day("2026-05-17")), None);
    }

    #[test]
    fn months_past_count_from_month_to_month() {
        assert_eq!(months_past(day("2026-05-31"), day("2026-06-01")), 1);
        assert_eq!(months_past(day("2026-05-01"), day("2026-05-31")), 0);
        assert_eq!(months_past(day("2025-12-15"), day("2026-02-01")), 2);
    }
}
