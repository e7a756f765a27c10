//! A person's own view as the schema has it.

use async_graphql::dynamic::{Field, InputValue, Object, TypeRef};
use entity::person;

use super::objects::field;
use crate::{
    catalogue::catalogue,
    graphql::{
        me::{CHILDREN, DESCRIPTION, ME, PARTS, PERSON, REQUEST},
        root_field::RootField,
    },
};

/// The field at the root.
pub(super) fn root() -> Field {
    field(&RootField::Me.name(), TypeRef::named_nn(ME)).description(DESCRIPTION)
}

/// What it leads to.
pub(super) fn object(shows_persons: bool) -> Object {
    let mut object = Object::new(ME).description(DESCRIPTION);
    if shows_persons {
        let person = catalogue().kind_of::<person::Entity>();
        object = object
            .field(field(PERSON, TypeRef::named(person.name)).description("本人: one's own row"))
            .field(field(CHILDREN, TypeRef::named_nn_list_nn(person.name)).description(
                "未成年子女: children in the caller's guardianship, the oldest first",
            ));
    }
    PARTS.iter().fold(object, |object, part| {
        let told = field(part.name, TypeRef::named_nn_list_nn(part.shape.name));
        let told = told.description(part.description);
        object.field(part.arguments.iter().fold(told, |told, (name, ty, description)| {
            told.argument(InputValue::new(*name, TypeRef::named(*ty)).description(*description))
        }))
    })
}

/// Requests of persons, to the officer who answers them.
pub(super) fn requests() -> Field {
    field(&RootField::SubjectRequests.name(), TypeRef::named_nn_list_nn(REQUEST.name))
        .description("主体请求列表: requests of persons of the unit, those due first")
        .argument(
            InputValue::new("open", TypeRef::named(TypeRef::BOOLEAN)).description(
                "未办结: only those that wait for an answer, or only those that do not",
            ),
        )
        .argument(
            InputValue::new("first", TypeRef::named(TypeRef::INT)).description("at most so many"),
        )
}
