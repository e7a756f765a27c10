//! Output types: the query root, every kind shown, its connection and its counts.

use async_graphql::{
    Value,
    dynamic::{Field, FieldFuture, InputValue, Interface, InterfaceField, Object, TypeRef},
};
use chrono::SecondsFormat;
use entity::{
    person,
    sharing::{Structure, Type},
    structure,
};

use super::worklist;
use crate::{
    catalogue::{self, Kind, catalogue, code_lists::Language, export::type_name},
    graphql::{
        acts, code_lists as lists, entitlement, events,
        filter::{Input, InputType},
        mask::masked_type,
        me,
        plan::NODE,
        root_field::RootField,
        rules, schema_changes,
        shape::Shape,
        worklist::{COUNT, NOTICE, counts as counts_of_worklists, has_notices},
    },
    policy::{EventView, Permit, Position},
    rules::calendar::shanghai,
};

/// The languages of labels, each in a field of its own: a field means one thing to whoever keeps answers.
const LANGUAGES: [Language; 2] = [Language::Zh, Language::En];

/// What an identifier is.
const ID: &str = "an opaque identifier, different for every department";

/// A field of the schema. Its resolver is never reached: plans execute.
pub(super) fn field(name: &str, ty: TypeRef) -> Field {
    Field::new(name, ty, |_| FieldFuture::from_value(None::<Value>))
}

pub(super) fn objects(permit: &Permit) -> Vec<Object> {
    let mut all = vec![query(permit), page_info()];
    shapes(entitlement::SHAPE, &mut all);
    shapes(rules::SHAPE, &mut all);
    all.extend(worklist::objects(permit));
    if counts_of_worklists(permit) {
        shapes(COUNT, &mut all);
    }
    if has_notices(permit) {
        shapes(NOTICE, &mut all);
    }
    shapes(lists::LIST, &mut all);
    shapes(schema_changes::SHAPE, &mut all);
    for shape in told(permit) {
        shapes(shape, &mut all);
    }
    if me::is_shown(permit) {
        all.push(super::me::object(permit.shows_kind(catalogue().kind_of::<person::Entity>().id)));
    }
    for structure in used_structures(permit) {
        all.push(structure_object(structure));
    }
    for kind in catalogue().kinds() {
        if permit.shows_kind(kind.id) {
            all.push(kind_object(permit, kind));
            all.push(connection(kind));
            all.push(edge(kind));
        }
        if let Some(counts) = counts(permit, kind) {
            all.push(counts);
        }
    }
    all
}

/// What acts answer, and what lists of emergency accesses and the parts of `me` hold, each once.
fn told(permit: &Permit) -> Vec<&'static Shape> {
    let listed = permit.events.map(events::shape);
    let answers = acts::of(permit).map(|signature| signature.answer(permit));
    let parts = me::PARTS.iter().filter(|_| me::is_shown(permit)).map(|part| part.shape);
    let requests = me::lists_requests(permit).then_some(me::REQUEST);
    let mut all: Vec<&'static Shape> = Vec::new();
    for shape in listed.into_iter().chain(answers).chain(parts).chain(requests) {
        if !all.iter().any(|known| known.name == shape.name) {
            all.push(shape);
        }
    }
    all
}

/// Emergency accesses: of the caller's unit for those who review, of the person for the person.
fn emergency_accesses(view: EventView) -> Field {
    let list = field(&RootField::BreakGlassEvents.name(), TypeRef::named_nn_list_nn(events::KIND))
        .description("紧急访问列表: the latest first")
        .argument(
            InputValue::new("first", TypeRef::named(TypeRef::INT)).description("at most so many"),
        );
    match view {
        EventView::Reviewer | EventView::Everything => list.argument(
            InputValue::new("unreviewed", TypeRef::named(TypeRef::BOOLEAN)).description(
                "未复核: only those that wait for a review, or only those that do not",
            ),
        ),
        EventView::Subject | EventView::Clinician => list,
    }
}

/// What a row of every kind is: clients that keep rows by their identifiers ask for any of them
/// again by that alone (Relay's Global Object Identification).
pub(super) fn node() -> Interface {
    Interface::new(NODE)
        .description("记录: a row of any kind, by its id alone (Relay's Node)")
        .field(InterfaceField::new("id", TypeRef::named_nn(TypeRef::ID)).description(ID))
}

/// The two ways to a row by its identifier alone.
fn rows(query: Object) -> Object {
    let absent = "null where no row of the caller's scope has it";
    let node = field(&RootField::Node.name(), TypeRef::named(NODE))
        .description(format!("按标识查询: the row of this id, whatever its kind; {absent}"))
        .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)));
    let nodes = field(&RootField::Nodes.name(), TypeRef::named_list_nn(NODE))
        .description(format!("按标识批量查询: the rows of these ids, in their order; {absent}"))
        .argument(InputValue::new("ids", TypeRef::named_nn_list_nn(TypeRef::ID)));
    query.field(node).field(nodes)
}

/// The two ways to code lists.
fn code_lists(query: Object) -> Object {
    let all = field(&RootField::CodeLists.name(), TypeRef::named_nn_list_nn(lists::LIST.name))
        .description("代码表目录: the code lists; they tell of nobody");
    let one = field(&RootField::CodeList.name(), TypeRef::named_nn_list_nn(lists::ENTRY.name))
        .description("代码表: the codes of one list with their labels; they tell of nobody")
        .argument(
            InputValue::new("name", TypeRef::named_nn(TypeRef::STRING))
                .description("its name in `codeLists`, or its standard (GB/T 2261.1)"),
        );
    query.field(all).field(one)
}

/// What changed in the caller's schema.
fn changed() -> Field {
    let list = TypeRef::named_nn_list_nn(schema_changes::SHAPE.name);
    field(&RootField::SchemaChanges.name(), list)
        .description(
            "模式变更: what changed in this schema since an instant, by grants and laws; it tells of nobody",
        )
        .argument(InputValue::new("since", TypeRef::named_nn("DateTime")))
}

fn query(permit: &Permit) -> Object {
    let mut query = Object::new("Query").field(
        field(&RootField::Entitlement.name(), TypeRef::named_nn("Entitlement"))
            .description("权利清单: what this caller may see, and why not more")
            .argument(
                InputValue::new("kind", TypeRef::named(TypeRef::STRING))
                    .description("only this kind"),
            ),
    );
    query = query.field(
        field(&RootField::Rules.name(), TypeRef::named_nn_list_nn(rules::SHAPE.name))
            .description("规则: the rules of the domain by edition; they tell of nobody"),
    );
    if me::is_shown(permit) {
        query = query.field(super::me::root());
    }
    if me::lists_requests(permit) {
        query = query.field(super::me::requests());
    }
    query = code_lists(query).field(changed());
    if let Some(view) = permit.events.filter(|view| view.is_listed()) {
        query = query.field(emergency_accesses(view));
    }
    for root in worklist::roots(permit) {
        query = query.field(root);
    }
    query = rows(query);
    for kind in catalogue().kinds() {
        if permit.shows_kind(kind.id) {
            query = query
                .field(
                    field(&RootField::One(kind).name(), TypeRef::named(kind.name))
                        .description(format!("{}: one {} by its id", kind.label_zh, kind.label_en))
                        .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID))),
                )
                .field(paged(
                    permit,
                    kind,
                    field(
                        &RootField::Many(kind).name(),
                        TypeRef::named_nn(format!("{}Connection", kind.name)),
                    )
                    .description(format!("{}列表", kind.label_zh)),
                ));
        }
        if permit.fields_at(kind.id, Position::Group).next().is_some() {
            query = query.field(
                field(
                    &RootField::Stats(kind).name(),
                    TypeRef::named_nn_list_nn(format!("{}Count", kind.name)),
                )
                .description(format!(
                    "{}统计: rounded counts of persons; small cells are suppressed",
                    kind.label_zh
                ))
                .argument(InputValue::new("groupBy", InputType::list(Input::Dimension(kind)))),
            );
        }
    }
    query
}

fn filtered(permit: &Permit, kind: &'static Kind, field: Field) -> Field {
    let field =
        field.argument(InputValue::new("where", InputType::one(Input::Where(kind)))).argument(
            InputValue::new("first", TypeRef::named(TypeRef::INT)).description("at most so many"),
        );
    match permit.fields_at(kind.id, Position::Order).next() {
        Some(_) => {
            field.argument(InputValue::new("orderBy", InputType::list(Input::OrderBy(kind))))
        }
        None => field,
    }
}

fn paged(permit: &Permit, kind: &'static Kind, field: Field) -> Field {
    let text = || TypeRef::named(TypeRef::STRING);
    filtered(permit, kind, field)
        .argument(InputValue::new("after", text()).description("after this cursor"))
        .argument(
            InputValue::new("last", TypeRef::named(TypeRef::INT))
                .description("at most so many, from the end"),
        )
        .argument(InputValue::new("before", text()).description("before this cursor"))
}

fn kind_object(permit: &Permit, kind: &Kind) -> Object {
    let object = Object::new(kind.name)
        .implement(NODE)
        .description(format!("{} ({}). {}", kind.label_zh, kind.label_en, kind.standard))
        .field(field("id", TypeRef::named_nn(TypeRef::ID)).description(ID));
    let object = permit.fields_at(kind.id, Position::Select).fold(object, |object, shared| {
        let object = object.field(shared_field(permit, shared));
        labels(permit, shared).into_iter().fold(object, Object::field)
    });
    kind.relations.iter().filter(|relation| permit.shows_kind(relation.target)).fold(
        object,
        |object, relation| {
            let target = catalogue().kind(relation.target);
            if !relation.many {
                let one = field(relation.name, TypeRef::named(target.name));
                return object.field(one.description(relation.label_zh));
            }
            let list = field(relation.name, TypeRef::named_nn_list_nn(target.name));
            let list = list.description(format!("{}: the first of them", relation.label_zh));
            let pages = TypeRef::named_nn(format!("{}Connection", target.name));
            let pages = field(&relation.connection(), pages)
                .description(format!("{}: page by page", relation.label_zh));
            object.field(filtered(permit, target, list)).field(paged(permit, target, pages))
        },
    )
}

fn shared_field(permit: &Permit, shared: &catalogue::Field) -> Field {
    let spec = &shared.spec;
    let mask = permit.field(shared.id).mask;
    let ty = match mask.and_then(|mask| masked_type(mask, spec.ty)) {
        Some(masked) => TypeRef::named(masked),
        None => match spec.ty {
            Type::Codes => TypeRef::named_nn_list("Code"),
            Type::Strings => TypeRef::named_nn_list(TypeRef::STRING),
            Type::Objects(structure) => TypeRef::named_nn_list(structure.name),
            plain => TypeRef::named(type_name(plain)),
        },
    };
    let mut description = format!("{}: {}.", spec.label_zh, spec.label_en);
    if !spec.standard.is_empty() {
        description += &format!(" {}.", spec.standard);
    }
    let list = lists::shown_to(permit, shared);
    if let Some(list) = list {
        description += &format!(" 代码表 code list: {}.", list.name);
    }
    for (member, list) in catalogue::code_lists::of_members(shared) {
        description += &format!(" 代码表 code list of {member}: {}.", list.name);
    }
    description += &format!(" [{} {}", spec.group.code(), spec.class.code());
    if let Some(mask) = mask {
        description += &format!(", masked {}", spec.style_of(mask));
    }
    description += "]";
    if let Some(rule) = permit.field(shared.id).rows.filter(|_| !permit.is_drawn) {
        let kind = catalogue().kind(shared.kind);
        description +=
            &format!(" 显示范围: {}; shown {}", rule.label_zh(kind), rule.label_en(kind));
        if rule.beside {
            description += ", the value it collected itself (本部门采集的值)";
        }
        description += if permit.is_everywhere(shared.kind, rule) {
            "."
        } else {
            "; 其他行为空, null in other rows."
        };
    }
    ending(permit, shared, field(spec.name, ty).description(description))
}

/// Says of a field that will end when it does.
fn ending(permit: &Permit, shared: &catalogue::Field, field: Field) -> Field {
    let Some(end) = permit.ends(shared.id) else { return field };
    let end = end.with_timezone(&shanghai()).to_rfc3339_opts(SecondsFormat::Secs, false);
    field.deprecation(Some(&format!(
        "授权至 {end} 止: from then on not shared with this role for this purpose"
    )))
}

/// What a label is: the code that it stands beside says all else.
fn label_field(of: &str, language: Language, ty: TypeRef) -> Field {
    let description = match language {
        Language::Zh => format!("`{of}` 的名称"),
        Language::En => format!("the label of `{of}`"),
    };
    let name = catalogue::code_lists::label_name(of, language);
    field(&name, ty).description(description)
}

/// The labels beside a field that shows codes, in Chinese and English.
fn labels(permit: &Permit, shared: &catalogue::Field) -> Vec<Field> {
    if lists::shown_to(permit, shared).is_none() {
        return Vec::new();
    }
    let ty = match shared.spec.ty {
        // A code without a label has null in its place.
        Type::Codes => TypeRef::named_list(TypeRef::STRING),
        _ => TypeRef::named(TypeRef::STRING),
    };
    let label = |language| label_field(shared.spec.name, language, ty.clone());
    LANGUAGES.map(|language| ending(permit, shared, label(language))).into()
}

fn connection(kind: &Kind) -> Object {
    Object::new(format!("{}Connection", kind.name))
        .description(format!("{}列表: a page of a list", kind.label_zh))
        .field(field("nodes", TypeRef::named_nn_list_nn(kind.name)))
        .field(field("edges", TypeRef::named_nn_list_nn(format!("{}Edge", kind.name))))
        .field(field("pageInfo", TypeRef::named_nn("PageInfo")))
        .field(
            field("totalCount", TypeRef::named_nn(TypeRef::INT))
                .description("how many rows of the caller's scope meet the condition: exact where the page holds all, \
                     up to 100 under a filter and up to 10 without; of more, rounded to 5 and off by \
                     about 10"),
        )
}

fn edge(kind: &Kind) -> Object {
    Object::new(format!("{}Edge", kind.name))
        .field(field("cursor", TypeRef::named_nn(TypeRef::STRING)))
        .field(field("node", TypeRef::named_nn(kind.name)))
}

fn page_info() -> Object {
    Object::new("PageInfo")
        .description("分页信息: where a page stands in its list")
        .field(field("hasNextPage", TypeRef::named_nn(TypeRef::BOOLEAN)))
        .field(field("hasPreviousPage", TypeRef::named_nn(TypeRef::BOOLEAN)))
        .field(field("startCursor", TypeRef::named(TypeRef::STRING)))
        .field(field("endCursor", TypeRef::named(TypeRef::STRING)))
}

fn counts(permit: &Permit, kind: &Kind) -> Option<Object> {
    let mut dimensions = permit.fields_at(kind.id, Position::Group).peekable();
    dimensions.peek()?;
    let counts = Object::new(format!("{}Count", kind.name))
        .description(format!("{}统计: one cell", kind.label_zh))
        .field(
            field("count", TypeRef::named(TypeRef::INT))
                .description("persons, rounded to 5; absent when suppressed"),
        )
        .field(field("suppressed", TypeRef::named_nn(TypeRef::BOOLEAN)));
    Some(dimensions.fold(counts, |counts, dimension| {
        let ty = TypeRef::named(type_name(dimension.spec.ty));
        let split = field(dimension.spec.name, ty).description(dimension.spec.label_zh);
        let counts = counts.field(ending(permit, dimension, split));
        match dimension.codes {
            Some(_) => LANGUAGES.into_iter().fold(counts, |counts, language| {
                let text = TypeRef::named(TypeRef::STRING);
                let label = label_field(dimension.spec.name, language, text);
                counts.field(ending(permit, dimension, label))
            }),
            None => counts,
        }
    }))
}

fn used_structures(permit: &Permit) -> impl Iterator<Item = &'static Structure> + '_ {
    structure::ALL.into_iter().filter(|structure| {
        catalogue().fields().iter().any(|field| {
            permit.may(field, Position::Select) && field.spec.ty.structure() == Some(structure)
        })
    })
}

fn structure_object(structure: &Structure) -> Object {
    let object = Object::new(structure.name).description(structure.label_zh);
    structure.members.iter().fold(object, |object, (name, ty)| {
        let object = object.field(field(name, TypeRef::named(type_name(*ty))));
        match ty {
            Type::Code => LANGUAGES.into_iter().fold(object, |object, language| {
                object.field(label_field(name, language, TypeRef::named(TypeRef::STRING)))
            }),
            _ => object,
        }
    })
}

fn shapes(shape: &Shape, all: &mut Vec<Object>) {
    let object = Object::new(shape.name).description(shape.description);
    all.push(shape.members.iter().fold(object, |object, (name, ty, below)| {
        object.field(field(
            name,
            match below {
                Some(_) => TypeRef::named_nn_list_nn(*ty),
                None => TypeRef::named(*ty),
            },
        ))
    }));
    for below in shape.members.iter().filter_map(|(.., below)| *below) {
        shapes(below, all);
    }
}
