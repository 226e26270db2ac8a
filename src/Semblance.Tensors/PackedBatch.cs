namespace Semblance.Tensors;

/// <summary>
/// Represents the tokens of several sequences laid end to end, without padding: sequence <c>i</c> has the tokens from <c>Offsets[i]</c> up
/// to <c>Offsets[i + 1]</c>.
/// </summary>
public sealed class PackedBatch
{
    private readonly int[] _tokenIds;
    private readonly int[] _typeIds;
    private readonly int[] _offsets;
    private readonly int[]? _attended;
    private readonly int[]? _starts;

    /// <summary>Initializes a new instance of the <see cref="PackedBatch"/> class from arrays, which are not copied.</summary>
    /// <param name="tokenIds">The token ids of all sequences.</param>
    /// <param name="typeIds">The token types, one for each token id.</param>
    /// <param name="offsets">The start of each sequence, ascending from 0, followed by the token count.</param>
    /// <param name="allowEmpty">
    /// <see langword="true"/> to allow sequences without tokens, which tables of vectors and pooling support but attention does not.
    /// <see langword="false"/> by default.
    /// </param>
    /// <param name="attended">
    /// The number of tokens at the beginning of each sequence that are attended to; the tokens after them attend to these, but are not
    /// attended to. <see langword="null"/>, the default, for all.
    /// </param>
    /// <exception cref="ArgumentException">The lengths of the arrays do not match, or a value is out of range.</exception>
    public PackedBatch(int[] tokenIds, int[] typeIds, int[] offsets, bool allowEmpty = false, int[]? attended = null)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(typeIds);
        ArgumentNullException.ThrowIfNull(offsets);
        if (typeIds.Length != tokenIds.Length)
        {
            throw new ArgumentException($"There are {tokenIds.Length} token ids, but {typeIds.Length} type ids.", nameof(typeIds));
        }

        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != tokenIds.Length)
        {
            throw new ArgumentException($"The offsets must ascend from 0 to the token count {tokenIds.Length}.", nameof(offsets));
        }

        for (var i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1] || (offsets[i] == offsets[i - 1] && !allowEmpty))
            {
                throw new ArgumentException($"Sequence {i - 1} has no tokens.", nameof(offsets));
            }
        }

        if (attended is not null && (attended.Length != offsets.Length - 1
            || attended.Where((count, i) => count < 1 || count > offsets[i + 1] - offsets[i]).Any()))
        {
            throw new ArgumentException(
                $"Each of the {offsets.Length - 1} sequences needs a number of attended tokens from 1 to its length.", nameof(attended));
        }

        _tokenIds = tokenIds;
        _typeIds = typeIds;
        _offsets = offsets;
        _attended = attended;
    }

    private PackedBatch(PackedBatch tokens, IReadOnlyList<KeyValueCache> caches)
        : this(tokens._tokenIds, tokens._typeIds, tokens._offsets)
    {
        Caches = caches;
        _starts = [.. caches.Select(cache => cache.Length)];
    }

    private PackedBatch(PackedBatch tokens, int start)
        : this(tokens._tokenIds, tokens._typeIds, tokens._offsets, allowEmpty: true, tokens._attended) =>
        _starts = Enumerable.Repeat(start, tokens.Count).ToArray();

    /// <summary>
    /// Gets the cached keys and values of each sequence's earlier tokens; <see langword="null"/> if the batch has the sequences from their
    /// beginning.
    /// </summary>
    public IReadOnlyList<KeyValueCache>? Caches { get; }

    /// <summary>Gets the token ids of all sequences.</summary>
    public ReadOnlySpan<int> TokenIds => _tokenIds;

    /// <summary>Gets the token type (segment) of each token.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds;

    /// <summary>Gets the start of each sequence, followed by the token count.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>Gets the number of sequences.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>Gets the number of tokens of all sequences.</summary>
    public int TokenCount => _tokenIds.Length;

    /// <summary>Gets the number of tokens of the longest sequence; 0 for a batch without sequences.</summary>
    public int LongestSequence
    {
        get
        {
            var longest = 0;
            for (var i = 0; i < Count; i++)
            {
                longest = Math.Max(longest, Length(i));
            }

            return longest;
        }
    }

    /// <summary>Returns the number of tokens of sequence <paramref name="index"/>.</summary>
    public int Length(int index) => _offsets[index + 1] - _offsets[index];

    /// <summary>
    /// Returns the number of tokens at the beginning of sequence <paramref name="index"/> that are attended to; usually all.
    /// </summary>
    public int Attended(int index) => _attended?[index] ?? Length(index);

    /// <summary>
    /// Returns the position of the first token of sequence <paramref name="index"/>: 0, the number of tokens in its cache when the batch
    /// was made, or the position given to <see cref="StartingAt"/>.
    /// </summary>
    public int Start(int index) => _starts is null ? 0 : _starts[index];

    /// <summary>Gets the number of tokens of the longest sequence, cached tokens included.</summary>
    public int Reach
    {
        get
        {
            var reach = 0;
            for (var i = 0; i < Count; i++)
            {
                reach = Math.Max(reach, Start(i) + Length(i));
            }

            return reach;
        }
    }

    /// <summary>Returns the same tokens with other positions, such as those after the vectors of prefix tuning.</summary>
    /// <param name="position">The position of the first token of each sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="position"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The batch has caches, which determine the positions.</exception>
    public PackedBatch StartingAt(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        return Caches is null
            ? new PackedBatch(this, position)
            : throw new InvalidOperationException("The positions of a batch with caches are those after the cached tokens.");
    }

    /// <summary>Creates a batch from sequences.</summary>
    /// <param name="sequences">The token ids of each sequence.</param>
    /// <param name="types">The token types of each sequence, or <see langword="null"/> if all are 0.</param>
    public static PackedBatch From(IReadOnlyList<int[]> sequences, IReadOnlyList<int[]>? types = null)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var offsets = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++)
        {
            offsets[i + 1] = offsets[i] + sequences[i].Length;
        }

        var ids = new int[offsets[^1]];
        var typeIds = new int[offsets[^1]];
        for (var i = 0; i < sequences.Count; i++)
        {
            sequences[i].CopyTo(ids, offsets[i]);
            types?[i].CopyTo(typeIds, offsets[i]);
        }

        return new PackedBatch(ids, typeIds, offsets);
    }

    /// <summary>Creates a batch of the next tokens of sequences whose earlier tokens are cached.</summary>
    /// <param name="tokens">The next token ids of each sequence.</param>
    /// <param name="caches">
    /// The cache of each sequence; the new tokens are written to it, and <see cref="KeyValueCache.Advance"/> keeps them.
    /// </param>
    /// <exception cref="ArgumentException">The number of caches is not the number of sequences.</exception>
    public static PackedBatch Continue(IReadOnlyList<int[]> tokens, IReadOnlyList<KeyValueCache> caches)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(caches);
        return tokens.Count == caches.Count
            ? new PackedBatch(From(tokens), caches)
            : throw new ArgumentException(
                $"{tokens.Count} sequences cannot be continued with {caches.Count} caches; each sequence needs its own.", nameof(caches));
    }
}
