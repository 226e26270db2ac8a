namespace Semblance.Tensors;

/// <summary>
/// Describes which keys the queries of attention see: all keys of the same sequence; in causal attention those up to the query's own
/// position; in windowed attention only those near it. Keys that the batch does not attend to are never seen.
/// </summary>
public sealed class AttentionMask
{
    /// <summary>
    /// Initializes a new instance of the <see cref="AttentionMask"/> class for attention from one batch to itself or to another.
    /// </summary>
    /// <param name="queries">The offsets of the queries of each sequence.</param>
    /// <param name="keys">
    /// The offsets of the keys and values of each sequence; <see langword="null"/>, the default, for those of the queries.
    /// </param>
    /// <param name="causal">
    /// <see langword="true"/> if a query sees no key after its own position: the last query of a sequence sees all its keys, each query
    /// before it one key less. <see langword="false"/> by default.
    /// </param>
    /// <param name="window">
    /// The distance below which keys are seen: before the query and, unless attention is causal, after it. <see langword="null"/>, the
    /// default, for no limit.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The batches differ in their number of sequences, or a sequence of causal or windowed attention has more queries than keys.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The window is below 1: a query would not see its own position.</exception>
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
            throw new ArgumentException(
                $"Queries of {Queries.Count} sequences cannot attend to keys of {Keys.Count} sequences; the numbers must be equal.",
                nameof(keys));
        }

        for (var i = 0; (causal || window is not null) && i < Queries.Count; i++)
        {
            if (Queries.Length(i) > Keys.Length(i))
            {
                throw new ArgumentException(
                    $"Sequence {i} has {Queries.Length(i)} queries but {Keys.Length(i)} keys; causal or windowed attention needs as many.",
                    nameof(keys));
            }
        }
    }

    /// <summary>Gets the offsets of the queries of each sequence.</summary>
    public PackedBatch Queries { get; }

    /// <summary>Gets the offsets of the keys and values of each sequence.</summary>
    public PackedBatch Keys { get; }

    /// <summary>Gets a value that indicates whether a query sees no key after its own position.</summary>
    public bool IsCausal { get; }

    /// <summary>Gets the distance below which keys are seen; <see langword="null"/> for no limit.</summary>
    public int? Window { get; }

    /// <summary>Returns the first key of its sequence that a query sees.</summary>
    internal int FirstVisible(int sequence, int query) =>
        Window is { } window ? Math.Clamp(Place(sequence, query) - window + 1, 0, Keys.Attended(sequence)) : 0;

    /// <summary>
    /// Returns the index after the last key of its sequence that a query sees; no key is seen if the query is too far from the attended
    /// ones.
    /// </summary>
    internal int Visible(int sequence, int query) => (int)Math.Min(
        Keys.Attended(sequence),
        IsCausal ? Place(sequence, query) + 1 : Window is { } window ? (long)Place(sequence, query) + window : int.MaxValue);

    // The last query of a sequence has the position of its last key.
    private int Place(int sequence, int query) => Keys.Length(sequence) - Queries.Length(sequence) + query;
}
