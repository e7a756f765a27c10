//! What a field of type `Code` can hold: a code list, with the label of each code.
//!
//! A filter by a code that its list does not have would find nobody, which reads like an answer; so it is
//! an error that names the list. Lists, labels and the days of dated codes are data
//! (`entity/data/code_lists.csv`, `codes.csv`).

use std::{collections::HashMap, sync::LazyLock};

use chrono::NaiveDate;
use serde::Deserialize;

/// A code list.
#[derive(Debug)]
pub struct CodeList {
    /// Its name: what `codeList(name:)` and `/code-lists/{name}` take.
    pub name: &'static str,
    /// What it has.
    pub codes: Codes,
}

/// The codes of a list.
#[derive(Debug)]
pub enum Codes {
    /// Those of the data, and no others.
    Closed,
    /// These, each with a label in the data.
    Listed(&'static [&'static str]),
    /// All of a form: a standard of thousands, of which the data has those that are held here.
    Formed {
        /// The form in words.
        form: &'static str,
        /// Whether a text has it.
        has_form: fn(&str) -> bool,
    },
    /// A code of each of these lists, joined by hyphens.
    Joined(&'static [&'static CodeList]),
    /// Codes of the register of administrative units; with those of a list as well, where there is one.
    Units(Option<&'static CodeList>),
    /// Codes of the register of organizations, and those of the data.
    Organizations,
}

/// A list without other codes than those of the data.
pub(super) const fn closed(name: &'static str) -> CodeList {
    CodeList { name, codes: Codes::Closed }
}

/// A list whose codes stand in the program.
pub(super) const fn listed(name: &'static str, codes: &'static [&'static str]) -> CodeList {
    CodeList { name, codes: Codes::Listed(codes) }
}

/// A list that takes all codes of a form.
pub(super) const fn formed(
    name: &'static str,
    form: &'static str,
    has_form: fn(&str) -> bool,
) -> CodeList {
    CodeList { name, codes: Codes::Formed { form, has_form } }
}

/// What a list is.
#[derive(Debug, Deserialize)]
pub struct About {
    /// Its name.
    pub list: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// The standard, where it follows one.
    pub standard: String,
    /// Where its codes and labels are from, and how much of the standard they cover.
    pub source: String,
}

/// A code of a list, for as long as it means this.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CodeEntry {
    /// The list.
    pub list: String,
    /// The code.
    pub code: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// The first day on which the code has this meaning; none where it always had.
    pub valid_from: Option<NaiveDate>,
    /// The last such day; none where there is no end.
    pub valid_until: Option<NaiveDate>,
    /// The code of its category, where that is not its first character.
    pub category: String,
}

impl CodeEntry {
    /// Whether the code has this meaning on a day.
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|last| day <= last)
    }
}

/// The language of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// The data of a list: its entries in order, and the places of each code among them.
#[derive(Default)]
struct Table {
    entries: Vec<CodeEntry>,
    by_code: HashMap<String, Vec<usize>>,
}

impl Table {
    fn push(&mut self, entry: CodeEntry) {
        self.by_code.entry(entry.code.clone()).or_default().push(self.entries.len());
        self.entries.push(entry);
    }
}

#[expect(clippy::expect_used, reason = "the data is the project's own, and a test reads it")]
fn rows<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the data of code lists has this form")
}

static ABOUT: LazyLock<Vec<About>> =
    LazyLock::new(|| rows(include_str!("../../data/code_lists.csv")));

static TABLES: LazyLock<HashMap<String, Table>> = LazyLock::new(|| {
    let mut tables: HashMap<String, Table> = HashMap::new();
    let of_services = crate::service::services().iter().map(|service| CodeEntry {
        list: super::code_lists::SERVICE.name.to_owned(),
        code: service.code.clone(),
        label_zh: service.name_zh.clone(),
        label_en: service.name_en.clone(),
        valid_from: Some(service.valid_from),
        valid_until: service.valid_until,
        category: String::new(),
    });
    let entries: Vec<CodeEntry> = rows(include_str!("../../data/codes.csv"));
    for entry in entries.into_iter().chain(of_services) {
        tables.entry(entry.list.clone()).or_default().push(entry);
    }
    let joined = &super::code_lists::LIVING_ENVIRONMENT;
    if let Codes::Joined(parts) = joined.codes {
        let table = tables.entry(joined.name.to_owned()).or_default();
        for entry in join(joined.name, parts) {
            table.push(entry);
        }
    }
    tables
});

/// Every way to join a code of each list.
fn join(list: &str, parts: &[&CodeList]) -> Vec<CodeEntry> {
    let rows: Vec<CodeEntry> = rows(include_str!("../../data/codes.csv"));
    let mut all: Vec<CodeEntry> = Vec::new();
    for part in parts {
        let of_part: Vec<&CodeEntry> = rows.iter().filter(|row| row.list == part.name).collect();
        if all.is_empty() {
            let begun =
                of_part.iter().map(|first| CodeEntry { list: list.to_owned(), ..(*first).clone() });
            all = begun.collect();
            continue;
        }
        let with = |before: &CodeEntry, next: &CodeEntry| CodeEntry {
            code: format!("{}-{}", before.code, next.code),
            label_zh: format!("{},{}", before.label_zh, next.label_zh),
            label_en: format!("{}; {}", before.label_en, next.label_en),
            ..before.clone()
        };
        all = all.iter().flat_map(|b| of_part.iter().map(|next| with(b, next))).collect();
    }
    all
}

impl CodeList {
    /// What it is; none where the data does not tell, which a test rules out.
    pub fn about(&self) -> Option<&'static About> {
        ABOUT.iter().find(|about| about.list == self.name)
    }

    /// Its codes with their labels, in order: those that the program has. What a register adds, the register
    /// has.
    pub fn entries(&self) -> &'static [CodeEntry] {
        TABLES.get(self.name).map_or(&[], |table| &table.entries)
    }

    /// What a code means on a day: by the entry that is valid then, or else the last.
    pub fn entry(&self, code: &str, day: NaiveDate) -> Option<&'static CodeEntry> {
        let table = TABLES.get(self.name)?;
        let places = table.by_code.get(code)?;
        let mut entries = places.iter().map(|place| &table.entries[*place]);
        let last = places.last().map(|place| &table.entries[*place]);
        entries.find(|entry| entry.is_valid_on(day)).or(last)
    }

    /// Whether the list can have a code, whatever registers hold.
    pub fn has(&self, code: &str) -> bool {
        match self.codes {
            Codes::Listed(codes) => codes.contains(&code),
            Codes::Formed { has_form, .. } => has_form(code),
            Codes::Closed | Codes::Joined(_) | Codes::Organizations => self.lists(code),
            Codes::Units(beside) => beside.is_some_and(|list| list.has(code)),
        }
    }

    /// Whether the data has a code.
    pub(super) fn lists(&self, code: &str) -> bool {
        TABLES.get(self.name).is_some_and(|table| table.by_code.contains_key(code))
    }

    /// Whether a register has its codes, or some of them.
    pub fn is_of_register(&self) -> bool {
        matches!(self.codes, Codes::Units(_) | Codes::Organizations)
    }

    /// The form in words, of a list that takes all codes of one.
    pub fn form(&self) -> Option<&'static str> {
        match self.codes {
            Codes::Formed { form, .. } => Some(form),
            _ => None,
        }
    }

    /// The list of what [`category`] leaves of its codes: itself, where categories are codes of it.
    pub fn categories(&'static self) -> &'static CodeList {
        use super::code_lists as lists;
        match self.name {
            "education" => &lists::EDUCATION_CATEGORIES,
            "family-relations" => &lists::RELATION_CATEGORIES,
            "employment-statuses" => &lists::EMPLOYMENT_STATUS_CATEGORIES,
            "move-reasons" => &lists::MOVE_REASON_CATEGORIES,
            "population-groups" => &lists::POPULATION_GROUP_CATEGORIES,
            _ => self,
        }
    }
}

/// The category of a code of a list that groups its codes; none of a code that it does not have.
pub fn category(list: &str, code: &str) -> Option<&'static str> {
    let table = TABLES.get(list)?;
    let place = table.by_code.get(code)?.first()?;
    Some(&table.entries[*place].category)
}

impl CodeEntry {
    /// Its label in a language.
    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.label_zh,
            Language::En => &self.label_en,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_list_of_the_data_is_told_once_and_every_code_is_of_one() {
        let lists: BTreeSet<&str> = ABOUT.iter().map(|about| &*about.list).collect();
        assert_eq!(lists.len(), ABOUT.len(), "a list stands twice");
        for about in ABOUT.iter() {
            let of_url = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(about.list.chars().all(of_url), "{} is no name for a URL", about.list);
            let is_told = [&about.title_zh, &about.title_en, &about.source];
            assert!(is_told.iter().all(|text| !text.is_empty()), "{} lacks a word", about.list);
        }
        for (list, table) in TABLES.iter() {
            assert!(lists.contains(&**list), "code_lists.csv does not tell of {list}");
            for entry in &table.entries {
                assert!(
                    !entry.label_zh.is_empty() && !entry.label_en.is_empty(),
                    "{list}: {} lacks a label",
                    entry.code
                );
            }
        }
    }

    #[test]
    fn a_code_has_one_meaning_on_a_day() {
        for (list, table) in TABLES.iter() {
            for places in table.by_code.values() {
                for (at, place) in places.iter().enumerate() {
                    for other in &places[at + 1..] {
                        let (one, other) = (&table.entries[*place], &table.entries[*other]);
                        let overlap = one
                            .valid_until
                            .is_none_or(|last| other.valid_from.is_none_or(|first| first <= last))
                            && other.valid_until.is_none_or(|last| {
                                one.valid_from.is_none_or(|first| first <= last)
                            });
                        assert!(!overlap, "{list}: {} means two things on a day", one.code);
                    }
                }
            }
        }
    }

    #[test]
    fn a_code_that_changed_is_named_by_the_day() {
        let regions = &super::super::code_lists::REGION_OF_HUKOU;
        let day = |text: &str| text.parse().unwrap();
        let jiutai = regions.entry("220181", day("2026-11-26")).unwrap();
        assert_eq!((&*jiutai.label_zh, jiutai.valid_until), ("九台市", Some(day("2014-12-31"))));
        assert!(!jiutai.is_valid_on(day("2015-01-01")) && jiutai.is_valid_on(day("2014-12-31")));
        assert_eq!(regions.entry("220113", day("2026-11-26")).unwrap().label_zh, "九台区");
    }

    #[test]
    fn answers_about_the_home_are_joined() {
        let homes = &super::super::code_lists::LIVING_ENVIRONMENT;
        assert_eq!(homes.entries().len(), 4 * 6 * 6 * 5);
        let day = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        assert_eq!(homes.entry("1-2-1-1", day).unwrap().label_zh, "无,煤,自来水,卫生厕所");
        assert!(!homes.has("5-1-1-1"));
    }
}
