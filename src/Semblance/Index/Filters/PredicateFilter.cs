namespace Semblance;

/// <summary>Represents a filter that matches vectors for which a function returns <see langword="true"/>.</summary>
/// <param name="Predicate">The function; the score of its argument is 0.</param>
public sealed record PredicateFilter(Func<VectorHit, bool> Predicate) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => Predicate(record.Hit(0));
}
