//! The mutation root: only what the permit's role may do for its purpose.

use async_graphql::dynamic::{Enum, EnumItem, InputValue, Object, TypeRef};

use super::objects::field;
use crate::{
    graphql::acts::{self, ENUMERATIONS},
    policy::Permit,
};

/// The name of the root.
pub(super) const NAME: &str = "Mutation";

/// The root; none for those who may do nothing.
pub(super) fn root(permit: &Permit) -> Option<Object> {
    if permit.acts.is_empty() {
        return None;
    }
    let root = Object::new(NAME);
    Some(acts::of(permit).fold(root, |root, signature| {
        let answer = TypeRef::named_nn(signature.answer(permit).name);
        let act = field(signature.name, answer).description(signature.description);
        root.field(signature.arguments.iter().fold(act, |act, (name, ty, description)| {
            let ty = match ty.strip_suffix('!') {
                Some(ty) => TypeRef::named_nn(ty),
                None => TypeRef::named(*ty),
            };
            act.argument(InputValue::new(*name, ty).description(*description))
        }))
    }))
}

/// The enumerations that the arguments of the permit's acts take.
pub(super) fn enumerations(permit: &Permit) -> impl Iterator<Item = Enum> {
    let is_used = |name: &str| {
        acts::of(permit)
            .flat_map(|signature| signature.arguments)
            .any(|(_, ty, _)| ty.trim_end_matches('!') == name)
    };
    ENUMERATIONS.into_iter().filter(move |(name, ..)| is_used(name)).map(
        |(name, description, values)| {
            let enumeration = Enum::new(name).description(description);
            values.iter().fold(enumeration, |enumeration, (code, zh, en)| {
                enumeration.item(EnumItem::new(*code).description(format!("{zh}: {en}")))
            })
        },
    )
}
