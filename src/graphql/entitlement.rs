//! `entitlement`: what the caller may see and, for everything else, why not and by which law.

use serde_json::{Value as Json, json};

use super::shape::Shape;
use crate::{
    catalogue::{Field, catalogue},
    policy::{Permit, Position, Refusal},
};

/// `Entitlement`.
pub const SHAPE: &Shape = &Shape {
    name: "Entitlement",
    description: "权利清单: what this caller may see for this purpose, and why not more",
    members: &[
        ("role", "String", None),
        ("roleLabelZh", "String", None),
        ("department", "String", None),
        ("purpose", "String", None),
        ("purposeLabelZh", "String", None),
        ("grantsVersion", "Int", None),
        ("limits", "VolumeLimit", Some(LIMIT)),
        ("shared", "SharedField", Some(SHARED)),
        ("withheld", "WithheldField", Some(WITHHELD)),
    ],
};

const LIMIT: &Shape = &Shape {
    name: "VolumeLimit",
    description: "读取限额: of how many persons the caller may read data, and how many are left",
    members: &[
        ("category", "String", None),
        ("labelZh", "String", None),
        ("ground", "String", None),
        ("window", "String", None),
        ("limit", "Float", None),
        ("remaining", "Float", None),
        ("resetAt", "DateTime", None),
    ],
};

const SHARED: &Shape = &Shape {
    name: "SharedField",
    description: "可见字段: a field the caller may see",
    members: &[
        ("kind", "String", None),
        ("field", "String", None),
        ("group", "String", None),
        ("class", "String", None),
        ("level", "String", None),
        ("scope", "String", None),
        ("scopeLabelZh", "String", None),
        ("scopeLabelEn", "String", None),
        ("inEveryRow", "Boolean", None),
        ("mask", "String", None),
        ("coversMinors", "Boolean", None),
        ("filterable", "Boolean", None),
        ("orderable", "Boolean", None),
        ("labelZh", "String", None),
        ("labelEn", "String", None),
        ("legalBasis", "String", None),
    ],
};

const WITHHELD: &Shape = &Shape {
    name: "WithheldField",
    description: "不共享字段: a field the caller may not see, and why",
    members: &[
        ("kind", "String", None),
        ("field", "String", None),
        ("group", "String", None),
        ("class", "String", None),
        ("level", "String", None),
        ("reason", "String", None),
        ("law", "String", None),
        ("shareCategory", "String", None),
        ("requestable", "Boolean", None),
        ("labelZh", "String", None),
        ("labelEn", "String", None),
    ],
};

/// The permit as JSON, for one kind or all, with what is left of the caller's limits.
pub fn describe(permit: &Permit, kind: Option<&str>, limits: Json) -> Json {
    let role = permit.basis.role;
    let purpose = permit.basis.purpose;
    let fields = || {
        catalogue()
            .fields()
            .iter()
            .filter(|field| kind.is_none_or(|kind| catalogue().kind(field.kind).name == kind))
    };
    let shows = |field: &&Field| permit.field(field.id).level.shows_rows();
    json!({
        "role": role.name(),
        "roleLabelZh": role.label_zh(),
        "department": role.department().code(),
        "purpose": purpose.code(),
        "purposeLabelZh": purpose.label_zh(),
        "grantsVersion": permit.grants_version,
        "limits": limits,
        "shared": fields().filter(shows).map(|field| shared(permit, field)).collect::<Json>(),
        "withheld": fields()
            .filter(|field| !shows(field))
            .map(|field| withheld(permit, field))
            .collect::<Json>(),
    })
}

fn shared(permit: &Permit, field: &Field) -> Json {
    let decision = permit.field(field.id);
    let rule = decision.rows;
    let kind = catalogue().kind(field.kind);
    json!({
        "kind": kind.name,
        "field": field.spec.name,
        "group": field.spec.group.code(),
        "class": field.spec.class.code(),
        "level": decision.level.code(),
        "scope": rule.map(|rule| rule.scope.code()),
        "scopeLabelZh": rule.map(|rule| rule.label_zh(kind)),
        "scopeLabelEn": rule.map(|rule| rule.label_en(kind)),
        "inEveryRow": rule.map(|rule| permit.is_everywhere(field.kind, rule)),
        "mask": decision.mask.map(|mask| field.spec.style_of(mask)),
        "coversMinors": rule.map(|rule| rule.covers_minors),
        "filterable": permit.may(field, Position::Filter),
        "orderable": permit.may(field, Position::Order),
        "labelZh": field.spec.label_zh,
        "labelEn": field.spec.label_en,
        "legalBasis": decision.law.as_ref().map(|law| &law.law),
    })
}

fn withheld(permit: &Permit, field: &Field) -> Json {
    let decision = permit.field(field.id);
    let refusal = decision.refusal.unwrap_or(Refusal::NotGranted);
    json!({
        "kind": catalogue().kind(field.kind).name,
        "field": field.spec.name,
        "group": field.spec.group.code(),
        "class": field.spec.class.code(),
        "level": decision.level.code(),
        "reason": refusal.code(),
        "law": refusal.law(),
        "shareCategory": refusal.share_category().code(),
        "requestable": refusal.is_requestable(),
        "labelZh": field.spec.label_zh,
        "labelEn": field.spec.label_en,
    })
}
