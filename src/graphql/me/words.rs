//! Days, instants, laws and lists as Chinese offices write them.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};

use crate::rules::calendar::shanghai;

/// A day: 2026年3月6日.
pub fn day(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// An instant in local time, to the minute: 2026年3月6日08:05.
pub fn instant(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    format!("{}{:02}:{:02}", day(local.date_naive()), local.hour(), local.minute())
}

/// A law as it is cited: its title in its marks, then the articles.
pub fn cite(law: &str) -> String {
    let end = law.find(['（', '(', ' ']).unwrap_or(law.len());
    let (title, rest) = law.split_at(end);
    format!("《{title}》{}", rest.trim_start())
}

/// Laws as they are cited, each once, in their order.
pub fn cite_all<'l>(laws: impl IntoIterator<Item = &'l str>) -> String {
    let mut cited: Vec<String> = Vec::new();
    for law in laws {
        let law = cite(law);
        if !cited.contains(&law) {
            cited.push(law);
        }
    }
    cited.join("、")
}

/// Names, each once: at most so many, and how many there are.
pub fn enumerate<'n>(names: impl IntoIterator<Item = &'n str>, most: usize) -> String {
    let mut all: Vec<&str> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    match all.len() > most {
        true => format!("{}等{}项", all[..most].join("、"), all.len()),
        false => all.join("、"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_in_local_time() {
        let late = "2026-12-31T16:05:09Z".parse().unwrap();
        assert_eq!(instant(late), "2027年1月1日00:05");
    }

    #[test]
    fn laws_are_cited_by_title_and_article() {
        for (law, cited) in [
            ("疫苗管理法 第六、四十六至四十八条", "《疫苗管理法》第六、四十六至四十八条"),
            ("统计法（2024年修正）第十一、二十八条", "《统计法》（2024年修正）第十一、二十八条"),
            ("传染病防治法（2025年修订）", "《传染病防治法》（2025年修订）"),
            ("政务数据共享条例", "《政务数据共享条例》"),
        ] {
            assert_eq!(cite(law), cited);
        }
        assert_eq!(cite_all(["统计法", "统计法"]), "《统计法》");
    }

    #[test]
    fn long_lists_say_how_many_they_are() {
        assert_eq!(enumerate(["姓名", "性别", "姓名"], 2), "姓名、性别");
        assert_eq!(enumerate(["姓名", "性别", "电话"], 2), "姓名、性别等3项");
    }
}
