//! How a column is shared: its group, class, mask, owner and labels.
//!
//! Every shared table classifies each of its columns in an exhaustive `match` (`sharing`) next to
//! its entity, so a column that nobody classified does not compile.

use serde::{Deserialize, Serialize};

/// A field group of the data dictionary: the unit that default grants speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[rustfmt::skip]
pub enum Group {
    G01, G02, G03, G04, G05, G06, G07, G08, G09, G10, G11, G12, G13, G14, G15, G16,
    G17, G18, G19, G20, G21, G22, G23, G24, G25, G26, G27, G28, G29, G30, G31, G32,
}

impl Group {
    /// All groups in order of their number.
    #[rustfmt::skip]
    pub const ALL: [Group; 32] = {
        use Group::*;
        [
            G01, G02, G03, G04, G05, G06, G07, G08, G09, G10, G11, G12, G13, G14, G15, G16,
            G17, G18, G19, G20, G21, G22, G23, G24, G25, G26, G27, G28, G29, G30, G31, G32,
        ]
    };

    /// The code as grants write it: `G01` … `G32`.
    pub const fn code(self) -> &'static str {
        const CODES: [&str; 32] = [
            "G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G10", "G11", "G12",
            "G13", "G14", "G15", "G16", "G17", "G18", "G19", "G20", "G21", "G22", "G23", "G24",
            "G25", "G26", "G27", "G28", "G29", "G30", "G31", "G32",
        ];
        CODES[self as usize]
    }

    /// The group whose code this is.
    pub fn parse(code: &str) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.code() == code)
    }

    /// The Chinese label of the group.
    pub const fn label_zh(self) -> &'static str {
        const LABELS: [&str; 32] = [
            "人员化名引用",
            "姓名",
            "公民身份号码/证件",
            "性别/出生日期",
            "民族/国籍",
            "电话/联系人",
            "户籍地",
            "现居住地",
            "居住登记/居住证",
            "家庭成员/监护",
            "就业/单位",
            "婚姻/文化程度",
            "建档状态(无内容)",
            "健康档案内容",
            "预防接种",
            "孕产妇保健",
            "儿童保健",
            "计划生育/避孕/流产",
            "传染病报告(一般)",
            "艾滋病/性病/母婴阻断",
            "严重精神障碍",
            "慢病/老年/中医药",
            "健康教育",
            "疾病应急救助",
            "社会救助",
            "留守关爱",
            "应享服务/缺口(派生)",
            "技能培训",
            "指标/经费测算/督导",
            "访问日志",
            "授权/同意/主体请求/评估",
            "信息对接与质量",
        ];
        LABELS[self as usize]
    }

    /// Groups of specially protected content (特别保护): maternal care, contraception, HIV/STI and
    /// severe mental disorder. They never leave health roles and the person.
    pub const fn is_specially_protected(self) -> bool {
        matches!(self, Group::G16 | Group::G18 | Group::G20 | Group::G21)
    }
}

/// How sensitive a value is, from public to specially protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Public (公开).
    C0,
    /// Internal (内部).
    C1,
    /// Personal information (个人信息, PIPL 4).
    C2,
    /// Sensitive personal information (敏感个人信息, PIPL 28).
    C3,
    /// Specially protected (特别保护): HIV/STI, mental disorder, pregnancy, contraception.
    C4,
}

impl Class {
    /// The code as the catalogue writes it: `C0` … `C4`.
    pub const fn code(self) -> &'static str {
        match self {
            Class::C0 => "C0",
            Class::C1 => "C1",
            Class::C2 => "C2",
            Class::C3 => "C3",
            Class::C4 => "C4",
        }
    }
}

/// A department (部门): whom a role belongs to, who owns a field, who collected a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Department {
    /// 卫生计生
    Health,
    /// 公安
    Police,
    /// 民政
    CivilAffairs,
    /// 综治
    Governance,
    /// 农民工办
    MigrantWorkers,
    /// 财政
    Finance,
    /// 受托社会组织
    Social,
    /// 监督
    Oversight,
    /// 本人
    Subject,
    /// The gateway itself, as owner of what it derives.
    Gateway,
}

impl Department {
    /// All departments.
    pub const ALL: [Department; 10] = [
        Department::Health,
        Department::Police,
        Department::CivilAffairs,
        Department::Governance,
        Department::MigrantWorkers,
        Department::Finance,
        Department::Social,
        Department::Oversight,
        Department::Subject,
        Department::Gateway,
    ];

    /// The code stored in tables, tokens and access records.
    pub const fn code(self) -> &'static str {
        match self {
            Department::Health => "health",
            Department::Police => "police",
            Department::CivilAffairs => "civil_affairs",
            Department::Governance => "governance",
            Department::MigrantWorkers => "migrant_workers",
            Department::Finance => "finance",
            Department::Social => "social",
            Department::Oversight => "oversight",
            Department::Subject => "subject",
            Department::Gateway => "gateway",
        }
    }

    /// The Chinese name.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Department::Health => "卫生计生",
            Department::Police => "公安",
            Department::CivilAffairs => "民政",
            Department::Governance => "综治",
            Department::MigrantWorkers => "农民工办",
            Department::Finance => "财政",
            Department::Social => "受托社会组织",
            Department::Oversight => "监督",
            Department::Subject => "本人",
            Department::Gateway => "网关",
        }
    }

    /// The department whose code this is.
    pub fn parse(code: &str) -> Option<Department> {
        Department::ALL.into_iter().find(|department| department.code() == code)
    }
}

/// What is left of a value at the level `masked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mask {
    /// Shown as it is.
    Plain,
    /// Absent: at `masked` the field does not exist, whether or not there is data.
    Redact,
    /// First character and two stars, of fixed length (`NAME1`).
    Name,
    /// Two stars: that there is a value, and nothing of it (`STARS`).
    Stars,
    /// Two province digits and sixteen stars (`IDPROV`).
    IdProvince,
    /// First three and last two digits (`PHONE32`).
    Phone,
    /// The year of a date (`YEAR`).
    Year,
    /// Year and month of a date or instant (`YM`).
    YearMonth,
    /// Year and quarter of a date or instant (`YQ`).
    Quarter,
    /// The age band of a birth date (`AGEBAND`).
    AgeBand,
    /// The two digits of the province (`PROVINCE`).
    Province,
    /// The six digits of the county (`COUNTY`).
    County,
    /// The nine digits of the street (`STREET`).
    Street,
    /// The twelve digits of the community (`COMMUNITY`).
    Community,
    /// The top level of a code, its first character (`CAT`).
    Category,
    /// Han or other (`HAN/OTHER`).
    HanOrOther,
    /// Another, coarser column stands in (`CLASS`, `CAT` of an organization).
    Coarser(&'static str),
    /// The street of another column's region stands in.
    StreetOf(&'static str),
    /// A yes/no field: the value itself is the predicate (`PRED`).
    Predicate,
    /// Only within counts and sums (`COUNT`, `SUM`, `ROUND5`); absent at `masked`.
    AggregateOnly,
    /// A pseudonym already: different for every department (`PSEUDO`).
    Pseudonym,
    /// A list whose items carry groups of their own (`ITEM-FILTER`); absent items leave no trace.
    Items,
}

impl Mask {
    /// The style as the data dictionary names it.
    pub const fn style(self) -> &'static str {
        match self {
            Mask::Plain => "NONE",
            Mask::Redact => "REDACT",
            Mask::Name => "NAME1",
            Mask::Stars => "STARS",
            Mask::IdProvince => "IDPROV",
            Mask::Phone => "PHONE32",
            Mask::Year => "YEAR",
            Mask::YearMonth => "YM",
            Mask::Quarter => "YQ",
            Mask::AgeBand => "AGEBAND",
            Mask::Province => "PROVINCE",
            Mask::County => "COUNTY",
            Mask::Street => "STREET",
            Mask::Community => "COMMUNITY",
            Mask::Category => "CAT",
            Mask::HanOrOther => "HAN/OTHER",
            Mask::Coarser(_) => "CAT",
            Mask::StreetOf(_) => "STREET",
            Mask::Predicate => "PRED",
            Mask::AggregateOnly => "COUNT",
            Mask::Pseudonym => "PSEUDO",
            Mask::Items => "ITEM-FILTER",
        }
    }

    /// How coarsely a date is shown, the finest first; none for a mask that is not of dates.
    pub const fn date_coarseness(self) -> Option<u8> {
        match self {
            Mask::YearMonth => Some(0),
            Mask::Quarter => Some(1),
            Mask::Year => Some(2),
            Mask::AgeBand => Some(3),
            Mask::Redact | Mask::AggregateOnly => Some(4),
            _ => None,
        }
    }

    /// What is left of an instant beside a date that is shown through this mask: as much as of the
    /// date, and nothing where the date is a band.
    pub const fn of_instants(self) -> Mask {
        match self {
            Mask::YearMonth | Mask::Quarter | Mask::Year => self,
            _ => Mask::Redact,
        }
    }

    /// Whether the field does not exist at `masked`.
    pub const fn leaves_nothing(self) -> bool {
        matches!(self, Mask::Redact | Mask::AggregateOnly)
    }
}

/// The type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Free text.
    String,
    /// A value of a named code list.
    Code,
    /// A pseudonym or reference without meaning of its own.
    Id,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Int,
    /// An amount in yuan with two decimals; stored as fen.
    Money,
    /// A day in Asia/Shanghai.
    Date,
    /// An instant.
    DateTime,
    /// A list of codes, stored as a JSON array.
    Codes,
    /// One structured value, stored as a JSON object.
    Object(&'static Structure),
    /// A list of structured values, stored as a JSON array.
    Objects(&'static Structure),
}

/// A structured value inside a field: its name and members.
#[derive(Debug, PartialEq, Eq)]
pub struct Structure {
    /// The GraphQL type name.
    pub name: &'static str,
    /// What it is, in Chinese.
    pub label_zh: &'static str,
    /// Member names and types; members are plain values.
    pub members: &'static [(&'static str, Type)],
}

/// How a value comes about that is not simply a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Derivation {
    /// A keyed pseudonym of a key column: HMAC-SM3(department key, key).
    Pseudonym(&'static str),
    /// The age band of a birth date on today's date.
    AgeBand(&'static str),
    /// Younger than 14 today, or without legal capacity (PIPL 28, 31).
    UnderGuardianship { birth_date: &'static str, incapacitated: &'static str },
    /// A column equals a value.
    Equals(&'static str, &'static str),
    /// A column has a value.
    Present(&'static str),
    /// A number is at most this.
    AtMost(&'static str, i32),
    /// A date is today or earlier.
    Reached(&'static str),
    /// At least so many calendar months between two dates, the second open while null.
    MonthsAtLeast { from: &'static str, until: &'static str, months: u32 },
    /// Whole calendar months between two dates, the second today while null.
    Months { from: &'static str, until: &'static str },
    /// Given, not withdrawn, not expired.
    InForce { given: &'static str, expires: &'static str, withdrawn: &'static str },
    /// The name of an organization, generalized when its kind alone would disclose
    /// (psychiatric, infectious, detoxification, reproductive).
    Generalized { name: &'static str, kind: &'static str },
    /// The doses of a pending list that are due today.
    DueDoses(&'static str),
    /// A list put together from part columns, each under a group of its own.
    Parts(&'static [(&'static str, Group)]),
}

/// A shared field: what a caller may be granted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldSpec {
    /// The GraphQL name.
    pub name: &'static str,
    /// The type of its value.
    pub ty: Type,
    /// The group that grants speak of.
    pub group: Group,
    /// How sensitive it is.
    pub class: Class,
    /// What is left at `masked`.
    pub mask: Mask,
    /// What is left at `masked` where the permit names nobody: coarser, so that the values of a
    /// person together are those of others, too. Of a yes/no value, whether it comes with `masked`.
    pub coarse: Option<Mask>,
    /// Whether it tells of the row's own history: who collected it, by which system, and when.
    pub is_provenance: bool,
    /// The mask style as the data dictionary writes it.
    pub mask_style: &'static str,
    /// The department that answers for it.
    pub owner: Department,
    /// The source of truth as the data dictionary writes it.
    pub steward: &'static str,
    /// Chinese label.
    pub label_zh: &'static str,
    /// English label.
    pub label_en: &'static str,
    /// The standard, law or code list.
    pub standard: &'static str,
    /// A column that says which department collected this very value, when not the row's.
    pub collector: Option<&'static str>,
    /// A column naming a further person whose data the value holds.
    pub names_person: Option<&'static str>,
    /// Whether a person can be told by the value: a name, a number given to one person or record, a
    /// birth date, a telephone number, an address. Who asks by it asks about somebody in particular.
    pub identifies: bool,
    /// Roles that alone may ever see it, by code (overrides of the dictionary).
    pub only_roles: Option<&'static [&'static str]>,
}

/// Starts the description of a field.
pub const fn field(
    name: &'static str,
    ty: Type,
    group: Group,
    class: Class,
    mask: Mask,
    owner: Department,
) -> FieldSpec {
    FieldSpec {
        name,
        ty,
        group,
        class,
        mask,
        coarse: None,
        is_provenance: false,
        mask_style: mask.style(),
        owner,
        steward: owner.label_zh(),
        label_zh: "",
        label_en: "",
        standard: "",
        collector: None,
        names_person: None,
        identifies: false,
        only_roles: None,
    }
}

impl FieldSpec {
    /// Sets the labels.
    pub const fn label(mut self, zh: &'static str, en: &'static str) -> Self {
        self.label_zh = zh;
        self.label_en = en;
        self
    }

    /// Keeps the data dictionary's own words for mask style and source of truth.
    pub const fn dictionary(mut self, mask_style: &'static str, steward: &'static str) -> Self {
        self.mask_style = mask_style;
        self.steward = steward;
        self
    }

    /// Names the standard, law or code list.
    pub const fn standard(mut self, standard: &'static str) -> Self {
        self.standard = standard;
        self
    }

    /// Coarser at `masked` where the permit names nobody.
    pub const fn coarse(mut self, mask: Mask) -> Self {
        self.coarse = Some(mask);
        self
    }

    /// Of the row's own history: its instants are shown as coarsely as the dates of the kind.
    pub const fn provenance(mut self) -> Self {
        self.is_provenance = true;
        self
    }

    /// The value has a collector of its own, in this column.
    pub const fn collector(mut self, column: &'static str) -> Self {
        self.collector = Some(column);
        self
    }

    /// The value also tells of the person this column names.
    pub const fn names_person(mut self, column: &'static str) -> Self {
        self.names_person = Some(column);
        self
    }

    /// A person can be told by the value.
    pub const fn identifies(mut self) -> Self {
        self.identifies = true;
        self
    }

    /// Only these roles may ever see it.
    pub const fn only_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.only_roles = Some(roles);
        self
    }

    /// Whether the value is a date or instant of the person's life, and not of the row's history.
    pub fn is_date(&self) -> bool {
        matches!(self.ty, Type::Date | Type::DateTime) && !self.is_provenance
    }

    /// Whether it is an instant of the row's history.
    pub fn is_instant_of_row(&self) -> bool {
        self.is_provenance && self.ty == Type::DateTime
    }

    /// What is left at `masked`, by whether the permit names persons.
    pub fn mask_for(&self, names_persons: bool) -> Mask {
        match self.coarse {
            Some(coarse) if !names_persons => coarse,
            _ => self.mask,
        }
    }

    /// The style of a mask on this field: in the words of the data dictionary where it is its own.
    pub fn style_of(&self, mask: Mask) -> &'static str {
        if mask == self.mask { self.mask_style } else { mask.style() }
    }

    /// Whether the value is a yes/no answer that the level `predicate` may show.
    pub fn is_predicate(&self) -> bool {
        self.ty == Type::Boolean && self.mask == Mask::Predicate
    }
}

/// What a column is for.
#[derive(Clone, Copy, Debug)]
pub enum Sharing {
    /// A key the gateway joins and records by; never shown as it is.
    Key,
    /// Read only through derived fields or row scopes; the text says why.
    Internal(&'static str),
    /// Shared under grants.
    Field(FieldSpec),
}

/// A derived field of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Derived {
    /// The field.
    pub field: FieldSpec,
    /// How its value comes about.
    pub from: Derivation,
}

/// When and by whom a record was collected: the same five columns on every personal record
/// (seed A 三(四): collected in real time, entered as it changes, updated promptly).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The system it came from.
    SourceSystem,
    /// The department that collected it.
    CollectedBy,
    /// When it was collected.
    CollectedAt,
    /// When it was entered.
    RecordedAt,
    /// When it was last changed.
    UpdatedAt,
}

/// The sharing of a provenance column, under the group and class of its kind.
pub const fn provenance(what: Provenance, group: Group, class: Class) -> Sharing {
    let (name, ty, zh, en) = match what {
        Provenance::SourceSystem => ("sourceSystem", Type::String, "来源系统", "source system"),
        Provenance::CollectedBy => ("collectedBy", Type::Code, "采集部门", "collecting department"),
        Provenance::CollectedAt => ("collectedAt", Type::DateTime, "采集时间", "collected at"),
        Provenance::RecordedAt => ("recordedAt", Type::DateTime, "录入时间", "recorded at"),
        Provenance::UpdatedAt => ("updatedAt", Type::DateTime, "更新时间", "updated at"),
    };
    // Beside the birth date of a person whose row was made at birth, at most its year. The
    // catalogue makes it finer where the kind has dates of its own.
    let mask = match (class, ty) {
        (Class::C4, _) => Mask::Redact,
        (_, Type::DateTime) => Mask::Year,
        _ => Mask::Plain,
    };
    let spec = field(name, ty, group, class, mask, Department::Gateway)
        .label(zh, en)
        .standard("seed A 三(四)")
        .provenance();
    // What was collected on arrival is as old as the arrival; when it was entered and last changed
    // is more than that.
    Sharing::Field(match what {
        Provenance::CollectedAt => spec,
        _ => spec.coarse(Mask::Redact),
    })
}
