//! Why something is not shared, by which article, and whether it can be requested.

/// The reason a field, or a request, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The role may not ask for this purpose.
    PurposeNotOpen,
    /// No grant opens the group for this role and purpose.
    NotGranted,
    /// The grant has not begun or has ended.
    GrantNotInForce,
    /// The law the grant rests on is not in force.
    LawNotInForce,
    /// The grant rests on a policy paper.
    PolicyIsNoLaw,
    /// Specially protected data stays with health roles and the person.
    SpeciallyProtected,
    /// The data dictionary names the only roles that may see it.
    OtherRolesOnly,
    /// Analysts count; they see no persons.
    AnalystsCount,
    /// The grant opens counts only.
    CountsOnly,
    /// The grant opens only the group's yes/no fields.
    YesNoOnly,
    /// The mask leaves nothing of it.
    MaskedAway,
    /// A masked value is neither filtered, nor ordered, nor grouped by.
    MaskedValue,
    /// The value is put together by the gateway, or is no code: the database cannot compare, order
    /// or group it.
    NotComparable,
    /// Masks that identify together.
    JointMask,
    /// The grant reaches no rows.
    NoRows,
    /// Only in an emergency, through break-glass.
    NeedsBreakGlass,
    /// The token acts for no organization, so it has no caseload.
    NeedsOrganization,
    /// The token is not a person's own.
    NeedsPerson,
    /// The organization has no contract that holds.
    NeedsContract,
}

/// The share category of the government data catalogue (政务数据共享条例).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareCategory {
    /// 有条件共享
    Conditional,
    /// 不予共享
    NotShared,
}

impl ShareCategory {
    /// The code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            ShareCategory::Conditional => "CONDITIONAL",
            ShareCategory::NotShared => "NOT_SHARED",
        }
    }
}

impl Refusal {
    /// All of them.
    pub const ALL: [Refusal; 19] = [
        Refusal::PurposeNotOpen,
        Refusal::NotGranted,
        Refusal::GrantNotInForce,
        Refusal::LawNotInForce,
        Refusal::PolicyIsNoLaw,
        Refusal::SpeciallyProtected,
        Refusal::OtherRolesOnly,
        Refusal::AnalystsCount,
        Refusal::CountsOnly,
        Refusal::YesNoOnly,
        Refusal::MaskedAway,
        Refusal::MaskedValue,
        Refusal::NotComparable,
        Refusal::JointMask,
        Refusal::NoRows,
        Refusal::NeedsBreakGlass,
        Refusal::NeedsOrganization,
        Refusal::NeedsPerson,
        Refusal::NeedsContract,
    ];

    /// What it says, in Chinese and English.
    const fn labels(self) -> (&'static str, &'static str) {
        match self {
            Refusal::PurposeNotOpen => ("角色无此用途", "the role may not ask for this purpose"),
            Refusal::NotGranted => ("未授权", "no grant opens it for this role and purpose"),
            Refusal::GrantNotInForce => {
                ("授权未生效或已失效", "the grant has not begun or has ended")
            }
            Refusal::LawNotInForce => ("所依法律未施行或已废止", "the law is not in force"),
            Refusal::PolicyIsNoLaw => ("政策文件不是法律依据", "a policy paper is no legal basis"),
            Refusal::SpeciallyProtected => (
                "特别保护,仅限卫生计生履职人员和本人",
                "specially protected: health roles and the person",
            ),
            Refusal::OtherRolesOnly => ("仅限指定角色", "only the roles that the dictionary names"),
            Refusal::AnalystsCount => ("统计角色只可计数", "analysts count and see no persons"),
            Refusal::CountsOnly => ("仅授权计数", "the grant opens counts only"),
            Refusal::YesNoOnly => ("仅授权是否类字段", "the grant opens yes/no fields only"),
            Refusal::MaskedAway => ("脱敏后无内容", "the mask leaves nothing"),
            Refusal::MaskedValue => (
                "脱敏值不可筛选、排序、分组",
                "a masked value is not filtered, ordered or grouped by",
            ),
            Refusal::NotComparable => {
                ("不可比较", "the database cannot compare, order or group it")
            }
            Refusal::JointMask => ("合并后可识别个人", "masks that identify together"),
            Refusal::NoRows => ("授权不含任何行", "the grant reaches no rows"),
            Refusal::NeedsBreakGlass => ("须紧急访问", "only by break-glass, in an emergency"),
            Refusal::NeedsOrganization => ("令牌须代表机构", "the token acts for no organization"),
            Refusal::NeedsPerson => ("须本人令牌", "the token is not a person's own"),
            Refusal::NeedsContract => {
                ("机构须有有效合同", "the organization has no contract that holds")
            }
        }
    }

    /// What it says, in Chinese.
    pub const fn label_zh(self) -> &'static str {
        self.labels().0
    }

    /// What it says, in English.
    pub const fn label_en(self) -> &'static str {
        self.labels().1
    }

    /// The code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Refusal::PurposeNotOpen => "PURPOSE_NOT_OPEN",
            Refusal::NotGranted => "NOT_GRANTED",
            Refusal::GrantNotInForce => "GRANT_NOT_IN_FORCE",
            Refusal::LawNotInForce => "LAW_NOT_IN_FORCE",
            Refusal::PolicyIsNoLaw => "POLICY_IS_NO_LAW",
            Refusal::SpeciallyProtected => "SPECIALLY_PROTECTED",
            Refusal::OtherRolesOnly => "OTHER_ROLES_ONLY",
            Refusal::AnalystsCount => "ANALYSTS_COUNT",
            Refusal::CountsOnly => "COUNTS_ONLY",
            Refusal::YesNoOnly => "YES_NO_ONLY",
            Refusal::MaskedAway => "MASKED_AWAY",
            Refusal::MaskedValue => "MASKED_VALUE",
            Refusal::NotComparable => "NOT_COMPARABLE",
            Refusal::JointMask => "JOINT_MASK",
            Refusal::NoRows => "NO_ROWS",
            Refusal::NeedsBreakGlass => "NEEDS_BREAK_GLASS",
            Refusal::NeedsOrganization => "NEEDS_ORGANIZATION",
            Refusal::NeedsPerson => "NEEDS_PERSON",
            Refusal::NeedsContract => "NEEDS_CONTRACT",
        }
    }

    /// The article or rule behind it.
    pub const fn law(self) -> &'static str {
        match self {
            Refusal::PurposeNotOpen | Refusal::NotGranted | Refusal::GrantNotInForce => {
                "PIPL 6, 34: within statutory duty and no more than necessary"
            }
            Refusal::LawNotInForce => "PIPL 34: only under law in force",
            Refusal::PolicyIsNoLaw => "PIPL 34: a policy paper is no legal basis",
            Refusal::SpeciallyProtected => "PIPL 28; 艾滋病防治条例 39; 精神卫生法 4",
            Refusal::OtherRolesOnly => "PIPL 6, 28: specific purpose and sufficient necessity",
            Refusal::AnalystsCount | Refusal::CountsOnly => "统计法 28",
            Refusal::YesNoOnly
            | Refusal::MaskedAway
            | Refusal::MaskedValue
            | Refusal::NotComparable
            | Refusal::JointMask => "PIPL 6: no more than necessary",
            Refusal::NoRows | Refusal::NeedsOrganization | Refusal::NeedsPerson => "PIPL 6, 51",
            Refusal::NeedsBreakGlass => "PIPL 13(4), 18",
            Refusal::NeedsContract => "PIPL 21: by a contract that says until when",
        }
    }

    /// How the catalogue of government data classes it.
    pub const fn share_category(self) -> ShareCategory {
        match self {
            Refusal::SpeciallyProtected
            | Refusal::OtherRolesOnly
            | Refusal::AnalystsCount
            | Refusal::PolicyIsNoLaw
            | Refusal::JointMask => ShareCategory::NotShared,
            _ => ShareCategory::Conditional,
        }
    }

    /// Whether a steward could grant it.
    pub const fn is_requestable(self) -> bool {
        matches!(
            self,
            Refusal::NotGranted
                | Refusal::GrantNotInForce
                | Refusal::CountsOnly
                | Refusal::YesNoOnly
                | Refusal::MaskedAway
                | Refusal::NoRows
        )
    }
}
