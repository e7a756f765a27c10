//! 居住登记(流入登记): residence registration (居住证暂行条例 9).

use sea_orm::entity::prelude::*;

use crate::{
    residence_registration_collected as collected,
    sharing::{
        Class, Collected, Department, Derived, Group, KindSpec, RelationSpec, Shared, Sharing,
        Subject, rows,
    },
};

/// One row: residence registration.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residence_registration")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    pub admin_unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub residence_region_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub residence_address: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub admin_unit_code: Option<String>,
    pub arrival_date: Option<Date>,
    pub departure_date: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub expected_stay: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub move_reason: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub dwelling_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub migrant_definition: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub absences: Option<String>,
    pub collectors_beside: i32,
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
            name: "ResidenceRegistration",
            single: "residenceRegistration",
            plural: "residenceRegistrations",
            label_zh: "居住登记(流入登记)",
            label_en: "residence registration",
            standard: "居住证暂行条例 9",
            group: Group::G09,
            class: Class::C2,
            subject: Subject::person(Column::PersonId),
            ended_by: Some(Column::DepartureDate.as_str()),
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("residences", "居住登记"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId | Column::AdminUnitId => Key,
            Column::ResidenceRegionCode => Field(field("residenceRegionCode", Code, G08, C2, Mask::Community, Police).label("现居住地区划", "region of residence").style("COUNTY/COMMUNITY").codes(&REGION_OF_RESIDENCE).standard("GB/T 2260 + street 9 + community 12 digits").coarse(Mask::Street)),
            Column::ResidenceAddress => Field(field("residenceAddress", String, G08, C2, Mask::coarser(Column::ResidenceRegionCode), Police).label("现居住详址", "address of residence").steward("公安/卫生计生").style("COMMUNITY").coarse(Mask::street_of(Column::ResidenceRegionCode)).identifies()),
            Column::AdminUnitCode => Field(field("adminUnitCode", Code, G08, C1, Mask::Plain, Gateway).label("管理单元", "administrative unit").codes(&ADMIN_UNIT).standard("NOT GB/T 2260: 长白山管委会, 梅河口, 公主岭 (see 7.1)")),
            Column::ArrivalDate => Field(field("arrivalDate", Date, G09, C2, Mask::YearMonth, Police).label("流入(到达)日期", "arrival date").coarse(Mask::Year)),
            Column::DepartureDate => Field(field("departureDate", Date, G09, C2, Mask::YearMonth, Police).label("流出日期", "departure date").standard("null = still here").coarse(Mask::Year)),
            Column::ExpectedStay => Field(field("expectedStay", Code, G09, C2, Mask::Plain, Gateway).label("预期居住时间", "expected stay").steward("collector").codes(&EXPECTED_STAY).standard("1 <1月 2 1-3月 3 3-6月 4 ≥6月 5 ≥1年 6长期").coarse(Mask::Redact)),
            Column::MoveReason => Field(field("moveReason", Code, G09, C2, Mask::CategoryOf("move-reasons"), Gateway).label("流动原因", "move reason").steward("collector").codes(&MOVE_REASON).standard("1务工经商 2随迁 3投靠 4学习 5婚嫁 6出差 7就医 8旅游 9探亲 10访友 99其他").coarse(Mask::Redact)),
            Column::DwellingType => Field(field("dwellingType", Code, G08, C2, Mask::Redact, Police).label("居所类型", "dwelling type").codes(&DWELLING_TYPE).standard("1租赁 2自购 3单位宿舍 4工地 5寄住")),
            Column::MigrantDefinition => Internal("read through migrantDefinition: the windows in which each edition matches"),
            Column::Absences => Field(field("absences", Objects(&structure::ABSENCE), G09, C2, Mask::Redact, Gateway).label("离开时段", "absences").steward("collector").standard("(from Date, until Date or null), half-open [from, until); R-02")),
            Column::CollectorsBeside => Internal("of which departments own values stand beside the row decides over scope o"),
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
            field("migrantDefinition", Codes, G09, C1, Mask::Plain, Gateway).label("流动人口口径", "definitions of migrants that match").steward("derived").codes(&MIGRANT_DEFINITION).standard("R-01: FP-2009, HEALTH, GW; of the residence of the day").from(CodesToday(col(Column::MigrantDefinition))),
            field("monthsOfResidence", Int, G09, C1, Mask::Redact, Gateway).label("连续居住月数", "months of continuous residence").style("PRED ≥3 / ≥6").standard("derived, calendar months").from(Months { from: col(Column::ArrivalDate), until: col(Column::DepartureDate) }),
            field("residentThreeMonths", Boolean, G09, C1, Mask::Predicate, Gateway).label("居住满3个月", "resident for three months").standard("seed B 二(三)").from(MonthsAtLeast { from: col(Column::ArrivalDate), until: col(Column::DepartureDate), months: 3 }),
            field("residentSixMonths", Boolean, G09, C1, Mask::Predicate, Gateway).label("居住满6个月", "resident for six months").standard("seed B 二(一)").from(MonthsAtLeast { from: col(Column::ArrivalDate), until: col(Column::DepartureDate), months: 6 }),
        ]
    }

    fn collected() -> Option<Collected> {
        let record = collected::Column::ResidenceRegistrationId;
        Some(Collected::beside(record, Department::Police))
    }
}
