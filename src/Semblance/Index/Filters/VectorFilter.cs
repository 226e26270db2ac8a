namespace Semblance;

/// <summary>
/// Which vectors of an index count in a search, by their ids, texts and labels. Filters combine with <c>&amp;</c>, <c>|</c> and <c>!</c>.
/// </summary>
/// <remarks>Keep a filter that is used again: an index remembers which of its vectors one filter object lets through.</remarks>
public abstract record VectorFilter
{
    private protected VectorFilter()
    {
    }

    /// <summary>Vectors with a label of this value.</summary>
    public static VectorFilter Label(string key, string value) => new LabelFilter(key, value);

    /// <summary>Vectors with one of these ids.</summary>
    public static VectorFilter Ids(params IEnumerable<VectorId> ids) => new IdFilter(ids.ToHashSet());

    /// <summary>
    /// Vectors that a function accepts, by what a hit has but the score. It must always answer the same, and is called from several threads. An index
    /// elsewhere, such as a database, may refuse it.
    /// </summary>
    public static VectorFilter Where(Func<VectorHit, bool> predicate) => new PredicateFilter(predicate);

    /// <summary>What both let through.</summary>
    public static VectorFilter operator &(VectorFilter a, VectorFilter b) => new AllFilter(a, b);

    /// <summary>What either lets through.</summary>
    public static VectorFilter operator |(VectorFilter a, VectorFilter b) => new AnyFilter(a, b);

    /// <summary>What a filter does not let through.</summary>
    public static VectorFilter operator !(VectorFilter filter) => new NotFilter(filter);

    /// <summary>As <c>&amp;</c>.</summary>
    public static VectorFilter BitwiseAnd(VectorFilter left, VectorFilter right) => left & right;

    /// <summary>As <c>|</c>.</summary>
    public static VectorFilter BitwiseOr(VectorFilter left, VectorFilter right) => left | right;

    /// <summary>As <c>!</c>.</summary>
    public static VectorFilter LogicalNot(VectorFilter filter) => !filter;

    internal abstract bool Matches(StoredRecord record);
}
