//! The fields of a record: what was asked for, at which level, and of which person which of it was
//! shown or tested. Here alone is what they look like as text.

use std::{cmp::Ordering, fmt};

use crate::{
    catalogue::{Field, catalogue},
    policy::Level,
};

/// One thing that a record names: a field of a kind, and at which level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordedField<'a> {
    /// A kind of the catalogue, or what else has members: emergency accesses, acts.
    pub kind: &'a str,
    /// Its field; none where the whole kind was lacking.
    pub member: Option<&'a str>,
    /// How much was shown of it; nothing where it was asked for and is not shared.
    pub level: Level,
}

impl<'a> RecordedField<'a> {
    /// A field at a level.
    pub fn of(field: &'static Field, level: Level) -> RecordedField<'static> {
        let kind = catalogue().kind(field.kind).name;
        RecordedField { kind, member: Some(field.spec.name), level }
    }

    /// That it was asked whether there is a row of a kind, and nothing else of it.
    pub fn row(kind: &'a str) -> Self {
        Self { kind, member: Some("id"), level: Level::Predicate }
    }

    /// Reads what was written; none of what no version wrote.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (path, level) = text.rsplit_once(':')?;
        let level = Level::parse(level)?;
        let (kind, member) = match path.split_once('.') {
            Some((kind, member)) => (kind, Some(member)),
            None => (path, None),
        };
        Some(Self { kind, member, level })
    }

    /// All that a record names, as far as it can be read.
    pub fn of_record(fields: &'a str) -> impl Iterator<Item = Self> {
        fields.split(' ').filter_map(Self::parse)
    }

    /// The field of the catalogue, where there still is one.
    pub fn field(&self) -> Option<&'static Field> {
        let kind = catalogue().kind_named(self.kind)?;
        catalogue().field_named(kind.id, self.member?)
    }

    /// The text, piece by piece.
    fn pieces(&self) -> [&'a str; 5] {
        let dot = if self.member.is_some() { "." } else { "" };
        [self.kind, dot, self.member.unwrap_or_default(), ":", self.level.code()]
    }

    fn cmp_texts(&self, other: &Self) -> Ordering {
        let bytes = |field: &Self| field.pieces().into_iter().flat_map(str::bytes);
        bytes(self).cmp(bytes(other))
    }
}

impl fmt::Display for RecordedField<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().iter().try_for_each(|piece| formatter.write_str(piece))
    }
}

/// As their texts. Most differ in their kind or member, neither of which begins with the other.
impl Ord for RecordedField<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.kind == other.kind {
            let (Some(one), Some(another)) = (self.member, other.member) else {
                return self.cmp_texts(other);
            };
            if one == another {
                return self.level.code().cmp(other.level.code());
            }
            return parted(one, another).unwrap_or_else(|| self.cmp_texts(other));
        }
        parted(self.kind, other.kind).unwrap_or_else(|| self.cmp_texts(other))
    }
}

/// The order of two texts whatever follows them; none where one begins with the other.
fn parted(one: &str, another: &str) -> Option<Ordering> {
    let common = one.len().min(another.len());
    let order = one.as_bytes()[..common].cmp(&another.as_bytes()[..common]);
    (order != Ordering::Equal).then_some(order)
}

impl PartialOrd for RecordedField<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a record names, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<RecordedField<'static>>);

impl Fields {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of each of these fields a digit: 1 where it is among those of a set.
    pub(super) fn marks(&self, set: &Fields) -> String {
        let mark = |field| if set.0.binary_search(field).is_ok() { '1' } else { '0' };
        self.0.iter().map(mark).collect()
    }
}

impl FromIterator<RecordedField<'static>> for Fields {
    fn from_iter<I: IntoIterator<Item = RecordedField<'static>>>(fields: I) -> Self {
        let mut fields: Vec<_> = fields.into_iter().collect();
        fields.sort_unstable();
        fields.dedup();
        Self(fields)
    }
}

impl From<RecordedField<'static>> for Fields {
    fn from(field: RecordedField<'static>) -> Self {
        Self(vec![field])
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, field) in self.0.iter().enumerate() {
            if place > 0 {
                formatter.write_str(" ")?;
            }
            field.fmt(formatter)?;
        }
        Ok(())
    }
}

/// The fields of a record that one of its sets holds, as text: `shown` is what the record keeps, and
/// `set` the number of the set, where there are several. Views of the database do the same
/// (`migration/src/views.rs`).
pub fn shown_of(fields: &str, shown: Option<&str>, set: Option<i16>) -> String {
    let Some(shown) = shown else { return fields.to_owned() };
    let place = usize::try_from(set.unwrap_or(1)).ok().and_then(|set| set.checked_sub(1));
    let marks = place.and_then(|place| shown.split(' ').nth(place)).unwrap_or_default();
    let is_marked = |(field, mark): (&'_ str, u8)| (mark == b'1').then(|| field.to_owned());
    let those: Vec<String> = fields.split(' ').zip(marks.bytes()).filter_map(is_marked).collect();
    those.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Fields {
        RecordedField::of_record(text).collect()
    }

    #[test]
    fn what_is_written_is_read_and_sorted_as_text() {
        let text = "Kind2.a:full Kind.a1:full Kind.a:masked Kind:none Kind.id:predicate";
        let mut words: Vec<&str> = text.split(' ').collect();
        words.sort_unstable();
        assert_eq!(read(text).to_string(), words.join(" "));
        for text in ["", "Kind", "Kind.a", "Kind.a:some", ":"] {
            assert_eq!(RecordedField::parse(text).map(|field| field.level), None, "{text}");
        }
    }

    #[test]
    fn fields_stand_in_the_order_of_their_texts() {
        let texts = [
            "A:none",
            "A.b:full",
            "A.b:masked",
            "A.bc:full",
            "A.b2:full",
            "A.c:full",
            "AB:none",
            "AB.b:full",
            "A2.b:full",
            "A2:none",
            "B.b:full",
        ];
        for (one, another) in texts.iter().flat_map(|one| texts.map(|another| (*one, another))) {
            let field = |text| RecordedField::parse(text).unwrap();
            assert_eq!(field(one).cmp(&field(another)), one.cmp(another), "{one} {another}");
        }
    }

    #[test]
    fn a_set_marks_fields_in_their_order() {
        let all = read("A.a:full A.b:full B.id:predicate");
        let marks = all.marks(&read("A.b:full"));
        assert_eq!(marks, "010");
        let text = all.to_string();
        assert_eq!(shown_of(&text, Some(&marks), None), "A.b:full");
        assert_eq!(shown_of(&text, Some("000 101"), Some(2)), "A.a:full B.id:predicate");
        assert_eq!(shown_of(&text, Some("000 101"), Some(1)), "");
        assert_eq!(shown_of(&text, Some("000 101"), Some(0)), "");
        assert_eq!(shown_of(&text, None, None), text);
    }
}
