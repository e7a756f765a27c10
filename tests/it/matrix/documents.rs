//! Every way to name a field in a document.

use entity::sharing::Type;
use migrant_gateway::catalogue::{Field, FieldId, Kind, KindId, catalogue};
use serde_json::{Value, json};

use super::{
    oracle::Place,
    pieces::{
        below, condition, filtered, listed, ordered, pages, reaching, sample, scalar, selection,
        ways_to,
    },
};

/// How a document names its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Plain,
    Aliased,
    InFragment,
    BySingleRoot,
    ByNode,
    InVariable,
    ThroughRelation,
    /// Below a row, page by page.
    InPages,
    TwoDeep,
    /// Anything else.
    Other,
}

/// A document that names one field at one place.
pub struct Document {
    pub field: FieldId,
    pub place: Place,
    pub form: Form,
    pub query: String,
    pub variables: Value,
    /// Kinds that must be shown for it to be answered, besides the field.
    pub through: Vec<KindId>,
}

/// The documents of one field.
struct Writer {
    kind: &'static Kind,
    field: &'static Field,
    all: Vec<Document>,
}

/// Every document for a field. `id` is an identifier of its kind.
pub fn documents(field: &'static Field, id: &str) -> Vec<Document> {
    let mut writer = Writer { kind: catalogue().kind(field.kind), field, all: Vec::new() };
    writer.selected(id);
    writer.selected_below();
    writer.filtered();
    writer.filtered_below();
    writer.ordered();
    let (single, name) = (writer.kind.single, field.spec.name);
    let counts = format!("{{ {single}Stats(groupBy: [{name}]) {{ {name} count }} }}");
    writer.add(Place::Counted, Form::Plain, counts, json!({}), &[]);
    writer.all
}

impl Writer {
    fn add(
        &mut self,
        place: Place,
        form: Form,
        query: String,
        variables: Value,
        through: &[&Kind],
    ) {
        let through = through.iter().map(|kind| kind.id).collect();
        let field = self.field.id;
        self.all.push(Document { field, place, form, query, variables, through });
    }

    fn selected(&mut self, id: &str) {
        let Kind { name, plural, single, .. } = *self.kind;
        let chosen = selection(self.field);
        let fragment = format!("fragment Named on {name} {{ {chosen} }}");
        for (form, query, variables) in [
            (Form::Plain, listed(self.kind, &chosen), json!({})),
            (Form::Aliased, listed(self.kind, &format!("other: {chosen}")), json!({})),
            (Form::InFragment, listed(self.kind, "...Named") + &fragment, json!({})),
            (Form::BySingleRoot, format!("{{ {single}(id: {id:?}) {{ {chosen} }} }}"), json!({})),
            (
                Form::Other,
                format!("query ($id: ID!) {{ {single}(id: $id) {{ {chosen} }} }}"),
                json!({ "id": id }),
            ),
            (
                Form::ByNode,
                format!("{{ node(id: {id:?}) {{ ... on {name} {{ {chosen} }} }} }}"),
                json!({}),
            ),
            (
                Form::Other,
                format!("query ($id: ID!) {{ nodes(ids: [$id]) {{ ...Named }} }}{fragment}"),
                json!({ "id": id }),
            ),
            (
                Form::Other,
                format!("{{ {plural}(first: 1) {{ edges {{ node {{ {chosen} }} }} }} }}"),
                json!({}),
            ),
            (
                Form::Other,
                listed(self.kind, &format!("... on {name} {{ id ... {{ {chosen} }} }}")),
                json!({}),
            ),
            (
                Form::Other,
                format!("query ($no: Boolean!) {}", {
                    listed(self.kind, &format!("id ... @include(if: $no) {{ {chosen} }}"))
                }),
                json!({ "no": false }),
            ),
        ] {
            self.add(Place::Selected, form, query, variables, &[]);
        }
        self.labels();
    }

    /// The labels of a code, which read what it reads.
    fn labels(&mut self) {
        if !matches!(self.field.spec.ty, Type::Code | Type::Codes) {
            return;
        }
        let name = self.field.spec.name;
        let plain = listed(self.kind, &format!("{name}Label"));
        let aliased = listed(self.kind, &format!("other: {name}LabelEn"));
        self.add(Place::Selected, Form::Other, plain, json!({}), &[]);
        self.add(Place::Selected, Form::Other, aliased, json!({}), &[]);
    }

    fn selected_below(&mut self) {
        let kind = self.kind;
        let mut deep = Form::TwoDeep;
        for (source, way) in ways_to(kind) {
            let once = below(way, "", &selection(self.field));
            self.add(Place::Selected, Form::Other, listed(source, &once), json!({}), &[source]);
            if way.many {
                let paged = listed(source, &pages(way, "", &selection(self.field)));
                self.add(Place::Selected, Form::InPages, paged, json!({}), &[source]);
            }
            // There and back: two levels down from the kind itself.
            if let Some((_, back)) = ways_to(source).find(|(from, _)| from.id == kind.id) {
                let twice = listed(kind, &below(back, "", &once));
                self.add(Place::Selected, deep, twice, json!({}), &[source]);
                deep = Form::Other;
            }
        }
    }

    fn filtered(&mut self) {
        let (kind, name, ty) = (self.kind, self.field.spec.name, self.field.spec.ty);
        let (plain, value) = (condition(self.field), sample(self.field));
        let logical = format!("{{ not: {{ or: [{{ and: [{plain}] }}] }} }}");
        let operand = format!("{{ {name}: {{ eq: $v }} }}");
        let (of_kind, of_type) =
            (format!("($w: {}Where)", kind.name), format!("($v: {})", scalar(ty)));
        for (form, query, variables) in [
            (Form::Plain, filtered(kind, "", &plain), json!({})),
            (
                Form::InVariable,
                filtered(kind, &of_kind, "$w"),
                json!({ "w": { name: { "eq": value } } }),
            ),
            (Form::Other, filtered(kind, "", &logical), json!({})),
            (Form::Other, filtered(kind, &of_type, &operand), json!({ "v": value })),
        ] {
            self.add(Place::Filtered, form, query, variables, &[]);
        }
    }

    fn filtered_below(&mut self) {
        let (name, value) = (self.field.spec.name, sample(self.field));
        let plain = condition(self.field);
        let mut form = Form::ThroughRelation;
        for (source, way) in ways_to(self.kind) {
            let through = filtered(source, "", &reaching(way, &plain));
            self.add(Place::Filtered, form, through, json!({}), &[source]);
            form = Form::Other;
            if way.many {
                let nested = below(way, &format!(", where: {plain}"), "id");
                let query = listed(source, &nested);
                self.add(Place::Filtered, form, query, json!({}), &[source]);
                let paged = pages(way, &format!(", where: {plain}"), "id");
                let query = listed(source, &paged);
                self.add(Place::Filtered, Form::InPages, query, json!({}), &[source]);
                let query = filtered(source, &format!("($w: {}Where)", source.name), "$w");
                let given = json!({ "w": { way.name: { "none": { name: { "eq": value } } } } });
                self.add(Place::Filtered, form, query, given, &[source]);
            }
        }
    }

    fn ordered(&mut self) {
        let (kind, name) = (self.kind, self.field.spec.name);
        let ascending = format!("[{{ {name}: ASC }}]");
        let of_kind = format!("($o: [{}OrderBy!])", kind.name);
        for (form, query, variables) in [
            (Form::Plain, ordered(kind, "", &ascending), json!({})),
            (Form::InVariable, ordered(kind, &of_kind, "$o"), json!({ "o": [{ name: "DESC" }] })),
            (Form::Other, ordered(kind, "", &format!("{{ {name}: DESC }}")), json!({})),
            (
                Form::Other,
                ordered(kind, "($d: Direction!)", &format!("[{{ {name}: $d }}]")),
                json!({ "d": "ASC" }),
            ),
        ] {
            self.add(Place::Ordered, form, query, variables, &[]);
        }
        for (source, way) in ways_to(kind).filter(|(_, way)| way.many) {
            let nested = below(way, &format!(", orderBy: {ascending}"), "id");
            let query = listed(source, &nested);
            self.add(Place::Ordered, Form::Other, query, json!({}), &[source]);
            let paged = pages(way, &format!(", orderBy: {ascending}"), "id");
            let query = listed(source, &paged);
            self.add(Place::Ordered, Form::InPages, query, json!({}), &[source]);
        }
    }
}
