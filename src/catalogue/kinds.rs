//! Which tables are shared, under which names, and how they lead to each other.

use std::collections::HashMap;

use entity::sharing::{Derived, FieldSpec, Group, Mask, Sharing};
use sea_orm::{EntityName, IdenStatic, Iterable};

use super::{Catalogue, Field, FieldId, Kind, KindId, Relation, Source, code_lists};

struct Naming {
    name: &'static str,
    single: &'static str,
    plural: &'static str,
    label_zh: &'static str,
    label_en: &'static str,
    standard: &'static str,
    group: Group,
}

const fn named(
    name: &'static str,
    single: &'static str,
    plural: &'static str,
    label_zh: &'static str,
    label_en: &'static str,
    standard: &'static str,
    group: Group,
) -> Naming {
    Naming { name, single, plural, label_zh, label_en, standard, group }
}

macro_rules! shared {
    ($builder:expr, $module:ident, $naming:expr) => {{
        let columns = entity::$module::Column::iter()
            .map(|column| (column.as_str(), entity::$module::sharing(&column)));
        $builder.add(
            entity::$module::Entity.table_name(),
            $naming,
            columns,
            entity::$module::DERIVED,
        );
    }};
}

#[derive(Default)]
struct Builder {
    kinds: Vec<Kind>,
    fields: Vec<Field>,
}

impl Builder {
    #[expect(
        clippy::expect_used,
        reason = "there are fewer kinds and fields than the numbers hold"
    )]
    fn add(
        &mut self,
        table: &'static str,
        naming: Naming,
        columns: impl Iterator<Item = (&'static str, Sharing)>,
        derived: &'static [Derived],
    ) {
        let kind = KindId(u8::try_from(self.kinds.len()).expect("there are few kinds"));
        let first = self.fields.len();
        let stored = columns.filter_map(|(column, sharing)| match sharing {
            Sharing::Field(spec) => Some((spec, Source::Column(column))),
            Sharing::Key | Sharing::Internal(_) => None,
        });
        let computed = derived.iter().map(|derived| (derived.field, Source::Derived(derived.from)));
        let mut all: Vec<_> = stored.chain(computed).collect();
        follow_dates(&mut all);
        for (spec, source) in all {
            let id = FieldId(u16::try_from(self.fields.len()).expect("there are few fields"));
            let codes = code_lists::of(naming.name, spec.name);
            self.fields.push(Field { id, kind, spec, source, codes });
        }
        self.kinds.push(Kind {
            id: kind,
            name: naming.name,
            single: naming.single,
            plural: naming.plural,
            label_zh: naming.label_zh,
            label_en: naming.label_en,
            standard: naming.standard,
            table,
            subject: if naming.name == "Person" { "id" } else { "person_id" },
            ended_by: (naming.name == "ResidenceRegistration").then_some("departure_date"),
            group: naming.group,
            fields: self.fields[first..].iter().map(|field| field.id).collect(),
            relations: Vec::new(),
        });
    }

    #[expect(clippy::expect_used, reason = "relations join kinds")]
    fn id(&self, name: &str) -> KindId {
        self.kinds.iter().find(|kind| kind.name == name).expect("relations join kinds").id
    }

    fn relate(
        &mut self,
        (source, from): (&str, &'static str),
        (name, label_zh): (&'static str, &'static str),
        (target, to): (&str, &'static str),
        many: bool,
    ) {
        let (source, target) = (self.id(source), self.id(target));
        let relation = Relation { name, label_zh, target, from, to, many };
        self.kinds[usize::from(source.0)].relations.push(relation);
    }
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
    add_kinds(&mut builder);
    relate(&mut builder);
    let by_name: HashMap<_, _> = builder.kinds.iter().map(|kind| (kind.name, kind.id)).collect();
    Catalogue { kinds: builder.kinds, fields: builder.fields, by_name }
}

#[rustfmt::skip]
fn add_kinds(builder: &mut Builder) {
    use Group::*;
    shared!(builder, person, named("Person", "person", "persons", "人员", "person", "FHIR Patient; GB/T 2261; WS 371-2012", G01));
    shared!(builder, household_registration, named("HouseholdRegistration", "householdRegistration", "householdRegistrations", "户籍登记", "household registration (hukou)", "户口登记条例; GB/T 2260", G07));
    shared!(builder, residence_registration, named("ResidenceRegistration", "residenceRegistration", "residenceRegistrations", "居住登记(流入登记)", "residence registration", "居住证暂行条例 9", G09));
    shared!(builder, residence_permit, named("ResidencePermit", "residencePermit", "residencePermits", "居住证", "residence permit", "居住证暂行条例 3, 4, 8, 10", G09));
    shared!(builder, household_member, named("HouseholdMember", "householdMember", "householdMembers", "家庭成员关系", "household membership", "GB/T 4761-2008; FHIR RelatedPerson", G10));
    shared!(builder, employment, named("Employment", "employment", "employments", "就业", "employment", "GB/T 6565; GB/T 4754; GB/T 2261.4; GB 32100", G11));
    shared!(builder, health_record, named("HealthRecord", "healthRecord", "healthRecords", "居民健康档案", "resident health record", "国家基本公共卫生服务规范; WS 365-2011; WS/T 483", G13));
    shared!(builder, immunization_card, named("ImmunizationCard", "immunizationCard", "immunizationCards", "预防接种档案(卡/证)", "immunization card", "WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization", G15));
    shared!(builder, immunization_dose, named("ImmunizationDose", "immunizationDose", "immunizationDoses", "预防接种记录(剂次)", "vaccine dose given", "WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization", G15));
    shared!(builder, infectious_disease_report, named("InfectiousDiseaseReport", "infectiousDiseaseReport", "infectiousDiseaseReports", "传染病报告卡", "infectious disease report", "传染病防治法 30; 传染病信息报告管理规范; WS 375.10-2012", G19));
    shared!(builder, stigmatized_disease_report, named("StigmatizedDiseaseReport", "stigmatizedDiseaseReport", "stigmatizedDiseaseReports", "传染病报告卡(艾滋病/性病专病)", "HIV/STI report", "艾滋病防治条例 39; WS 375.10-2012", G20));
    shared!(builder, maternal_care_record, named("MaternalCareRecord", "maternalCareRecord", "maternalCareRecords", "孕产妇保健管理档案", "maternal care record", "WS 377.4-2013; 母婴保健法实施办法 18", G16));
    shared!(builder, severe_mental_disorder_record, named("SevereMentalDisorderRecord", "severeMentalDisorderRecord", "severeMentalDisorderRecords", "严重精神障碍管理", "severe mental disorder record", "精神卫生法 4, 24, 47, 55; WS 372.3-2012", G21));
    shared!(builder, assistance_case, named("AssistanceCase", "assistanceCase", "assistanceCases", "社会救助(民政/医疗救助)", "social assistance case", "社会救助暂行办法 27-30, 48, 58, 61", G25));
    shared!(builder, consent, named("Consent", "consent", "consents", "单独同意", "separate consent", "PIPL 14-17, 29-31", G31));
    shared!(builder, access_event, named("AccessEvent", "accessEvent", "accessEvents", "访问日志", "access event", "FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21", G30));
}

fn relate(builder: &mut Builder) {
    for (target, name, label_zh) in [
        ("HouseholdRegistration", "householdRegistrations", "户籍登记"),
        ("ResidenceRegistration", "residences", "居住登记"),
        ("ResidencePermit", "residencePermits", "居住证"),
        ("HouseholdMember", "householdMemberships", "家庭成员关系"),
        ("Employment", "employments", "就业"),
        ("HealthRecord", "healthRecords", "健康档案"),
        ("ImmunizationCard", "immunizationCards", "预防接种档案"),
        ("InfectiousDiseaseReport", "infectiousDiseaseReports", "传染病报告卡"),
        ("StigmatizedDiseaseReport", "stigmatizedDiseaseReports", "专病报告卡"),
        ("MaternalCareRecord", "maternalCareRecords", "孕产妇保健"),
        ("SevereMentalDisorderRecord", "severeMentalDisorderRecords", "严重精神障碍管理"),
        ("AssistanceCase", "assistanceCases", "社会救助"),
        ("Consent", "consents", "单独同意"),
        ("AccessEvent", "accessEvents", "访问日志"),
    ] {
        builder.relate(("Person", "id"), (name, label_zh), (target, "person_id"), true);
        builder.relate((target, "person_id"), ("person", "人员"), ("Person", "id"), false);
    }
    builder.relate(
        ("ImmunizationCard", "id"),
        ("doses", "接种剂次"),
        ("ImmunizationDose", "card_id"),
        true,
    );
    builder.relate(
        ("ImmunizationDose", "card_id"),
        ("card", "预防接种档案"),
        ("ImmunizationCard", "id"),
        false,
    );
    builder.relate(("ImmunizationDose", "person_id"), ("person", "人员"), ("Person", "id"), false);
    builder.relate(
        ("HouseholdMember", "household_id"),
        ("household", "同户成员"),
        ("HouseholdMember", "household_id"),
        true,
    );
}
