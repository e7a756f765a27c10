//! 户籍登记: household registration (hukou) (户口登记条例; GB/T 2260).

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows};

/// One row: household registration (hukou).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "household_registration")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub hukou_region_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub hukou_address: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub hukou_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub registration_kind: Option<String>,
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
            name: "HouseholdRegistration",
            single: "householdRegistration",
            plural: "householdRegistrations",
            label_zh: "户籍登记",
            label_en: "household registration (hukou)",
            standard: "户口登记条例; GB/T 2260",
            group: Group::G07,
            class: Class::C2,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("householdRegistrations", "户籍登记"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::HukouRegionCode => Field(field("hukouRegionCode", Code, G07, C2, Mask::County, Police).label("户籍地行政区划", "region of household registration").codes(&REGION_OF_HUKOU).standard("GB/T 2260 (effective-dated!)").coarse(Mask::Redact)),
            Column::HukouAddress => Field(field("hukouAddress", String, G07, C2, Mask::coarser(Column::HukouRegionCode), Police).label("户籍详细地址", "address of household registration").style("COUNTY").coarse(Mask::Redact).identifies()),
            Column::HukouType => Field(field("hukouType", Code, G07, C3, Mask::Redact, Police).label("户口性质", "kind of household registration").steward("公安 (特定身份; drives discrimination)").codes(&HUKOU_TYPE).standard("1农业 2非农业 3居民户口 (2014 unified registration: 统一城乡户口登记制度)")),
            Column::RegistrationKind => Field(field("registrationKind", Code, G09, C1, Mask::Plain, Gateway).label("常住类型", "resident or migrant").steward("derived").codes(&REGISTRATION_KIND).standard("health form: 1户籍 2非户籍")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
