namespace Semblance.Tensors;

/// <summary>
/// Represents a bias that attention adds to its scores by the distance from the query to the key: one number for each head and distance,
/// or, in disentangled attention, one that also depends on the content of the query or the key. A distance is the position of the key minus
/// that of the query; the last query of a sequence has the position of its last key.
/// </summary>
public sealed class AttentionBias
{
    private AttentionBias(int origin, int[] columns, Tensor? byDistance, Tensor? ofQueries, Tensor? ofKeys)
    {
        Origin = origin;
        ColumnArray = columns;
        Distances = byDistance;
        OfQueries = ofQueries;
        OfKeys = ofKeys;
    }

    /// <summary>Gets the index of distance 0 among the distances.</summary>
    public int Origin { get; }

    /// <summary>Gets, for each distance, its column in a head's part of <see cref="OfQueries"/> and <see cref="OfKeys"/>.</summary>
    public IReadOnlyList<int> Columns => ColumnArray;

    internal int[] ColumnArray { get; }

    /// <summary>
    /// Gets the tensor <c>[heads × distances]</c> that is added after the scores are scaled; <see langword="null"/> if disentangled.
    /// </summary>
    public Tensor? Distances { get; }

    /// <summary>Gets the tensor <c>[query tokens × heads · columns]</c> that is added before the scores are scaled.</summary>
    public Tensor? OfQueries { get; }

    /// <summary>Gets the tensor <c>[key tokens × heads · columns]</c> that is added before the scores are scaled.</summary>
    public Tensor? OfKeys { get; }

    /// <summary>
    /// Creates a bias of one number for each head and distance (Raffel et al. 2020, arXiv:1910.10683), which is added to the scaled scores.
    /// </summary>
    /// <param name="distances"><c>[heads × distances]</c>, from the farthest before a query to the farthest after it.</param>
    /// <param name="origin">The index of distance 0.</param>
    public static AttentionBias ByDistance(Tensor distances, int origin)
    {
        ArgumentNullException.ThrowIfNull(distances);
        return new AttentionBias(origin, new int[distances.Columns], distances, null, null);
    }

    /// <summary>
    /// Creates the bias of disentangled attention (He et al. 2021, arXiv:2006.03654): for each distance a number of the query and one of
    /// the key are added to the scores before these are scaled.
    /// </summary>
    /// <param name="ofQueries">
    /// Content to position: <c>[query tokens × heads · columns]</c>, the heads side by side; or <see langword="null"/>.
    /// </param>
    /// <param name="ofKeys">Position to content: <c>[key tokens × heads · columns]</c>; or <see langword="null"/>.</param>
    /// <param name="columns">
    /// For each distance, from the farthest before a query to the farthest after it, the index of its column. The array is not copied.
    /// </param>
    /// <param name="origin">The index of distance 0 in <paramref name="columns"/>.</param>
    public static AttentionBias Disentangled(Tensor? ofQueries, Tensor? ofKeys, int[] columns, int origin)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return new AttentionBias(origin, columns, null, ofQueries, ofKeys);
    }

    /// <summary>Gets a value that indicates whether any of the tensors is trained.</summary>
    internal bool RequiresGradient =>
        Distances is { RequiresGradient: true } || OfQueries is { RequiresGradient: true } || OfKeys is { RequiresGradient: true };

    /// <exception cref="ArgumentException">The bias has the wrong number of tokens or heads, or too few distances.</exception>
    internal void Check(AttentionMask mask, int heads)
    {
        if (mask.Queries.Count == 0)
        {
            return;
        }

        if (Origin < mask.Keys.LongestSequence - 1 || ColumnArray.Length < Origin + mask.Queries.LongestSequence)
        {
            throw new ArgumentException(
                $"{ColumnArray.Length} distances with 0 at {Origin} are too few for {mask.Queries.LongestSequence} queries and "
                + $"{mask.Keys.LongestSequence} keys.",
                nameof(mask));
        }

        bool Fits(Tensor? x, int rows) =>
            x is null || (x.Rows == rows && x.Columns % heads == 0 && ColumnArray.Max() < x.Columns / heads && ColumnArray.Min() >= 0);
        if (!(Distances is null || Distances.Rows == heads) || !Fits(OfQueries, mask.Queries.TokenCount)
            || !Fits(OfKeys, mask.Keys.TokenCount))
        {
            throw new ArgumentException(
                $"A bias of distances {Distances}, queries {OfQueries} and keys {OfKeys} does not fit {heads} heads, "
                + $"{mask.Queries.TokenCount} queries and {mask.Keys.TokenCount} keys.",
                nameof(heads));
        }
    }
}
