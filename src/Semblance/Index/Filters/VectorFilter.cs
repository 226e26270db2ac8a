namespace Semblance;

/// <summary>
/// Represents a condition on the ids, texts and labels of the vectors of an index. Filters are combined with <c>&amp;</c>, <c>|</c> and
/// <c>!</c>.
/// </summary>
/// <remarks>Reuse the filter object for repeated searches: an index caches the matching vectors of each filter object.</remarks>
public abstract record VectorFilter
{
    private protected VectorFilter()
    {
    }

    /// <summary>Returns a filter that matches vectors with a given value of a label.</summary>
    public static VectorFilter Label(string key, string value) => new LabelFilter(key, value);

    /// <summary>Returns a filter that matches vectors that have a label, whatever its value.</summary>
    public static VectorFilter HasLabel(string key) => new HasLabelFilter(key);

    /// <summary>Returns a filter that compares the value of a label as text, by code points.</summary>
    public static VectorFilter Compare(string key, LabelComparison comparison, string value) => new ComparisonFilter(key, comparison, value);

    /// <summary>Returns a filter that compares the value of a label as a number.</summary>
    public static VectorFilter Compare(string key, LabelComparison comparison, double value) => new ComparisonFilter(key, comparison, value);

    /// <summary>Returns a filter that compares the value of a label as a number.</summary>
    public static VectorFilter Compare(string key, LabelComparison comparison, decimal value) =>
        new ComparisonFilter(key, comparison, value);

    /// <summary>Returns a filter that matches vectors with one of the given ids.</summary>
    public static VectorFilter Ids(params IEnumerable<VectorId> ids) => new IdFilter(ids.ToHashSet());

    /// <summary>
    /// Returns a filter that matches vectors for which a function of a hit without its score returns <see langword="true"/>. The function
    /// must be deterministic and thread-safe. An index in another store, such as a database, may not support it.
    /// </summary>
    public static VectorFilter Where(Func<VectorHit, bool> predicate) => new PredicateFilter(predicate);

    /// <summary>Returns a filter that matches vectors that both filters match.</summary>
    public static VectorFilter operator &(VectorFilter a, VectorFilter b) => new AllFilter(a, b);

    /// <summary>Returns a filter that matches vectors that at least one of the filters matches.</summary>
    public static VectorFilter operator |(VectorFilter a, VectorFilter b) => new AnyFilter(a, b);

    /// <summary>Returns a filter that matches vectors that the filter does not match.</summary>
    public static VectorFilter operator !(VectorFilter filter) => new NotFilter(filter);

    /// <summary>Returns a filter that matches vectors that both filters match.</summary>
    public static VectorFilter BitwiseAnd(VectorFilter left, VectorFilter right) => left & right;

    /// <summary>Returns a filter that matches vectors that at least one of the filters matches.</summary>
    public static VectorFilter BitwiseOr(VectorFilter left, VectorFilter right) => left | right;

    /// <summary>Returns a filter that matches vectors that the filter does not match.</summary>
    public static VectorFilter LogicalNot(VectorFilter filter) => !filter;

    internal abstract bool Matches(StoredRecord record);
}
