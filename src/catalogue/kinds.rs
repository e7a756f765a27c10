//! Builds the catalogue from the list of kinds and what stands beside each entity.

use std::collections::HashMap;

use entity::sharing::{FieldSpec, KindSpec, Mask, RelationSpec, Shared, Sharing};
use sea_orm::{IdenStatic, Iterable};

use super::{Catalogue, Field, FieldId, Kind, KindId, Relation, Source};

#[derive(Default)]
struct Builder {
    kinds: Vec<Kind>,
    fields: Vec<Field>,
    /// What each kind says of where it leads.
    relations: Vec<(KindId, RelationSpec)>,
}

impl Builder {
    #[expect(
        clippy::expect_used,
        reason = "there are fewer kinds and fields than the numbers hold"
    )]
    fn add<E: Shared>(&mut self) {
        let spec = E::kind();
        let id = KindId(u8::try_from(self.kinds.len()).expect("there are few kinds"));
        let fields = fields::<E>(&spec).into_iter().map(|(spec, source)| {
            let field = FieldId(u16::try_from(self.fields.len()).expect("there are few fields"));
            self.fields.push(Field { id: field, kind: id, codes: spec.codes, spec, source });
            field
        });
        let fields = fields.collect();
        self.relations.extend(spec.relations.iter().map(|relation| (id, *relation)));
        self.kinds.push(Kind {
            id,
            name: spec.name,
            single: spec.single,
            plural: spec.plural,
            label_zh: spec.label_zh,
            label_en: spec.label_en,
            standard: spec.standard,
            table: E::default().table_name(),
            subject: spec.subject,
            ended_by: spec.ended_by,
            protected: spec.protected,
            persons: spec.persons,
            collected: E::collected(),
            group: spec.group,
            fields,
            relations: Vec::new(),
        });
    }

    fn relate(&mut self, from: KindId, spec: RelationSpec) {
        let RelationSpec { name, label_zh, from: key, table, to, many, back } = spec;
        let found = self.kinds.iter().find(|kind| kind.table == table);
        let target =
            found.unwrap_or_else(|| panic!("{name} leads to {table}, which is no kind")).id;
        let way = Relation { name, label_zh, target, from: key, to, many };
        self.kinds[usize::from(from.0)].relations.push(way);
        let back = back.map(|back| Relation {
            name: back.name,
            label_zh: back.label_zh,
            target: from,
            from: to,
            to: key,
            many: true,
        });
        self.kinds[usize::from(target.0)].relations.extend(back);
    }
}

/// The fields of a kind: its columns in order, then what is derived.
fn fields<E: Shared>(kind: &KindSpec) -> Vec<(FieldSpec, Source)> {
    let stored = E::Column::iter().filter_map(|column| {
        let spec = match E::sharing(column) {
            Sharing::Key | Sharing::Internal(_) => return None,
            Sharing::History(what) => what.field(kind.group, kind.class),
            Sharing::Field(spec) => spec,
        };
        Some((spec, Source::Column(column.as_str())))
    });
    let derived = E::derived().into_iter();
    let derived = derived.map(|derived| (derived.field, derived.from.into()));
    let mut all: Vec<_> = stored.chain(derived).collect();
    follow_dates(&mut all);
    all
}

/// At `masked` the instants of a row's history are shown as coarsely as the coarsest date of the
/// kind: what was collected on arrival tells the day of arrival.
fn follow_dates(fields: &mut [(FieldSpec, Source)]) {
    let coarsest = fields
        .iter()
        .filter(|(spec, _)| spec.is_date() && !spec.mask.leaves_nothing())
        .filter_map(|(spec, _)| Some((spec.mask.date_coarseness()?, spec.mask)))
        .max_by_key(|(coarseness, _)| *coarseness);
    let Some((_, mask)) = coarsest else { return };
    for (spec, _) in fields.iter_mut().filter(|(spec, _)| spec.is_instant_of_row()) {
        if spec.mask != Mask::Redact {
            spec.mask = mask.of_instants();
            spec.mask_style = spec.mask.style();
        }
    }
}

pub(super) fn build() -> Catalogue {
    let mut builder = Builder::default();
    add_all(&mut builder);
    for (from, relation) in std::mem::take(&mut builder.relations) {
        builder.relate(from, relation);
    }
    let by_name: HashMap<_, _> = builder.kinds.iter().map(|kind| (kind.name, kind.id)).collect();
    Catalogue { kinds: builder.kinds, fields: builder.fields, by_name }
}

macro_rules! add_all {
    (tables { $($table:ident => $rows:ident,)* } views { $($view:ident,)* }) => {
        /// Adds every kind of the list, in its order.
        fn add_all(builder: &mut Builder) {
            $(builder.add::<entity::$table::Entity>();)*
            $(builder.add::<entity::$view::Entity>();)*
        }
    };
}
entity::for_each_kind!(add_all);
