//! Input types: filters by type, and `where`, `orderBy` and `groupBy` of every kind shown.

use async_graphql::dynamic::{Enum, EnumItem, InputObject, InputValue, TypeRef};

use crate::{
    catalogue::{Kind, Relation, catalogue},
    graphql::filter::{BY_TYPE, Filterable, IDS, Input, InputType, Member, Quantifier},
    policy::{Permit, Position},
};

/// What holds of all operators.
const OPERANDS: &str = "比较条件: values that meet all members. Null is no value to compare with and an \
    error; isNull asks for what is absent";

pub(super) fn filters() -> Vec<InputObject> {
    BY_TYPE.iter().map(|(_, filterable)| filterable).chain([&IDS]).map(filter_by).collect()
}

fn filter_by(filterable: &Filterable) -> InputObject {
    let filter = InputObject::new(filterable.name).description(OPERANDS);
    filterable.operators.iter().fold(filter, |filter, operator| {
        filter.field(InputValue::new(operator.name(), filterable.operand(*operator)))
    })
}

pub(super) fn of_kinds(permit: &Permit) -> Vec<InputObject> {
    let shown = || catalogue().kinds().iter().filter(|kind| permit.shows_kind(kind.id));
    let mut all = Vec::new();
    for kind in shown() {
        all.push(filter_of(permit, kind));
        if let Some(order) = order_of(permit, kind) {
            all.push(order);
        }
        if shown().any(|other| {
            other.relations.iter().any(|relation| relation.many && relation.target == kind.id)
        }) {
            all.push(quantified(kind));
        }
    }
    all
}

fn filter_of(permit: &Permit, kind: &'static Kind) -> InputObject {
    let filter = InputObject::new(Input::Where(kind).to_string()).description(format!(
        "{}的筛选条件: rows that meet all members; one that is null counts as absent",
        kind.label_zh
    ));
    let fields = permit.fields_at(kind.id, Position::Filter).map(Member::Field);
    let shown = |relation: &&Relation| permit.shows_kind(relation.target);
    let relations = kind.relations.iter().filter(shown).map(Member::Through);
    Member::OF_ALL.into_iter().chain(fields).chain(relations).fold(filter, |filter, member| {
        let Some(ty) = member.takes(kind) else { return filter };
        let input = InputValue::new(member.name(), ty);
        filter.field(match member {
            Member::And | Member::Or | Member::Not | Member::Id => input,
            Member::Field(field) => {
                input.description(format!("{}: {}", field.spec.label_zh, field.spec.label_en))
            }
            Member::Through(relation) => input.description(relation.label_zh),
        })
    })
}

fn quantified(kind: &'static Kind) -> InputObject {
    let some = InputObject::new(Input::Some(kind).to_string())
        .description(format!("{}的关联筛选: how many of them meet a condition", kind.label_zh));
    Quantifier::ALL.into_iter().fold(some, |some, quantifier| {
        let inner = InputType::one(Input::Where(kind));
        some.field(InputValue::new(quantifier.name(), inner).description(quantifier.description()))
    })
}

fn order_of(permit: &Permit, kind: &'static Kind) -> Option<InputObject> {
    let mut fields = permit.fields_at(kind.id, Position::Order).peekable();
    fields.peek()?;
    let order = InputObject::new(Input::OrderBy(kind).to_string())
        .oneof()
        .description(format!("{}的排序: one field and its direction", kind.label_zh));
    Some(fields.fold(order, |order, field| {
        order.field(
            InputValue::new(field.spec.name, TypeRef::named("Direction"))
                .description(field.spec.label_zh),
        )
    }))
}

pub(super) fn dimensions(permit: &Permit) -> Vec<Enum> {
    catalogue()
        .kinds()
        .iter()
        .filter_map(|kind| {
            let mut fields = permit.fields_at(kind.id, Position::Group).peekable();
            fields.peek()?;
            let dimension = Enum::new(Input::Dimension(kind).to_string())
                .description(format!("{}的统计维度: what counts can be split by", kind.label_zh));
            Some(fields.fold(dimension, |dimension, field| {
                dimension.item(EnumItem::new(field.spec.name).description(field.spec.label_zh))
            }))
        })
        .collect()
}
