//! 应享服务(派生): service entitlement (居住证暂行条例 12(三); seeds).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: service entitlement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_entitlement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    pub computed_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub eligible_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub eligible_chronic: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub eligible_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub eligible_maternal: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub eligible_contraceptive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub eligible_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub eligible_social: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivered_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivered_chronic: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivered_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivered_maternal: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivered_contraceptive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivered_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivered_social: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub gap_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub gap_chronic: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub gap_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub gap_maternal: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub gap_contraceptive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub gap_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub gap_social: Option<String>,
    pub service_due: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "ServiceEntitlement",
            single: "serviceEntitlement",
            plural: "serviceEntitlements",
            label_zh: "应享服务(派生)",
            label_en: "service entitlement",
            standard: "居住证暂行条例 12(三); seeds",
            group: Group::G27,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("serviceEntitlements", "应享服务"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::ComputedOn => Internal("the day for which the services were worked out"),
            Column::EligibleGeneral => Internal("services of group G27; read through the list field"),
            Column::EligibleChronic => Internal("services of group G22; read through the list field"),
            Column::EligibleInfectious => Internal("services of group G19; read through the list field"),
            Column::EligibleMaternal => Internal("services of group G16; read through the list field"),
            Column::EligibleContraceptive => Internal("services of group G18; read through the list field"),
            Column::EligibleMental => Internal("services of group G21; read through the list field"),
            Column::EligibleSocial => Internal("services of group G25; read through the list field"),
            Column::DeliveredGeneral => Internal("services of group G27; read through the list field"),
            Column::DeliveredChronic => Internal("services of group G22; read through the list field"),
            Column::DeliveredInfectious => Internal("services of group G19; read through the list field"),
            Column::DeliveredMaternal => Internal("services of group G16; read through the list field"),
            Column::DeliveredContraceptive => Internal("services of group G18; read through the list field"),
            Column::DeliveredMental => Internal("services of group G21; read through the list field"),
            Column::DeliveredSocial => Internal("services of group G25; read through the list field"),
            Column::GapGeneral => Internal("services of group G27; read through the list field"),
            Column::GapChronic => Internal("services of group G22; read through the list field"),
            Column::GapInfectious => Internal("services of group G19; read through the list field"),
            Column::GapMaternal => Internal("services of group G16; read through the list field"),
            Column::GapContraceptive => Internal("services of group G18; read through the list field"),
            Column::GapMental => Internal("services of group G21; read through the list field"),
            Column::GapSocial => Internal("services of group G25; read through the list field"),
            Column::ServiceDue => Field(field("serviceDue", Boolean, G27, C3, Mask::Predicate, Gateway).label("有应享未享服务", "a service is due").standard("a service that is not specially protected is missing; never which")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }

    #[rustfmt::skip]
    fn derived() -> Vec<Derived> {
        use rows::*;
        vec![
            field("eligibleServices", Codes, G27, C2, Mask::Redact, Gateway).label("应享服务", "services owed").style("PRED").codes(&SERVICE).standard("derived by rules R-02..R-09; no C4 code to a non-C4 role").from(parts([(Column::EligibleGeneral, G27), (Column::EligibleChronic, G22), (Column::EligibleInfectious, G19), (Column::EligibleMaternal, G16), (Column::EligibleContraceptive, G18), (Column::EligibleMental, G21), (Column::EligibleSocial, G25)])),
            field("delivered", Codes, G27, C3, Mask::Redact, Gateway).label("已获服务", "services had").style("COUNT").codes(&SERVICE).standard("rules R-02..R-09").from(parts([(Column::DeliveredGeneral, G27), (Column::DeliveredChronic, G22), (Column::DeliveredInfectious, G19), (Column::DeliveredMaternal, G16), (Column::DeliveredContraceptive, G18), (Column::DeliveredMental, G21), (Column::DeliveredSocial, G25)])),
            field("gap", Codes, G27, C3, Mask::Redact, Gateway).label("服务缺口", "services missing").style("COUNT").codes(&SERVICE).standard("rules R-02..R-09").from(parts([(Column::GapGeneral, G27), (Column::GapChronic, G22), (Column::GapInfectious, G19), (Column::GapMaternal, G16), (Column::GapContraceptive, G18), (Column::GapMental, G21), (Column::GapSocial, G25)])),
        ]
    }
}
