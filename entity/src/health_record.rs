//! 居民健康档案: resident health record (国家基本公共卫生服务规范; WS 365-2011; WS/T 483).

use sea_orm::entity::prelude::*;

use crate::{
    sharing::{
        Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
        provenance,
    },
    structure,
};

/// One row: resident health record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "health_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub record_number: Option<String>,
    pub established_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub managing_org: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub managing_org_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub responsible_doctor: Option<String>,
    pub standardized: Option<bool>,
    pub last_updated_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub blood_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub allergies: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub exposures: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_stigmatized: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub past_diseases_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub surgeries_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub surgeries_reproductive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub family_history: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub disabilities: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub living_environment: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub payment_method: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_reproductive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_stigmatized: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub main_problems_mental: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_reproductive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_stigmatized: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_records_mental: Option<String>,
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
        Column::Id | Column::PersonId => Sharing::Key,
        Column::RecordNumber => Sharing::Field(
            field(
                "recordNumber",
                Type::String,
                Group::G13,
                Class::C2,
                Mask::Redact,
                Department::Health,
            )
            .identifies()
            .label("健康档案编号", "health record number")
            .dictionary("REDACT", "卫生计生")
            .standard(
                "17 digits = 6 region + 3 street + 3 village/community + 5 serial; leaks community",
            ),
        ),
        Column::EstablishedOn => Sharing::Field(
            field(
                "establishedOn",
                Type::Date,
                Group::G13,
                Class::C2,
                Mask::YearMonth,
                Department::Health,
            )
            .label("建档日期", "established on")
            .dictionary("YM", "卫生计生")
            .coarse(Mask::Redact),
        ),
        Column::ManagingOrg => Sharing::Internal(
            "read through managingOrg, which generalizes disclosing organizations",
        ),
        Column::ManagingOrgKind => Sharing::Internal("decides how managingOrg is generalized"),
        Column::ResponsibleDoctor => Sharing::Field(
            field(
                "responsibleDoctor",
                Type::String,
                Group::G13,
                Class::C1,
                Mask::Plain,
                Department::Health,
            )
            .label("责任医生", "responsible doctor")
            .dictionary("NONE", "卫生计生")
            .coarse(Mask::Redact),
        ),
        Column::Standardized => Sharing::Field(
            field(
                "standardized",
                Type::Boolean,
                Group::G13,
                Class::C1,
                Mask::Predicate,
                Department::Gateway,
            )
            .label("规范化建档标志", "record meets the standard")
            .dictionary("PRED", "derived")
            .standard("all required items complete + e-record"),
        ),
        Column::LastUpdatedOn => Sharing::Field(
            field(
                "lastUpdatedOn",
                Type::Date,
                Group::G13,
                Class::C1,
                Mask::YearMonth,
                Department::Health,
            )
            .label("最近更新日期", "last updated on")
            .dictionary("YM", "卫生计生")
            .coarse(Mask::Redact)
            .standard("seed B: 及时更新"),
        ),
        Column::BloodType => Sharing::Field(
            field("bloodType", Type::Code, Group::G14, Class::C3, Mask::Redact, Department::Health)
                .label("血型", "blood type")
                .dictionary("REDACT", "卫生计生")
                .standard("A/B/O/AB/不详; RH"),
        ),
        Column::Allergies => Sharing::Field(
            field(
                "allergies",
                Type::Codes,
                Group::G14,
                Class::C3,
                Mask::Redact,
                Department::Health,
            )
            .label("药物过敏史", "allergies")
            .dictionary("REDACT", "卫生计生")
            .standard("无/青霉素/磺胺/链霉素/其他"),
        ),
        Column::Exposures => Sharing::Field(
            field(
                "exposures",
                Type::Codes,
                Group::G14,
                Class::C3,
                Mask::Redact,
                Department::Health,
            )
            .label("暴露史", "exposures")
            .dictionary("REDACT", "卫生计生")
            .standard("无/化学品/毒物/射线"),
        ),
        Column::PastDiseasesGeneral => {
            Sharing::Internal("items of group G14; read through the list field")
        }
        Column::PastDiseasesInfectious => {
            Sharing::Internal("items of group G19; read through the list field")
        }
        Column::PastDiseasesStigmatized => {
            Sharing::Internal("items of group G20; read through the list field")
        }
        Column::PastDiseasesMental => {
            Sharing::Internal("items of group G21; read through the list field")
        }
        Column::SurgeriesGeneral => {
            Sharing::Internal("items of group G14; read through the list field")
        }
        Column::SurgeriesReproductive => {
            Sharing::Internal("items of group G18; read through the list field")
        }
        Column::FamilyHistory => Sharing::Field(
            field(
                "familyHistory",
                Type::Codes,
                Group::G14,
                Class::C3,
                Mask::Redact,
                Department::Health,
            )
            .label("家族史", "family history")
            .dictionary("REDACT", "卫生计生")
            .standard("about third parties"),
        ),
        Column::Disabilities => Sharing::Field(
            field(
                "disabilities",
                Type::Codes,
                Group::G14,
                Class::C3,
                Mask::Redact,
                Department::Health,
            )
            .label("残疾情况", "disabilities")
            .dictionary("REDACT", "卫生计生")
            .standard("视力/听力/言语/肢体/智力/精神"),
        ),
        Column::LivingEnvironment => Sharing::Field(
            field(
                "livingEnvironment",
                Type::Code,
                Group::G14,
                Class::C2,
                Mask::Redact,
                Department::Health,
            )
            .label("生活环境", "living environment")
            .dictionary("REDACT", "卫生计生")
            .standard("厨房排风/燃料/饮水/厕所"),
        ),
        Column::PaymentMethod => Sharing::Field(
            field(
                "paymentMethod",
                Type::Code,
                Group::G14,
                Class::C2,
                Mask::Redact,
                Department::Health,
            )
            .label("医疗费用支付方式", "payment method")
            .dictionary("REDACT", "卫生计生")
            .standard("1职工医保 2居民医保 3新农合 4贫困救助 5商保 6全公费 7全自费 8其他"),
        ),
        Column::MainProblemsGeneral => {
            Sharing::Internal("items of group G14; read through the list field")
        }
        Column::MainProblemsReproductive => {
            Sharing::Internal("items of group G16 and G18; read through the list field")
        }
        Column::MainProblemsInfectious => {
            Sharing::Internal("items of group G19; read through the list field")
        }
        Column::MainProblemsStigmatized => {
            Sharing::Internal("items of group G20; read through the list field")
        }
        Column::MainProblemsMental => {
            Sharing::Internal("items of group G21; read through the list field")
        }
        Column::ServiceRecordsGeneral => {
            Sharing::Internal("items of group G14; read through the list field")
        }
        Column::ServiceRecordsReproductive => {
            Sharing::Internal("items of group G16 and G18; read through the list field")
        }
        Column::ServiceRecordsInfectious => {
            Sharing::Internal("items of group G19; read through the list field")
        }
        Column::ServiceRecordsStigmatized => {
            Sharing::Internal("items of group G20; read through the list field")
        }
        Column::ServiceRecordsMental => {
            Sharing::Internal("items of group G21; read through the list field")
        }
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G13, Class::C1),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G13, Class::C1),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G13, Class::C1),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G13, Class::C1),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G13, Class::C1),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[
    Derived { field: field("managingOrg", Type::String, Group::G13, Class::C2, Mask::Coarser("managing_org_kind"), Department::Health).label("管理机构", "managing org").dictionary("CAT", "卫生计生").coarse(Mask::Redact).standard("org name can itself disclose (specialist hospital)"), from: Derivation::Generalized { name: "managing_org", kind: "managing_org_kind" } },
    Derived { field: field("pastDiseases", Type::Codes, Group::G14, Class::C3, Mask::Items, Department::Health).label("既往史-疾病", "past diseases").dictionary("ITEM-FILTER", "卫生计生").standard("1无 2高血压 3糖尿病 4冠心病 5COPD 6恶性肿瘤 7脑卒中 8重性精神疾病 9结核 10肝炎 11其他法定传染病 12职业病 13其他. ITEM-LEVEL labels: 8->G21, 9/10/11->G19/G20"), from: Derivation::Parts(&[("past_diseases_general", Group::G14), ("past_diseases_infectious", Group::G19), ("past_diseases_stigmatized", Group::G20), ("past_diseases_mental", Group::G21)]) },
    Derived { field: field("surgeries", Type::Objects(&structure::EVENT), Group::G14, Class::C3, Mask::Redact, Department::Health).label("手术史", "surgeries").dictionary("REDACT", "卫生计生").standard("abortion/sterilisation items ->G18"), from: Derivation::Parts(&[("surgeries_general", Group::G14), ("surgeries_reproductive", Group::G18)]) },
    Derived { field: field("mainProblems", Type::Codes, Group::G14, Class::C3, Mask::Items, Department::Health).label("主要健康问题", "main problems").dictionary("ITEM-FILTER", "卫生计生").standard("ICD-10; seed B names it"), from: Derivation::Parts(&[("main_problems_general", Group::G14), ("main_problems_reproductive", Group::G16), ("main_problems_infectious", Group::G19), ("main_problems_stigmatized", Group::G20), ("main_problems_mental", Group::G21)]) },
    Derived { field: field("serviceRecords", Type::Objects(&structure::ENCOUNTER), Group::G14, Class::C3, Mask::Items, Department::Health).label("卫生服务记录", "service records").dictionary("ITEM-FILTER", "卫生计生").standard("seed B names it"), from: Derivation::Parts(&[("service_records_general", Group::G14), ("service_records_reproductive", Group::G16), ("service_records_infectious", Group::G19), ("service_records_stigmatized", Group::G20), ("service_records_mental", Group::G21)]) },
];
