//! 居住登记(流入登记): residence registration (居住证暂行条例 9).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
    provenance,
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
}

impl Related<super::person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// How each column is shared.
pub fn sharing(column: &Column) -> Sharing {
    match column {
        Column::Id | Column::PersonId | Column::AdminUnitId => Sharing::Key,
        Column::ResidenceRegionCode => Sharing::Field(
            field(
                "residenceRegionCode",
                Type::Code,
                Group::G08,
                Class::C2,
                Mask::Community,
                Department::Police,
            )
            .label("现居住地区划", "region of residence")
            .dictionary("COUNTY/COMMUNITY", "公安")
            .coarse(Mask::Street)
            .standard("GB/T 2260 + street 9 + community 12 digits"),
        ),
        Column::ResidenceAddress => Sharing::Field(
            field(
                "residenceAddress",
                Type::String,
                Group::G08,
                Class::C2,
                Mask::Coarser("residence_region_code"),
                Department::Police,
            )
            .identifies()
            .label("现居住详址", "address of residence")
            .dictionary("COMMUNITY", "公安/卫生计生")
            .coarse(Mask::StreetOf("residence_region_code")),
        ),
        Column::AdminUnitCode => Sharing::Field(
            field(
                "adminUnitCode",
                Type::Code,
                Group::G08,
                Class::C1,
                Mask::Plain,
                Department::Gateway,
            )
            .label("管理单元", "administrative unit")
            .dictionary("NONE", "gateway")
            .standard("NOT GB/T 2260: 长白山管委会, 梅河口, 公主岭 (see 7.1)"),
        ),
        Column::ArrivalDate => Sharing::Field(
            field(
                "arrivalDate",
                Type::Date,
                Group::G09,
                Class::C2,
                Mask::YearMonth,
                Department::Police,
            )
            .label("流入(到达)日期", "arrival date")
            .dictionary("YM", "公安")
            .coarse(Mask::Year),
        ),
        Column::DepartureDate => Sharing::Field(
            field(
                "departureDate",
                Type::Date,
                Group::G09,
                Class::C2,
                Mask::YearMonth,
                Department::Police,
            )
            .label("流出日期", "departure date")
            .dictionary("YM", "公安")
            .coarse(Mask::Year)
            .standard("null = still here"),
        ),
        Column::ExpectedStay => Sharing::Field(
            field(
                "expectedStay",
                Type::Code,
                Group::G09,
                Class::C2,
                Mask::Plain,
                Department::Gateway,
            )
            .label("预期居住时间", "expected stay")
            .dictionary("NONE", "collector")
            .coarse(Mask::Redact)
            .standard("<1月,1-3月,3-6月,≥6月,≥1年,长期"),
        ),
        Column::MoveReason => Sharing::Field(
            field(
                "moveReason",
                Type::Code,
                Group::G09,
                Class::C2,
                Mask::Category,
                Department::Gateway,
            )
            .label("流动原因", "move reason")
            .dictionary("CAT", "collector")
            .coarse(Mask::Redact)
            .standard("务工经商/随迁/投靠/学习/婚嫁/其他"),
        ),
        Column::DwellingType => Sharing::Field(
            field(
                "dwellingType",
                Type::Code,
                Group::G08,
                Class::C2,
                Mask::Redact,
                Department::Police,
            )
            .label("居所类型", "dwelling type")
            .dictionary("REDACT", "公安")
            .standard("租赁/自购/单位宿舍/工地/寄住"),
        ),
        Column::MigrantDefinition => Sharing::Field(
            field(
                "migrantDefinition",
                Type::Code,
                Group::G09,
                Class::C1,
                Mask::Plain,
                Department::Gateway,
            )
            .label("流动人口口径", "definition of migrant that matched")
            .dictionary("NONE", "gateway")
            .standard("which definition edition matched (R-01)"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G09, Class::C2),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G09, Class::C2),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G09, Class::C2),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G09, Class::C2),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G09, Class::C2),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[
    Derived {
        field: field(
            "monthsOfResidence",
            Type::Int,
            Group::G09,
            Class::C1,
            Mask::Redact,
            Department::Gateway,
        )
        .label("连续居住月数", "months of continuous residence")
        .dictionary("PRED ≥3 / ≥6", "gateway")
        .standard("derived, calendar months"),
        from: Derivation::Months { from: "arrival_date", until: "departure_date" },
    },
    Derived {
        field: field(
            "residentThreeMonths",
            Type::Boolean,
            Group::G09,
            Class::C1,
            Mask::Predicate,
            Department::Gateway,
        )
        .label("居住满3个月", "resident for three months")
        .standard("seed B 二(三)"),
        from: Derivation::MonthsAtLeast {
            from: "arrival_date",
            until: "departure_date",
            months: 3,
        },
    },
    Derived {
        field: field(
            "residentSixMonths",
            Type::Boolean,
            Group::G09,
            Class::C1,
            Mask::Predicate,
            Department::Gateway,
        )
        .label("居住满6个月", "resident for six months")
        .standard("seed B 二(一)"),
        from: Derivation::MonthsAtLeast {
            from: "arrival_date",
            until: "departure_date",
            months: 6,
        },
    },
];
