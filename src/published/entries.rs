//! Entries of the catalogue of government data (政务数据目录), one for each kind, with the metadata of
//! 政务信息资源目录编制指南(试行) (2017) under its own names: who provides it, what it holds, whether and
//! under which law it is shared (政务数据共享条例: 无条件共享, 有条件共享, 不予共享).

use entity::sharing::{Class, Type};
use serde_json::{Value as Json, json};

use crate::{
    catalogue::{Field, Kind, catalogue, export::type_name},
    policy::Refusal,
};

/// The day on which entries took this form.
const PUBLISHED: &str = "2026-11-26";

/// How a resource, or an item of it, is shared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sharing {
    Unconditional,
    Conditional,
    NotShared,
}

impl Sharing {
    fn label(self) -> &'static str {
        match self {
            Self::Unconditional => "无条件共享",
            Self::Conditional => "有条件共享",
            Self::NotShared => "不予共享",
        }
    }

    /// The law by which it is.
    fn law(self) -> &'static str {
        match self {
            Self::Unconditional => "政务数据共享条例; class C0: tells of no person",
            Self::Conditional => "PIPL 6, 13, 34: within statutory duty and no more than necessary",
            Self::NotShared => Refusal::SpeciallyProtected.law(),
        }
    }

    fn of(field: &Field) -> Self {
        match field.spec.class {
            _ if field.spec.group.is_specially_protected() => Self::NotShared,
            Class::C4 => Self::NotShared,
            Class::C0 => Self::Unconditional,
            _ => Self::Conditional,
        }
    }
}

/// The entries of all kinds.
pub fn entries() -> Json {
    catalogue().kinds().iter().map(of_kind).collect()
}

/// The entry of a kind, by its name or its code.
pub fn entry(name: &str) -> Option<Json> {
    let found = catalogue().kinds().iter().find(|kind| kind.name == name || code(kind) == name);
    found.map(of_kind)
}

/// The code of a resource.
fn code(kind: &Kind) -> String {
    format!("LDRK-{}", kind.table.to_uppercase().replace('_', "-"))
}

fn of_kind(kind: &Kind) -> Json {
    let fields: Vec<&Field> = catalogue().fields_of(kind.id).collect();
    let found: Vec<Sharing> = fields.iter().map(|field| Sharing::of(field)).collect();
    let all = |sharing| found.iter().all(|of| *of == sharing);
    let sharing = match () {
        () if all(Sharing::Unconditional) => Sharing::Unconditional,
        () if all(Sharing::NotShared) => Sharing::NotShared,
        () => Sharing::Conditional,
    };
    let owners = |told: fn(&Field) -> &'static str| {
        let mut all: Vec<&str> = Vec::new();
        for owner in fields.iter().filter(|field| !field.spec.is_provenance).map(|f| told(f)) {
            if !all.contains(&owner) {
                all.push(owner);
            }
        }
        all.join("、")
    };
    let way = "服务接口: GraphQL (/graphql), 按角色、用途、字段授权, 每次访问留存记录";
    let condition = match sharing {
        Sharing::Unconditional => "无",
        Sharing::Conditional => {
            "履行法定职责所必需; 持本角色令牌并注明用途; 以生效的授权(grant)和行范围为限; 标明不予共享的信息项除外"
        }
        Sharing::NotShared => "仅限卫生计生部门履职人员和本人; 不向其他部门提供",
    };
    let related: Vec<String> = kind
        .relations
        .iter()
        .map(|relation| code(catalogue().kind(relation.target)))
        .filter(|related| *related != code(kind))
        .collect();
    json!({
        "kind": kind.name,
        "信息资源分类": "主题信息资源/流动人口",
        "信息资源名称": kind.label_zh,
        "信息资源代码": code(kind),
        "信息资源提供方": owners(|field| field.spec.owner.label_zh()),
        "信息资源提供方代码": owners(|field| field.spec.owner.code()),
        "信息资源摘要": format!("{} ({}). {}", kind.label_zh, kind.label_en, kind.standard),
        "信息资源格式": "数据库; 接口返回 JSON",
        "信息项信息": fields.iter().map(|field| item(field)).collect::<Json>(),
        "共享属性": {
            "共享类型": sharing.label(),
            "共享条件": condition,
            "共享方式": way,
            "法律依据": sharing.law(),
        },
        "开放属性": {
            "是否向社会开放": if sharing == Sharing::Unconditional { "是" } else { "否" },
            "开放条件": if sharing == Sharing::Unconditional { "无" } else { "不开放: 含个人信息" },
        },
        "更新周期": "实时",
        "发布日期": PUBLISHED,
        "关联资源代码": related,
    })
}

fn item(field: &Field) -> Json {
    let sharing = Sharing::of(field);
    json!({
        "信息项名称": field.spec.label_zh,
        "信息项代码": field.spec.name,
        "数据类型": data_type(field.spec.ty),
        "数据长度": length(field),
        "GraphQL类型": type_name(field.spec.ty),
        "字段组": field.spec.group.code(),
        "分级": field.spec.class.code(),
        "代码表": field.codes.map(|list| list.name),
        "标准": field.spec.standard,
        "提供方": field.spec.steward,
        "共享类型": sharing.label(),
        "法律依据": sharing.law(),
    })
}

/// The type in the words of the guide: C characters, N numbers, D dates, T instants, L yes or no.
fn data_type(ty: Type) -> &'static str {
    match ty {
        Type::String | Type::Id => "字符型C",
        Type::Code => "字符型C(代码)",
        Type::Boolean => "逻辑型L",
        Type::Int | Type::Rate => "数值型N",
        Type::Money => "货币型Y",
        Type::Date => "日期型D",
        Type::DateTime => "日期时间型T",
        Type::Codes | Type::Strings | Type::Objects(_) => "集合",
        Type::Object(_) => "结构",
    }
}

/// The greatest length of a value in characters, where there is one.
fn length(field: &Field) -> Option<usize> {
    match field.spec.ty {
        Type::Date => Some(10),
        Type::Boolean => Some(1),
        Type::Code => {
            let list =
                field.codes.filter(|list| list.form().is_none() && !list.is_of_register())?;
            list.entries().iter().map(|entry| entry.code.len()).max()
        }
        _ => None,
    }
}
