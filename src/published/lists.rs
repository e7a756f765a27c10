//! The lists.

use chrono::{DateTime, Utc};
use entity::sharing::{Department, Group};
use serde_json::{Value as Json, json};

use super::Table;
use crate::{
    catalogue::{
        catalogue,
        code_lists::{self, CodeList, Language},
    },
    clock::day_in_shanghai,
    directory::Directory,
    policy::{Purpose, Refusal, Role},
    rules::{audit_case, break_glass},
};

/// The roles that data is shared with, and the stewards.
pub fn roles() -> Table {
    let all = Role::ALL.into_iter().chain(Role::STEWARDS);
    Table {
        title_zh: "角色",
        title_en: "roles",
        columns: &["code", "name", "department", "labelZh", "labelEn", "purposes"],
        rows: all
            .map(|role| {
                let purposes = every_purpose().filter(|purpose| purpose.is_open_to(role));
                vec![
                    json!(role.code()),
                    json!(role.name()),
                    json!(role.department().code()),
                    json!(role.label_zh()),
                    json!(role.label_en()),
                    purposes.map(Purpose::code).collect(),
                ]
            })
            .collect(),
    }
}

/// The purposes for which data is asked for, and the administration.
pub fn purposes() -> Table {
    Table {
        title_zh: "用途",
        title_en: "purposes",
        columns: &["code", "labelZh", "labelEn", "roles"],
        rows: every_purpose()
            .map(|purpose| {
                let all = Role::ALL.into_iter().chain(Role::STEWARDS);
                let roles = all.filter(|role| purpose.is_open_to(*role));
                vec![
                    json!(purpose.code()),
                    json!(purpose.label_zh()),
                    json!(purpose.label_en()),
                    roles.map(Role::code).collect(),
                ]
            })
            .collect(),
    }
}

fn every_purpose() -> impl Iterator<Item = Purpose> {
    Purpose::ALL.into_iter().chain([Purpose::Adm])
}

/// The field groups that grants speak of.
pub fn groups() -> Table {
    let english = catalogue().code_list("field-groups");
    let english = |group: Group| {
        let mut entries = english.iter().flat_map(|list| list.entries());
        entries.find(|entry| entry.code == group.code()).map(|entry| entry.label(Language::En))
    };
    Table {
        title_zh: "字段组",
        title_en: "field groups",
        columns: &["code", "labelZh", "labelEn", "speciallyProtected", "fields"],
        rows: Group::ALL
            .map(|group| {
                let fields = catalogue().fields().iter().filter(|f| f.spec.group == group).count();
                vec![
                    json!(group.code()),
                    json!(group.label_zh()),
                    json!(english(group)),
                    json!(group.is_specially_protected()),
                    json!(fields),
                ]
            })
            .into(),
    }
}

/// The closed lists of reasons: of emergencies and their reviews, of audit cases, and of refusals.
pub fn reasons() -> Table {
    let row = |of: &str, code: &str, zh: &str, en: &str, law: &str| {
        vec![json!(of), json!(code), json!(zh), json!(en), json!(law)]
    };
    let told = |of: &'static str, law: &'static str| {
        move |(code, zh, en): (&str, &str, &str)| row(of, code, zh, en, law)
    };
    let emergencies = break_glass::REASONS.into_iter().map(told("emergency", "PIPL 13(4), 18"));
    let verdicts = break_glass::VERDICTS.into_iter().map(told("review", "PIPL 51"));
    let cases = audit_case::REASONS.into_iter().map(told("auditCase", "PIPL 54"));
    let request = [(audit_case::REQUEST, "本人请求", "the person's own request")];
    let request = request.into_iter().map(told("auditCase", "PIPL 44, 48"));
    let refusals = Refusal::ALL.into_iter().map(|refusal| {
        row("refusal", refusal.code(), refusal.label_zh(), refusal.label_en(), refusal.law())
    });
    Table {
        title_zh: "理由",
        title_en: "reasons",
        columns: &["of", "code", "labelZh", "labelEn", "legalBasis"],
        rows: emergencies.chain(verdicts).chain(cases).chain(request).chain(refusals).collect(),
    }
}

/// The register of organizations: names and units.
pub fn organizations(registers: &Directory) -> Table {
    let kinds = catalogue().code_list("organization-kinds");
    Table {
        title_zh: "机构",
        title_en: "organizations",
        columns: &[
            "code",
            "name",
            "kind",
            "kindLabelZh",
            "department",
            "departmentLabelZh",
            "unit",
        ],
        rows: registers
            .organizations()
            .map(|found| {
                let department = Department::parse(&found.department);
                vec![
                    json!(found.code),
                    json!(found.name),
                    json!(found.kind),
                    json!(kinds.and_then(|list| last_label(list, &found.kind))),
                    json!(found.department),
                    json!(department.map(Department::label_zh)),
                    json!(registers.unit_of_key(found.unit_id).map(|unit| &unit.code)),
                ]
            })
            .collect(),
    }
}

fn last_label(list: &'static CodeList, code: &str) -> Option<&'static str> {
    let entry = list.entries().iter().rev().find(|entry| entry.code == code)?;
    Some(entry.label(Language::Zh))
}

/// The register of administrative units, those that are no more with the last day on which they were.
pub fn units(registers: &Directory) -> Table {
    Table {
        title_zh: "管理单元",
        title_en: "administrative units",
        columns: &["code", "name", "level", "kind", "parent", "validFrom", "validUntil"],
        rows: registers
            .units()
            .map(|unit| {
                let parent = unit.parent_id.and_then(|parent| registers.unit_of_key(parent));
                vec![
                    json!(unit.code),
                    json!(unit.name),
                    json!(unit.level),
                    json!(unit.kind),
                    json!(parent.map(|parent| &parent.code)),
                    json!(unit.valid_from),
                    json!(unit.valid_until.and_then(|end| end.pred_opt())),
                ]
            })
            .collect(),
    }
}

/// The legal bases that grants rest on.
pub fn laws(registers: &Directory) -> Table {
    let day = |at: DateTime<Utc>| day_in_shanghai(at);
    Table {
        title_zh: "法律依据",
        title_en: "legal bases",
        columns: &["code", "law", "instrument", "validFrom", "validUntil"],
        rows: registers
            .laws()
            .iter()
            .map(|law| {
                let last = law.in_force_until.and_then(|end| day(end).pred_opt());
                vec![
                    json!(law.code),
                    json!(law.law),
                    json!(law.instrument),
                    json!(day(law.in_force_from)),
                    json!(last),
                ]
            })
            .collect(),
    }
}

/// The code lists, without their codes.
pub fn code_lists(registers: &Directory) -> Table {
    Table {
        title_zh: "代码表",
        title_en: "code lists",
        columns: &["name", "titleZh", "titleEn", "standard", "codes", "fields", "source"],
        rows: catalogue()
            .code_lists()
            .into_iter()
            .map(|list| {
                let about = list.about();
                vec![
                    json!(list.name),
                    json!(about.map(|about| &about.title_zh)),
                    json!(about.map(|about| &about.title_en)),
                    json!(about.map(|about| &about.standard).filter(|text| !text.is_empty())),
                    // Without a database nothing is known of its registers.
                    match code_lists::entries(list, registers).len() {
                        0 => Json::Null,
                        count => json!(count),
                    },
                    fields_of(list),
                    json!(about.map(|about| &about.source)),
                ]
            })
            .collect(),
    }
}

/// The fields, and members of fields, that hold codes of a list.
fn fields_of(list: &'static CodeList) -> Json {
    let of_field = |field: &'static crate::catalogue::Field| {
        let whole = code_lists::of_field(field).any(|of| of.name == list.name);
        let members = code_lists::of_members(field)
            .filter(|(_, of)| of.name == list.name)
            .map(|(member, _)| format!("{}.{member}", field.path()));
        whole.then(|| field.path()).into_iter().chain(members).collect::<Vec<_>>()
    };
    catalogue().fields().iter().flat_map(of_field).collect()
}
