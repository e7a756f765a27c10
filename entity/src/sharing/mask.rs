//! Masks (脱敏): what is left of a value.

use sea_orm::IdenStatic;

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
    /// The category of a code in the list of this name, which groups its codes (`CAT`).
    CategoryOf(&'static str),
    /// Han or other (`HAN/OTHER`).
    HanOrOther,
    /// Another, coarser column stands in (`CLASS`).
    Coarser(&'static str),
    /// The kind of an organization, in this column, stands in for its name (`CAT`): itself
    /// generalized where it alone would disclose.
    OrganizationKind(&'static str),
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
    /// Another, coarser column stands in.
    pub fn coarser(column: impl IdenStatic) -> Mask {
        Mask::Coarser(column.as_str())
    }

    /// The kind of an organization stands in for its name.
    pub fn organization_kind(column: impl IdenStatic) -> Mask {
        Mask::OrganizationKind(column.as_str())
    }

    /// The street of another column's region stands in.
    pub fn street_of(column: impl IdenStatic) -> Mask {
        Mask::StreetOf(column.as_str())
    }

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
            Mask::Category | Mask::CategoryOf(_) => "CAT",
            Mask::HanOrOther => "HAN/OTHER",
            Mask::Coarser(_) | Mask::OrganizationKind(_) => "CAT",
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
