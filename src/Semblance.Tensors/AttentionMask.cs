namespace Semblance.Tensors;

/// <summary>
/// Which keys the queries of attention see: those of the same sequence, all of them, or, if it is causal, those up to the query's own place,
/// or, through a window, only those near it. Keys that the batch says nobody attends to are never seen.
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
    /// <param name="window">
    /// A query sees only keys that are fewer than so many places away: before it, and, unless it is causal, after it. Null, the default, for
    /// any distance.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The batches differ in their number of sequences, or a sequence of causal or windowed attention has more queries than keys.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The window is below 1: a query would not see its own place.</exception>
    public AttentionMask(PackedBatch queries, PackedBatch? keys = null, bool causal = false, int? window = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(window ?? 1, 1, nameof(window));
        Queries = queries;
        Keys = keys ?? queries;
        IsCausal = causal;
        Window = window;
        if (Keys.Count != Queries.Count)
        {
            throw new ArgumentException($"Queries of {Queries.Count} sequences cannot look at keys of {Keys.Count}; each sequence needs its own.", nameof(keys));
        }

        for (var i = 0; (causal || window is not null) && i < Queries.Count; i++)
        {
            if (Queries.Length(i) > Keys.Length(i))
            {
                throw new ArgumentException($"Sequence {i} has {Queries.Length(i)} queries but {Keys.Length(i)} keys; a causal or windowed query needs at least its own key.", nameof(keys));
            }
        }
    }

    /// <summary>Where the queries of each sequence lie.</summary>
    public PackedBatch Queries { get; }

    /// <summary>Where the keys and values of each sequence lie.</summary>
    public PackedBatch Keys { get; }

    /// <summary>Whether a query sees nothing that comes after it.</summary>
    public bool IsCausal { get; }

    /// <summary>A query sees only keys that are fewer than so many places away; null for any distance.</summary>
    public int? Window { get; }

    /// <summary>The first key of its sequence that a query sees.</summary>
    internal int FirstVisible(int sequence, int query) =>
        Window is { } window ? Math.Clamp(Place(sequence, query) - window + 1, 0, Keys.Attended(sequence)) : 0;

    /// <summary>One past the last key of its sequence that a query sees: none where it stands too far from those that are attended.</summary>
    internal int Visible(int sequence, int query) => (int)Math.Min(
        Keys.Attended(sequence),
        IsCausal ? Place(sequence, query) + 1 : Window is { } window ? (long)Place(sequence, query) + window : int.MaxValue);

    // The last query of a sequence stands at its last key.
    private int Place(int sequence, int query) => Keys.Length(sequence) - Queries.Length(sequence) + query;
}
