namespace Semblance;

/// <summary>Vectors that a function accepts.</summary>
/// <param name="Predicate">The function; the score that it sees is 0.</param>
public sealed record PredicateFilter(Func<VectorHit, bool> Predicate) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => Predicate(record.Hit(0));
}
