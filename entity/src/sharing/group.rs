//! Field groups (字段组): what grants speak of.

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
