//! 预防接种记录(剂次): vaccine dose given (WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
    provenance,
};

/// One row: vaccine dose given.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "immunization_dose")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    pub card_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub vaccine_code: Option<String>,
    pub dose_number: Option<i32>,
    pub occurrence_date: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub lot_number: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub manufacturer: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub site: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub performer_org: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub performer_org_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub campaign_type: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// How the table relates to others.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::PersonId",
        to = "super::person::Column::Id"
    )]
    Person,
    #[sea_orm(
        belongs_to = "super::immunization_card::Entity",
        from = "Column::CardId",
        to = "super::immunization_card::Column::Id"
    )]
    ImmunizationCard,
}

impl Related<super::person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl Related<super::immunization_card::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ImmunizationCard.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// How each column is shared.
pub fn sharing(column: &Column) -> Sharing {
    match column {
        Column::Id | Column::PersonId | Column::CardId => Sharing::Key,
        Column::VaccineCode => Sharing::Field(field("vaccineCode", Type::Code, Group::G15, Class::C3, Mask::Redact, Department::Health).label("疫苗", "vaccine code").dictionary("DUE?", "卫生计生").standard("NIP abbreviations HepB BCG IPV bOPV DTaP DT MMR(MR) JE-L JE-I MPSV-A MPSV-AC HepA-L HepA-I")),
        Column::DoseNumber => Sharing::Field(field("doseNumber", Type::Int, Group::G15, Class::C3, Mask::Redact, Department::Health).label("剂次", "dose number").dictionary("DUE?", "卫生计生").standard("1..5")),
        Column::OccurrenceDate => Sharing::Field(field("occurrenceDate", Type::Date, Group::G15, Class::C3, Mask::YearMonth, Department::Health).label("接种日期", "occurrence date").dictionary("YM", "卫生计生")),
        Column::LotNumber => Sharing::Field(field("lotNumber", Type::String, Group::G15, Class::C1, Mask::Plain, Department::Health).label("批号", "lot number").dictionary("NONE", "卫生计生").standard("追溯码 (疫苗法 10, 46)")),
        Column::Manufacturer => Sharing::Field(field("manufacturer", Type::String, Group::G15, Class::C0, Mask::Plain, Department::Health).label("上市许可持有人", "marketing authorization holder").dictionary("NONE", "卫生计生")),
        Column::Site => Sharing::Field(field("site", Type::Code, Group::G15, Class::C3, Mask::Redact, Department::Health).label("接种部位", "site").dictionary("REDACT", "卫生计生")),
        Column::PerformerOrg => Sharing::Internal("read through performerOrg, which generalizes disclosing organizations"),
        Column::PerformerOrgKind => Sharing::Internal("decides how performerOrg is generalized"),
        Column::CampaignType => Sharing::Field(field("campaignType", Type::Code, Group::G15, Class::C1, Mask::Plain, Department::Health).label("接种类型", "campaign type").dictionary("NONE", "卫生计生").standard("常规/查漏补种/补充免疫/群体性/应急")),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G15, Class::C3),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G15, Class::C3),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G15, Class::C3),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G15, Class::C3),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G15, Class::C3),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[Derived {
    field: field(
        "performerOrg",
        Type::String,
        Group::G15,
        Class::C2,
        Mask::Plain,
        Department::Health,
    )
    .label("接种单位", "performer org")
    .dictionary("NONE", "卫生计生"),
    from: Derivation::Generalized { name: "performer_org", kind: "performer_org_kind" },
}];
