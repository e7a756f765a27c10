//! Code lists: which one a field shows codes of, their labels, and what registers add to them.
//!
//! A label is another rendering of a cell: beside each field that shows codes stand `…Label` and
//! `…LabelEn`, which read what the field reads and nothing else.

use chrono::NaiveDate;
pub use entity::sharing::{CodeEntry, CodeList, Codes, Language, member_list};
use entity::sharing::{Mask, Type, code_lists as lists};

use super::{Catalogue, Field, Source, catalogue};
use crate::directory::Directory;

/// What names of labels end with.
const LABELS: [(&str, Language); 2] = [("LabelEn", Language::En), ("Label", Language::Zh)];

/// Lists of columns that masks show and no field does.
const OF_MASKS: [(&str, &CodeList); 1] = [("disease_class", &lists::DISEASE_CLASS)];

/// The name of a label beside a field or member.
pub fn label_name(name: &str, language: Language) -> String {
    let ending = LABELS.iter().find(|(_, of)| *of == language).map_or("", |(ending, _)| ending);
    format!("{name}{ending}")
}

/// What a name labels, where it is the name of a label, and in which language.
pub fn labelled(name: &str) -> Option<(&str, Language)> {
    LABELS.iter().find_map(|(ending, language)| Some((name.strip_suffix(ending)?, *language)))
}

/// The list of the codes that a field shows through a mask; none where it shows no codes.
pub fn shown(field: &Field, mask: Option<Mask>) -> Option<&'static CodeList> {
    match (mask, field.spec.ty) {
        (Some(Mask::Category | Mask::CategoryOf(_)), _) => field.codes.map(CodeList::categories),
        (Some(Mask::HanOrOther), _) => Some(&lists::ETHNICITY_CLASS),
        (Some(Mask::AgeBand), _) => Some(&lists::AGE_BAND),
        (Some(Mask::OrganizationKind(_)), _) => Some(&lists::ORGANIZATION_KIND),
        (Some(Mask::StreetOf(_)), _) => Some(&lists::REGION_OF_RESIDENCE),
        (Some(Mask::Coarser(column)), _) => of_column(field, column),
        (_, Type::Code | Type::Codes) => field.codes,
        _ => None,
    }
}

/// The list of a column that stands in for a field's value.
fn of_column(field: &Field, column: &str) -> Option<&'static CodeList> {
    let shows = |other: &&Field| matches!(other.source, Source::Column(name) if name == column);
    let coded = catalogue().fields_of(field.kind).find(shows).and_then(|other| other.codes);
    coded.or_else(|| OF_MASKS.iter().find(|(name, _)| *name == column).map(|(_, list)| *list))
}

/// Every list that a field shows codes of, in full or through a mask.
pub fn of_field(field: &Field) -> impl Iterator<Item = &'static CodeList> {
    let masks = [None, Some(field.spec.mask), field.spec.coarse];
    masks.into_iter().filter_map(|mask| shown(field, mask))
}

impl Catalogue {
    /// The field that a name labels, and in which language.
    pub fn labelled(&self, kind: super::KindId, name: &str) -> Option<(&Field, Language)> {
        let (of, language) = labelled(name)?;
        let field = self.field_named(kind, of)?;
        of_field(field).next().map(|_| (field, language))
    }

    /// All code lists, by name.
    pub fn code_lists(&self) -> Vec<&'static CodeList> {
        let mut all: Vec<&'static CodeList> = self
            .fields()
            .iter()
            .flat_map(|field| of_field(field).chain(of_members(field).map(|(_, list)| list)))
            .flat_map(|list| match list.codes {
                Codes::Joined(parts) => [list].into_iter().chain(parts.iter().copied()).collect(),
                Codes::Units(Some(beside)) => vec![list, beside],
                _ => vec![list],
            })
            .collect();
        all.sort_by_key(|list| list.name);
        all.dedup_by_key(|list| list.name);
        all
    }

    /// A code list by its name, or by its standard (`GB/T 2261.1`).
    pub fn code_list(&self, name: &str) -> Option<&'static CodeList> {
        let name = name.trim();
        let all = self.code_lists();
        let is_standard = |list: &&&CodeList| {
            let standard = list.about().map_or("", |about| &about.standard);
            let undated = standard.rsplit_once('-').map_or(standard, |(undated, _)| undated);
            !standard.is_empty() && (name == standard || name == undated)
        };
        let found = all.iter().find(|list| list.name == name);
        found.or_else(|| all.iter().find(is_standard)).copied()
    }
}

/// The members of a structured field that hold codes, with their lists.
pub fn of_members(field: &Field) -> impl Iterator<Item = (&'static str, &'static CodeList)> {
    let path = field.path();
    let members = field.spec.ty.structure().map_or(&[][..], |structure| structure.members);
    let coded = members.iter().filter(|(_, ty)| *ty == Type::Code);
    coded.filter_map(move |(name, _)| Some((*name, member_list(&path, name)?)))
}

/// Whether a list can have a code.
pub fn has(list: &CodeList, code: &str, registers: &Directory) -> bool {
    list.has(code)
        || match list.codes {
            Codes::Units(_) => registers.has_unit(code),
            Codes::Organizations => registers.organization(code).is_some(),
            Codes::Closed | Codes::Listed(_) | Codes::Formed { .. } | Codes::Joined(_) => false,
        }
}

/// The label of a code on a day. Registers name units and organizations in Chinese; an English name has
/// what GB/T 2260 lists.
pub fn label<'r>(
    list: &'static CodeList,
    code: &str,
    language: Language,
    today: NaiveDate,
    registers: &'r Directory,
) -> Option<&'r str> {
    let told = |list: &'static CodeList| list.entry(code, today).map(|entry| entry.label(language));
    match (&list.codes, language) {
        (Codes::Units(beside), Language::Zh) => {
            registers.unit_name(code, today).or_else(|| beside.and_then(told))
        }
        (Codes::Units(_), Language::En) => told(&lists::REGION_OF_HUKOU),
        (Codes::Organizations, Language::Zh) => told(list)
            .or_else(|| registers.organization(code).map(|organization| &*organization.name)),
        _ => told(list),
    }
}

/// The codes of a list with their labels, those of registers with it.
pub fn entries(list: &'static CodeList, registers: &Directory) -> Vec<CodeEntry> {
    let mut all = list.entries().to_vec();
    let of_register = |code: &str, name: &str| CodeEntry {
        list: list.name.to_owned(),
        code: code.to_owned(),
        label_zh: name.to_owned(),
        label_en: String::new(),
        valid_from: None,
        valid_until: None,
        category: String::new(),
    };
    match list.codes {
        Codes::Units(beside) => {
            all.extend(beside.iter().flat_map(|list| list.entries()).cloned());
            let known = all.len();
            for unit in registers.units() {
                if all[..known].iter().any(|entry| entry.code == unit.code) {
                    continue;
                }
                let english = lists::REGION_OF_HUKOU.entries().iter();
                let english = english.rev().find(|entry| entry.code == unit.code);
                all.push(CodeEntry {
                    label_en: english.map_or_else(String::new, |entry| entry.label_en.clone()),
                    valid_from: unit.valid_from,
                    // The register has the day after the last.
                    valid_until: unit.valid_until.and_then(|end| end.pred_opt()),
                    ..of_register(&unit.code, &unit.name)
                });
            }
        }
        Codes::Organizations => {
            all.extend(registers.organizations().map(|found| of_register(&found.code, &found.name)))
        }
        Codes::Closed | Codes::Listed(_) | Codes::Formed { .. } | Codes::Joined(_) => {}
    }
    all
}
