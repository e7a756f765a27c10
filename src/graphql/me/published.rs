//! What departments share about a person and why: of the grants in force, as permits have it. It is the
//! same for everybody, and kept until some grant or law begins or ends.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::sharing::{Department, Group};
use serde_json::{Value as Json, json};

use super::words;
use crate::{
    catalogue::catalogue,
    graphql::shape::Shape,
    policy::{Basis, GrantSet, LegalBasis, Level, Permit, Purpose, Role, Scope},
};

/// `SharingAccount`.
pub const SHAPE: &Shape = &Shape {
    name: "SharingAccount",
    description: "共享说明: what a department may see for a purpose",
    members: &[
        ("sentence", "String", None),
        ("department", "Code", None),
        ("departmentLabelZh", "String", None),
        ("purpose", "Code", None),
        ("purposeLabelZh", "String", None),
        ("law", "String", None),
        ("groups", "SharedGroup", Some(GROUP)),
    ],
};

const GROUP: &Shape = &Shape {
    name: "SharedGroup",
    description: "共享的字段组: a group of fields, how much of it, of whom, and who sees it",
    members: &[
        ("group", "Code", None),
        ("labelZh", "String", None),
        ("level", "Code", None),
        ("levelLabelZh", "String", None),
        ("scopeLabelZh", "String", None),
        ("coversMinors", "Boolean", None),
        ("roleLabelZh", "String", None),
        ("law", "String", None),
    ],
};

/// What one role may see of one group for one purpose.
#[derive(Clone, Debug)]
pub struct Share {
    role: Role,
    purpose: Purpose,
    group: Group,
    level: Level,
    scope_zh: String,
    covers_minors: bool,
    law: Arc<LegalBasis>,
}

/// What consent opens: to which department, for what, which group, by which law.
type Choice = (Department, Purpose, Group, Arc<LegalBasis>);

/// What departments may see.
#[derive(Debug)]
pub struct Published {
    /// What is shared, by department and purpose.
    pub sharing: Json,
    /// What is shared by consent alone.
    pub consentable: Vec<Choice>,
    /// When some grant or law begins or ends next.
    pub valid_until: Option<DateTime<Utc>>,
}

impl Published {
    /// By the grants that are in force at an instant.
    pub fn of(grants: &GrantSet, now: DateTime<Utc>) -> Self {
        let mut shares = Vec::new();
        let mut consentable: Vec<Choice> = Vec::new();
        let mut valid_until: Option<DateTime<Utc>> = None;
        for role in Role::ALL.into_iter().filter(|role| *role != Role::SU) {
            for purpose in Purpose::of(role) {
                let basis = Basis {
                    role,
                    purpose,
                    has_organization: true,
                    has_person: false,
                    has_contract: true,
                };
                let Ok(permit) = Permit::decide(basis, grants, now) else { continue };
                valid_until = [valid_until, permit.valid_until].into_iter().flatten().min();
                let of_permit = shares_of(&permit);
                consentable.extend(consents_of(&permit));
                shares.extend(of_permit);
            }
        }
        consentable.sort_by_key(|(department, purpose, group, _)| (*department, *purpose, *group));
        consentable.dedup_by_key(|(department, purpose, group, _)| (*department, *purpose, *group));
        Self { sharing: told(&shares), consentable, valid_until }
    }
}

/// The groups of which a permit shows rows of persons, each as its widest field has it.
fn shares_of(permit: &Permit) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for field in catalogue().fields() {
        let decision = permit.field(field.id);
        let kind = catalogue().kind(field.kind);
        let of_person = kind.person().is_some();
        let (true, Some(rule), Some(law)) = (of_person, decision.rows, &decision.law) else {
            continue;
        };
        let share = Share {
            role: permit.basis.role,
            purpose: permit.basis.purpose,
            group: field.spec.group,
            level: decision.level,
            scope_zh: rule.label_zh(kind),
            covers_minors: rule.covers_minors,
            law: law.clone(),
        };
        match shares.iter_mut().find(|known| known.group == share.group) {
            Some(known) if known.level < share.level => *known = share,
            Some(_) => {}
            None => shares.push(share),
        }
    }
    shares
}

/// The groups that a permit shows by consent.
fn consents_of(permit: &Permit) -> Vec<Choice> {
    let Basis { role, purpose, .. } = permit.basis;
    let by_consent = catalogue().fields().iter().filter_map(|field| {
        let decision = permit.field(field.id);
        decision.rows.filter(|rule| rule.scope == Scope::Consent)?;
        Some((role.department(), purpose, field.spec.group, decision.law.clone()?))
    });
    by_consent.collect()
}

fn level_zh(level: Level) -> &'static str {
    match level {
        Level::Full => "全部内容",
        Level::Masked => "脱敏后的内容",
        Level::Predicate => "仅是或否",
        Level::Aggregate | Level::None => "不提供",
    }
}

/// The shares of each department and purpose together.
fn told(shares: &[Share]) -> Json {
    let mut cells: Vec<((Department, Purpose), Vec<&Share>)> = Vec::new();
    for share in shares {
        let cell = (share.role.department(), share.purpose);
        match cells.iter_mut().find(|(known, _)| *known == cell) {
            Some((_, of_cell)) => of_cell.push(share),
            None => cells.push((cell, vec![share])),
        }
    }
    cells.sort_by_key(|(cell, _)| *cell);
    cells
        .into_iter()
        .map(|((department, purpose), mut of_cell)| {
            of_cell.sort_by_key(|share| (share.group, share.role));
            let groups = of_cell.iter().map(|share| share.group.label_zh());
            let groups = words::enumerate(groups, usize::MAX);
            let law = words::cite_all(of_cell.iter().map(|share| share.law.law.as_str()));
            let (who, why) = (department.label_zh(), purpose.label_zh());
            json!({
                "sentence": format!("{who}部门为“{why}”可以使用您的{groups}；依据：{law}。"),
                "department": department.code(),
                "departmentLabelZh": who,
                "purpose": purpose.code(),
                "purposeLabelZh": why,
                "law": law,
                "groups": of_cell.iter().map(|share| json!({
                    "group": share.group.code(),
                    "labelZh": share.group.label_zh(),
                    "level": share.level.code(),
                    "levelLabelZh": level_zh(share.level),
                    "scopeLabelZh": share.scope_zh,
                    "coversMinors": share.covers_minors,
                    "roleLabelZh": share.role.label_zh(),
                    "law": words::cite(&share.law.law),
                })).collect::<Json>(),
            })
        })
        .collect()
}
