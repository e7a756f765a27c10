//! What to say of a name that the caller's schema does not have.
//!
//! The catalogue is public, so a field that exists is named with its share category and law. That
//! says nothing of anybody's data.

use crate::{
    catalogue::{Field, Kind, catalogue},
    error::{Code, GatewayError},
    policy::{Permit, Position, Refusal},
};

/// The error for a selected field.
pub fn selection(permit: &Permit, kind: &Kind, name: &str) -> GatewayError {
    if let Some(field) = catalogue().field_named(kind.id, name) {
        return of_field(permit, field, "selected");
    }
    if let Some((field, _)) = catalogue().labelled(kind.id, name)
        && !permit.may(field, Position::Select)
    {
        return of_field(permit, field, "selected");
    }
    if let Some(relation) = kind.relation_named(name).or_else(|| kind.connection_named(name)) {
        return of_kind(permit, catalogue().kind(relation.target));
    }
    GatewayError::new(
        Code::GraphqlValidationFailed,
        format!("{} has no field of this name", kind.name),
    )
}

/// The error for a member of `where` or `orderBy`.
pub fn input(permit: &Permit, kind: &Kind, name: &str, position: &str) -> GatewayError {
    let counted = || catalogue().labelled(kind.id, name).filter(|_| position == "groupBy");
    let field = catalogue().field_named(kind.id, name).or_else(|| Some(counted()?.0));
    if let Some(field) = field {
        return of_field(permit, field, &format!("used in {position}"));
    }
    if let Some(relation) = kind.relation_named(name) {
        return of_kind(permit, catalogue().kind(relation.target));
    }
    GatewayError::new(
        Code::BadUserInput,
        format!("{position} of {} has no member of this name", kind.name),
    )
}

/// The error for counts of specially protected data below the prefecture.
pub fn counted_too_closely(kind: &Kind) -> GatewayError {
    describe(
        GatewayError::new(
            Code::FieldNotShared,
            "specially protected data is counted from the prefecture up",
        )
        .with("kind", kind.name)
        .with("group", kind.group.code()),
        Refusal::SpeciallyProtected,
        None,
    )
}

/// The error for a root field or relation to a kind.
pub fn of_kind(permit: &Permit, kind: &Kind) -> GatewayError {
    let refusal = catalogue()
        .fields_of(kind.id)
        .find_map(|field| permit.field(field.id).refusal)
        .unwrap_or(Refusal::NotGranted);
    describe(
        GatewayError::new(
            Code::FieldNotShared,
            format!("{} is not shared with this role for this purpose", kind.name),
        )
        .with("kind", kind.name)
        .with("group", kind.group.code()),
        refusal,
        None,
    )
}

fn of_field(permit: &Permit, field: &Field, position: &str) -> GatewayError {
    let decision = permit.field(field.id);
    let message = if decision.level.shows_rows() {
        format!("{} cannot be {position} at level {}", field.path(), decision.level.code())
    } else {
        format!("{} is not shared with this role for this purpose", field.path())
    };
    describe(
        GatewayError::new(Code::FieldNotShared, message)
            .with("kind", catalogue().kind(field.kind).name)
            .with("field", field.spec.name)
            .with("group", field.spec.group.code()),
        decision.reason(),
        decision.law.as_ref().map(|law| law.law.as_str()),
    )
}

fn describe(error: GatewayError, refusal: Refusal, law: Option<&str>) -> GatewayError {
    let error = error
        .with("reason", refusal.code())
        .with("shareCategory", refusal.share_category().code())
        .with("legalBasis", refusal.law())
        .with("requestable", refusal.is_requestable());
    match law {
        Some(law) => error.with("grantedUnder", law),
        None => error,
    }
}
