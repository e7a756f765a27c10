//! 居住证: residence permit (居住证暂行条例 3, 4, 8, 10).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: residence permit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residence_permit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub permit_number: Option<String>,
    pub issue_date: Option<Date>,
    pub endorsed_until: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub permit_status: Option<String>,
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
            name: "ResidencePermit",
            single: "residencePermit",
            plural: "residencePermits",
            label_zh: "居住证",
            label_en: "residence permit",
            standard: "居住证暂行条例 3, 4, 8, 10",
            group: Group::G09,
            class: Class::C2,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("residencePermits", "居住证"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::PermitNumber => Field(field("permitNumber", String, G09, C2, Mask::Redact, Police).label("居住证编号", "permit number").identifies()),
            Column::IssueDate => Field(field("issueDate", Date, G09, C2, Mask::YearMonth, Police).label("签发日期", "issue date").coarse(Mask::Redact)),
            Column::EndorsedUntil => Field(field("endorsedUntil", Date, G09, C2, Mask::YearMonth, Police).label("签注有效期", "endorsed until").standard("endorsed once a year; lapse = 使用功能中止").coarse(Mask::Redact)),
            Column::PermitStatus => Field(field("permitStatus", Code, G09, C1, Mask::Redact, Police).label("居住证状态", "permit status").style("PRED").codes(&PERMIT_STATUS).standard("1有效 2中止 3注销")),
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
            field("permitActive", Boolean, G09, C1, Mask::Predicate, Police).label("居住证是否有效", "permit in force").standard("居住证暂行条例 10").coarse(Mask::Redact).from(Equals(col(Column::PermitStatus), "1")),
        ]
    }
}
