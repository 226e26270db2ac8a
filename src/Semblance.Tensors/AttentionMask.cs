namespace Semblance.Tensors;

/// <summary>
/// Which keys the queries of attention see: those of the same sequence, all of them, or, if it is causal, those up to the query's own place.
/// </summary>
public sealed class AttentionMask
{
    /// <summary>Describes attention from one batch to itself or to another.</summary>
    /// <param name="queries">Where the queries of each sequence lie.</param>
    /// <param name="keys">Where the keys and values of each sequence lie; null, the default, for those of the queries themselves.</param>
    /// <param name="causal">
    /// Whether a query sees nothing that comes after it: the last query of a sequence sees all its keys, each one before it a key less.
    /// False by default.
    /// </param>
    /// <exception cref="ArgumentException">The batches differ in their number of sequences, or a causal sequence has more queries than keys.</exception>
    public AttentionMask(PackedBatch queries, PackedBatch? keys = null, bool causal = false)
    {
        ArgumentNullException.ThrowIfNull(queries);
        Queries = queries;
        Keys = keys ?? queries;
        IsCausal = causal;
        if (Keys.Count != Queries.Count)
        {
            throw new ArgumentException($"Queries of {Queries.Count} sequences cannot look at keys of {Keys.Count}; each sequence needs its own.", nameof(keys));
        }

        for (var i = 0; causal && i < Queries.Count; i++)
        {
            if (Queries.Length(i) > Keys.Length(i))
            {
                throw new ArgumentException($"Sequence {i} has {Queries.Length(i)} queries but {Keys.Length(i)} keys; a causal query needs at least its own key.", nameof(keys));
            }
        }
    }

    /// <summary>Where the queries of each sequence lie.</summary>
    public PackedBatch Queries { get; }

    /// <summary>Where the keys and values of each sequence lie.</summary>
    public PackedBatch Keys { get; }

    /// <summary>Whether a query sees nothing that comes after it.</summary>
    public bool IsCausal { get; }

    /// <summary>How many keys of its sequence a query sees, from the first on.</summary>
    internal int Visible(int sequence, int query) =>
        IsCausal ? Keys.Length(sequence) - Queries.Length(sequence) + query + 1 : Keys.Length(sequence);
}
