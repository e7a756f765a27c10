//! That leaves which follow each other are in a tree: the roots of the complete subtrees before and
//! behind them, from which whoever has the leaves makes the tree's root. One proof for a whole range,
//! of at most two hashes for each level of the tree.

use std::ops::Range;

use super::{
    proofs::complete_subtrees,
    tree::{Frontier, Hash},
};

/// The spans before and behind a range, whose roots prove it in a tree of `size` leaves.
pub fn around(range: &Range<u64>, size: u64) -> (Vec<Range<u64>>, Vec<Range<u64>>) {
    let spans = |span| {
        let subtrees = complete_subtrees(span).into_iter();
        subtrees.map(|(begin, height)| begin..begin + (1 << height)).collect()
    };
    (spans(0..range.start), spans(range.end..size))
}

/// A range under verification: its leaves are taken one after the other.
pub struct Taken {
    tree: Frontier,
}

impl Taken {
    /// Begins at the leaf `start`; none where these are not the roots before it.
    pub fn begin(start: u64, before: &[Hash]) -> Option<Self> {
        let mut tree = Frontier::default();
        push(&mut tree, 0..start, before).map(|()| Self { tree })
    }

    /// Takes the next leaf.
    pub fn take(&mut self, leaf: Hash) {
        self.tree.push(leaf);
    }

    /// Where the range ends so far: the leaf that would be next.
    pub fn next(&self) -> u64 {
        self.tree.size()
    }

    /// The root of the tree of `size` leaves; none where these are not the roots behind the range.
    pub fn root(mut self, size: u64, after: &[Hash]) -> Option<Hash> {
        let rest = self.tree.size()..size;
        push(&mut self.tree, rest, after).map(|()| self.tree.root())
    }
}

fn push(tree: &mut Frontier, span: Range<u64>, roots: &[Hash]) -> Option<()> {
    // Trees are smaller than this by far, and spans of what somebody made up are not.
    if span.start > span.end || span.end >= 1 << 62 {
        return None;
    }
    let subtrees = complete_subtrees(span);
    if subtrees.len() != roots.len() {
        return None;
    }
    subtrees.iter().zip(roots).for_each(|((_, height), root)| tree.push_subtree(*height, *root));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{
        super::tree::tests::{leaves, roots, tree},
        *,
    };

    const SIZE: u64 = 37;

    fn reached(start: u64, before: &[Hash], range: &[Hash], after: &[Hash]) -> Option<Hash> {
        let mut taken = Taken::begin(start, before)?;
        range.iter().for_each(|leaf| taken.take(*leaf));
        taken.root(SIZE, after)
    }

    #[test]
    fn every_range_is_proven_and_no_other() {
        let (all, root) = (leaves(SIZE), Some(tree(SIZE).root()));
        for start in 0..SIZE {
            for end in start..=SIZE {
                let (before, after) = around(&(start..end), SIZE);
                let (before, after) = (roots(&before, SIZE), roots(&after, SIZE));
                let range = &all[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
                assert_eq!(reached(start, &before, range, &after), root, "{start}..{end}");
                if let Some((_, fewer)) = range.split_last() {
                    assert_ne!(reached(start, &before, fewer, &after), root);
                    let mut other = range.to_vec();
                    other[0][0] ^= 1;
                    assert_ne!(reached(start, &before, &other, &after), root);
                    assert_ne!(reached(start + 1, &before, fewer, &after), root);
                }
                if !after.is_empty() {
                    assert_ne!(reached(start, &before, range, &after[1..]), root);
                }
            }
        }
        assert_eq!(reached(1 << 62, &[], &[], &[]), None);
        assert!(Taken::begin(u64::MAX, &[]).is_none());
    }
}
