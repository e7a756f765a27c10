//! Chinese names, put together from lists.

use super::dice::Dice;

#[rustfmt::skip]
const SURNAMES: [&str; 64] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹",
    "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛",
    "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "方", "石", "崔",
];

#[rustfmt::skip]
const MALE: [&str; 40] = [
    "伟", "强", "磊", "军", "勇", "杰", "涛", "明", "超", "刚", "平", "辉", "鹏", "华", "飞", "鑫",
    "波", "斌", "宇", "浩", "凯", "健", "俊", "帆", "帅", "旭", "宁", "龙", "林", "阳",
    "建国", "建军", "志强", "志明", "海涛", "文博", "子轩", "浩然", "宇航", "永福",
];

#[rustfmt::skip]
const FEMALE: [&str; 40] = [
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "秀英", "桂英", "玉兰", "慧", "莉", "婷", "玲",
    "雪", "红", "梅", "琳", "燕", "洁", "颖", "丹", "萍", "倩", "莹", "晶", "欢", "璐", "瑶",
    "淑珍", "秀兰", "凤英", "雨欣", "欣怡", "梓涵", "佳怡", "思琪", "春梅", "海燕",
];

/// A family name.
pub(super) fn surname(dice: &mut Dice) -> &'static str {
    dice.pick::<&str>(&SURNAMES)
}

/// A full name with this family name.
pub(super) fn full(dice: &mut Dice, surname: &str, male: bool) -> String {
    format!("{surname}{}", dice.pick(if male { &MALE } else { &FEMALE }))
}

/// Somebody's full name.
pub(super) fn anyone(dice: &mut Dice) -> String {
    let (surname, male) = (surname(dice), dice.chance(500));
    full(dice, surname, male)
}

/// A mobile number under 100, which no operator was ever given.
pub(super) fn phone(dice: &mut Dice) -> String {
    format!("100{:08}", dice.below(100_000_000))
}
