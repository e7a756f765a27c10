//! The Merkle tree over the records' hashes, by RFC 6962 §2.1: leaves and nodes hash apart.

use sha2::{Digest as _, Sha256};

use crate::hex::{hex, unhex};

/// A hash of the tree: SHA-256.
pub type Hash = [u8; 32];

/// The hash of a leaf; a record's leaf is the record's own hash, 32 bytes.
pub fn leaf(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(data).finalize().into()
}

/// The hash of a node over its two children.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the tree that has no leaf.
pub fn empty() -> Hash {
    Sha256::new().finalize().into()
}

/// What of a tree its next leaf needs: the roots of its complete subtrees, the largest first, one
/// for each bit that is set in its size. Each leaf costs one node on average.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_subtree(0, leaf);
    }

    /// Appends a complete subtree of `2^height` leaves.
    ///
    /// # Panics
    /// When the tree does not end where a subtree of this height can begin.
    #[expect(clippy::expect_used, reason = "there is a root for each bit of the size")]
    pub fn push_subtree(&mut self, height: u32, root: Hash) {
        assert!(self.size.is_multiple_of(1 << height), "subtrees begin at multiples of their size");
        let mut root = root;
        let mut above = self.size >> height;
        while above & 1 == 1 {
            let left = self.roots.pop().expect("there is a root for each bit of the size");
            root = node(&left, &root);
            above >>= 1;
        }
        self.roots.push(root);
        self.size += 1 << height;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else { return empty() };
        roots.fold(*last, |right, left| node(left, &right))
    }

    /// The roots in hex, one after the other.
    pub fn encode(&self) -> String {
        self.roots.iter().map(|root| hex(root)).collect()
    }

    /// The frontier of a tree of this size; none where the text holds another number of roots.
    pub fn decode(size: u64, text: &str) -> Option<Self> {
        let roots: Vec<Hash> = text
            .as_bytes()
            .chunks(64)
            .map(|digits| unhex(std::str::from_utf8(digits).ok()?))
            .collect::<Option<_>>()?;
        (roots.len() == size.count_ones() as usize).then_some(Self { size, roots })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::ops::Range;

    use super::*;

    /// The leaves and roots by which implementations of Certificate Transparency are tested.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    /// A tree of so many leaves, each another.
    pub fn tree(size: u64) -> Frontier {
        let mut tree = Frontier::default();
        leaves(size).into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }

    pub fn leaves(size: u64) -> Vec<Hash> {
        (0..size).map(|number| leaf(&number.to_be_bytes())).collect()
    }

    /// The roots of spans of a tree of `size` leaves.
    pub fn roots(spans: &[Range<u64>], size: u64) -> Vec<Hash> {
        let all = leaves(size);
        let root = |span: &Range<u64>| {
            let mut tree = Frontier::default();
            let span = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
            all[span].iter().for_each(|leaf| tree.push(*leaf));
            tree.root()
        };
        spans.iter().map(root).collect()
    }

    #[test]
    fn roots_are_those_of_the_standard() {
        let mut tree = Frontier::default();
        assert_eq!(hex(&tree.root()), ROOTS[0]);
        for (data, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            tree.push(leaf(data));
            assert_eq!(hex(&tree.root()), *root);
        }
    }

    #[test]
    fn a_frontier_is_what_is_kept_of_a_tree() {
        for size in [0, 1, 2, 3, 255, 256, 257, 1000] {
            let tree = tree(size);
            let kept = Frontier::decode(size, &tree.encode()).unwrap();
            assert_eq!(kept, tree);
            assert_eq!(Frontier::decode(2 * size + 1, &tree.encode()), None);
        }
        assert_eq!(Frontier::decode(1, &"x".repeat(64)), None);
        assert_eq!(Frontier::decode(1, "00"), None);
    }

    #[test]
    fn subtrees_make_the_tree_that_their_leaves_make() {
        let subtree = |from: usize, height: u32| {
            let mut tree = Frontier::default();
            leaves(64)[from..from + (1 << height)].iter().for_each(|leaf| tree.push(*leaf));
            tree.root()
        };
        let mut tree = Frontier::default();
        for (from, height) in [(0, 4), (16, 4), (32, 3), (40, 0), (41, 0)] {
            tree.push_subtree(height, subtree(from, height));
        }
        assert_eq!(tree, super::tests::tree(42));
    }
}
