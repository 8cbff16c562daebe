//! Lists, a page at a time.

use crate::error::Error;

/// The most that one page holds.
pub(crate) const PAGE_SIZE: i32 = 1000;

/// Reads pages from the first to the last. `page` takes a page's token and
/// answers with its items and the next one's token.
pub(crate) async fn all_pages<T, F>(page: impl Fn(String) -> F) -> Result<Vec<T>, Error>
where
    F: Future<Output = Result<(Vec<T>, String), Error>>,
{
    let (mut all, mut next) = page(String::new()).await?;
    while !next.is_empty() {
        let (items, after) = page(next).await?;
        all.extend(items);
        next = after;
    }
    Ok(all)
}
