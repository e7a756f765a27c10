//! Worklists in a permit's schema: only the lists that it has, and only the members that they have.

use async_graphql::dynamic::{Enum, EnumItem, Field, InputObject, InputValue, Object, TypeRef};
use entity::person;

use super::objects::field;
use crate::{
    catalogue::catalogue,
    graphql::{
        filter::{Input, InputType},
        root_field::RootField,
        worklist::{
            CONNECTION, COUNT, DUE_MEMBERS, EDGE, ITEM, KIND, NOTICE, ORDER, counts, has_notices,
        },
    },
    policy::{Permit, Worklist},
};

/// The fields at the root.
pub(super) fn roots(permit: &Permit) -> Vec<Field> {
    if permit.worklists().is_empty() {
        return Vec::new();
    }
    let kind = catalogue().kind_of::<person::Entity>();
    let text = || TypeRef::named(TypeRef::STRING);
    let list = field(&RootField::Worklist.name(), TypeRef::named_nn(CONNECTION))
        .description(
            "工作清单: what is due to the persons whom the caller works for, as it stands today; each \
             person in a page is a subject of its record",
        )
        .argument(InputValue::new("kind", TypeRef::named_nn(KIND)).description("which list"))
        .argument(unit())
        .argument(InputValue::new("dueBefore", TypeRef::named("Date")).description(
            "only what is due before this day, as far as the caller sees when it is",
        ))
        .argument(
            InputValue::new("overdue", TypeRef::named(TypeRef::BOOLEAN))
                .description("只看逾期: only what is overdue, or only what is not"),
        )
        .argument(
            InputValue::new("where", InputType::one(Input::Where(kind)))
                .description("conditions on the person"),
        )
        .argument(InputValue::new("orderBy", TypeRef::named(ORDER)).description(
            "by when it is due; without it so, where the caller sees the month at least",
        ))
        .argument(
            InputValue::new("first", TypeRef::named(TypeRef::INT)).description("at most so many"),
        )
        .argument(InputValue::new("after", text()).description("after this cursor"));
    let mut all = vec![list];
    if counts(permit) {
        all.push(
            field(&RootField::WorklistCounts.name(), TypeRef::named_nn_list_nn(COUNT.name))
                .description(
                    "工作清单统计: persons on a list by the units below one; rounded to 5, small cells \
                     suppressed",
                )
                .argument(InputValue::new("kind", TypeRef::named_nn(KIND)).description("which list"))
                .argument(unit()),
        );
    }
    all
}

fn unit() -> InputValue {
    InputValue::new("unit", TypeRef::named("Code")).description(
        "单元: a unit within the caller's own, no nearer than the caller sees; else the caller's",
    )
}

/// The types of lists.
pub(super) fn objects(permit: &Permit) -> Vec<Object> {
    if permit.worklists().is_empty() {
        return Vec::new();
    }
    let kind = catalogue().kind_of::<person::Entity>();
    let item = Object::new(ITEM).description("事项: one thing that is due to one person").field(
        field("person", TypeRef::named(kind.name)).description(
            "人员: the person, as the caller sees it everywhere; null of a notice that waits",
        ),
    );
    let item = match has_notices(permit) {
        true => item.field(
            field("notice", TypeRef::named(NOTICE.name))
                .description("通报: of NOTICE_TO_ACCEPT the notice; else null"),
        ),
        false => item,
    };
    let item = DUE_MEMBERS.iter().fold(item, |item, (name, ty, description)| {
        let ty = match ty.strip_suffix('!') {
            Some(ty) => TypeRef::named_nn(ty),
            None => TypeRef::named(*ty),
        };
        item.field(field(name, ty).description(*description))
    });
    let list = Object::new(CONNECTION)
        .description("工作清单: a page of a list")
        .field(field("nodes", TypeRef::named_nn_list_nn(ITEM)))
        .field(field("edges", TypeRef::named_nn_list_nn(EDGE)))
        .field(field("pageInfo", TypeRef::named_nn("PageInfo")));
    let edge = Object::new(EDGE)
        .field(field("cursor", TypeRef::named_nn(TypeRef::STRING)))
        .field(field("node", TypeRef::named_nn(ITEM)));
    vec![item, list, edge]
}

/// The input that orders lists.
pub(super) fn inputs(permit: &Permit) -> Option<InputObject> {
    let is_any = !permit.worklists().is_empty();
    is_any.then(|| {
        InputObject::new(ORDER)
            .oneof()
            .description("工作清单的排序: by when it is due")
            .field(InputValue::new("dueOn", TypeRef::named("Direction")).description("应办日期"))
    })
}

/// The lists, and how an item stands.
pub(super) fn enumerations(permit: &Permit) -> Vec<Enum> {
    if permit.worklists().is_empty() {
        return Vec::new();
    }
    let kinds = Enum::new(KIND).description("工作清单: the lists that the caller works by");
    let item = |list: &Worklist| {
        let known = list.listed;
        EnumItem::new(list.id()).description(format!("{}: {}", known.name_zh, known.name_en))
    };
    let status = Enum::new("WorklistStatus")
        .description("事项状态: how an item stands")
        .item(EnumItem::new("DUE").description("应办: listed, and not overdue"))
        .item(EnumItem::new("OVERDUE").description("逾期: overdue"));
    vec![permit.worklists().iter().fold(kinds, |kinds, list| kinds.item(item(list))), status]
}
