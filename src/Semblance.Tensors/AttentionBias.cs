namespace Semblance.Tensors;

/// <summary>
/// What attention adds to its scores for how far a key is from a query: a number for each head and distance, or, disentangled, one that depends
/// on what the query or the key is as well. A distance is the key's place less the query's; the last query of a sequence stands at its last key.
/// </summary>
public sealed class AttentionBias
{
    private AttentionBias(int origin, int[] columns, Tensor? byDistance, Tensor? ofQueries, Tensor? ofKeys)
    {
        Origin = origin;
        Columns = columns;
        Distances = byDistance;
        OfQueries = ofQueries;
        OfKeys = ofKeys;
    }

    /// <summary>Where distance 0 is among the distances.</summary>
    internal int Origin { get; }

    /// <summary>For each distance, its column in a head's part of <see cref="OfQueries"/> and <see cref="OfKeys"/>.</summary>
    internal int[] Columns { get; }

    /// <summary><c>[heads × distances]</c>, added after the scores are scaled; null if disentangled.</summary>
    internal Tensor? Distances { get; }

    /// <summary><c>[query tokens × heads · columns]</c>, added before the scores are scaled.</summary>
    internal Tensor? OfQueries { get; }

    /// <summary><c>[key tokens × heads · columns]</c>, added before the scores are scaled.</summary>
    internal Tensor? OfKeys { get; }

    /// <summary>A number for each head and distance (Raffel et al. 2020, arXiv:1910.10683), added to the scaled scores.</summary>
    /// <param name="distances"><c>[heads × distances]</c>, from the farthest before a query to the farthest after it.</param>
    /// <param name="origin">Where distance 0 is.</param>
    public static AttentionBias ByDistance(Tensor distances, int origin)
    {
        ArgumentNullException.ThrowIfNull(distances);
        return new AttentionBias(origin, new int[distances.Columns], distances, null, null);
    }

    /// <summary>
    /// Disentangled attention (He et al. 2021, arXiv:2006.03654): a query's number for each distance, and a key's, are added to the scores before
    /// these are scaled.
    /// </summary>
    /// <param name="ofQueries">Content to position: <c>[query tokens × heads · columns]</c>, the heads side by side; or null.</param>
    /// <param name="ofKeys">Position to content: <c>[key tokens × heads · columns]</c>; or null.</param>
    /// <param name="columns">For each distance, from the farthest before a query to the farthest after it, the column that holds its number; kept.</param>
    /// <param name="origin">Where distance 0 is among <paramref name="columns"/>.</param>
    public static AttentionBias Disentangled(Tensor? ofQueries, Tensor? ofKeys, int[] columns, int origin)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return new AttentionBias(origin, columns, null, ofQueries, ofKeys);
    }

    /// <summary>Whether anything that is added is trained.</summary>
    internal bool RequiresGradient => Distances is { RequiresGradient: true } || OfQueries is { RequiresGradient: true } || OfKeys is { RequiresGradient: true };

    /// <exception cref="ArgumentException">The bias is of other tokens, other heads or too few distances.</exception>
    internal void Check(AttentionMask mask, int heads)
    {
        if (mask.Queries.Count == 0)
        {
            return;
        }

        if (Origin < mask.Keys.LongestSequence - 1 || Columns.Length < Origin + mask.Queries.LongestSequence)
        {
            throw new ArgumentException($"{Columns.Length} distances with 0 at {Origin} are too few for {mask.Queries.LongestSequence} queries and {mask.Keys.LongestSequence} keys.", nameof(mask));
        }

        bool Fits(Tensor? x, int rows) => x is null || (x.Rows == rows && x.Columns % heads == 0 && Columns.Max() < x.Columns / heads && Columns.Min() >= 0);
        if (!(Distances is null || Distances.Rows == heads) || !Fits(OfQueries, mask.Queries.TokenCount) || !Fits(OfKeys, mask.Keys.TokenCount))
        {
            throw new ArgumentException(
                $"A bias of distances {Distances}, queries {OfQueries} and keys {OfKeys} does not fit {heads} heads, {mask.Queries.TokenCount} queries and {mask.Keys.TokenCount} keys.", nameof(heads));
        }
    }
}
