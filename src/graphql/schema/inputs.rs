//! Input types: filters by type, and `where`, `orderBy` and `groupBy` of every kind shown.

use async_graphql::dynamic::{Enum, EnumItem, InputObject, InputValue, TypeRef};
use entity::sharing::Type;

use crate::{
    catalogue::{Kind, catalogue},
    graphql::input::operators,
    policy::{Permit, Position},
};

/// The types fields can be filtered by, with the names of their filters.
const FILTERS: [(Type, &str, &str); 6] = [
    (Type::String, "String", "StringFilter"),
    (Type::Code, "Code", "CodeFilter"),
    (Type::Boolean, "Boolean", "BooleanFilter"),
    (Type::Int, "Int", "IntFilter"),
    (Type::Date, "Date", "DateFilter"),
    (Type::DateTime, "DateTime", "DateTimeFilter"),
];

/// What holds of all operators.
const OPERANDS: &str = "比较条件: values that meet all members. Null is no value to compare with and an \
    error; isNull asks for what is absent";

/// The scalar and the filter type of fields of a type, where they can be filtered by.
pub fn filter_type(ty: Type) -> Option<(&'static str, &'static str)> {
    FILTERS.iter().find(|(known, ..)| *known == ty).map(|(_, scalar, filter)| (*scalar, *filter))
}

pub(super) fn filters() -> Vec<InputObject> {
    let mut all: Vec<InputObject> = FILTERS
        .iter()
        .map(|(ty, scalar, name)| {
            let filter = InputObject::new(*name).description(OPERANDS);
            operators(*ty).iter().fold(filter, |filter, operator| {
                let ty = match *operator {
                    "in" => TypeRef::named_nn_list(*scalar),
                    "isNull" => TypeRef::named(TypeRef::BOOLEAN),
                    _ => TypeRef::named(*scalar),
                };
                filter.field(InputValue::new(*operator, ty))
            })
        })
        .collect();
    all.push(
        InputObject::new("IdFilter")
            .description(OPERANDS)
            .field(InputValue::new("eq", TypeRef::named(TypeRef::ID)))
            .field(InputValue::new("in", TypeRef::named_nn_list(TypeRef::ID))),
    );
    all
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

fn filter_of(permit: &Permit, kind: &Kind) -> InputObject {
    let name = format!("{}Where", kind.name);
    let mut filter = InputObject::new(&name)
        .description(format!(
            "{}的筛选条件: rows that meet all members; one that is null counts as absent",
            kind.label_zh
        ))
        .field(InputValue::new("and", TypeRef::named_nn_list(&name)))
        .field(InputValue::new("or", TypeRef::named_nn_list(&name)))
        .field(InputValue::new("not", TypeRef::named(&name)))
        .field(InputValue::new("id", TypeRef::named("IdFilter")));
    for field in permit.fields_at(kind.id, Position::Filter) {
        let Some((_, filter_type)) = filter_type(field.spec.ty) else { continue };
        filter = filter.field(
            InputValue::new(field.spec.name, TypeRef::named(filter_type))
                .description(format!("{}: {}", field.spec.label_zh, field.spec.label_en)),
        );
    }
    for relation in kind.relations.iter().filter(|relation| permit.shows_kind(relation.target)) {
        let target = catalogue().kind(relation.target).name;
        let ty = if relation.many { format!("{target}Some") } else { format!("{target}Where") };
        filter = filter.field(
            InputValue::new(relation.name, TypeRef::named(ty)).description(relation.label_zh),
        );
    }
    filter
}

fn quantified(kind: &Kind) -> InputObject {
    let inner = format!("{}Where", kind.name);
    InputObject::new(format!("{}Some", kind.name))
        .description(format!("{}的关联筛选: how many of them meet a condition", kind.label_zh))
        .field(InputValue::new("some", TypeRef::named(&inner)).description("at least one does"))
        .field(InputValue::new("none", TypeRef::named(&inner)).description("not one does"))
        .field(InputValue::new("every", TypeRef::named(&inner)).description("all do"))
}

fn order_of(permit: &Permit, kind: &Kind) -> Option<InputObject> {
    let mut fields = permit.fields_at(kind.id, Position::Order).peekable();
    fields.peek()?;
    let order = InputObject::new(order_name(kind))
        .oneof()
        .description(format!("{}的排序: one field and its direction", kind.label_zh));
    Some(fields.fold(order, |order, field| {
        order.field(
            InputValue::new(field.spec.name, TypeRef::named("Direction"))
                .description(field.spec.label_zh),
        )
    }))
}

/// The name of a kind's order type.
pub(super) fn order_name(kind: &Kind) -> String {
    format!("{}OrderBy", kind.name)
}

/// The name of the enumeration of what a kind can be counted by.
pub(super) fn dimension_name(kind: &Kind) -> String {
    format!("{}Dimension", kind.name)
}

pub(super) fn dimensions(permit: &Permit) -> Vec<Enum> {
    catalogue()
        .kinds()
        .iter()
        .filter_map(|kind| {
            let mut fields = permit.fields_at(kind.id, Position::Group).peekable();
            fields.peek()?;
            let dimension = Enum::new(dimension_name(kind))
                .description(format!("{}的统计维度: what counts can be split by", kind.label_zh));
            Some(fields.fold(dimension, |dimension, field| {
                dimension.item(EnumItem::new(field.spec.name).description(field.spec.label_zh))
            }))
        })
        .collect()
}
