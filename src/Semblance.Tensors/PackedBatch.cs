namespace Semblance.Tensors;

/// <summary>
/// The tokens of several sequences laid end to end, without padding: sequence <c>i</c> owns the tokens from
/// <c>Offsets[i]</c> up to <c>Offsets[i + 1]</c>.
/// </summary>
public sealed class PackedBatch
{
    private readonly int[] _tokenIds;
    private readonly int[] _typeIds;
    private readonly int[] _offsets;
    private readonly int[]? _attended;
    private readonly int[]? _starts;

    /// <summary>Makes a batch from arrays that the caller hands over.</summary>
    /// <param name="tokenIds">The token ids of all sequences.</param>
    /// <param name="typeIds">The token types, one for each token id.</param>
    /// <param name="offsets">Where each sequence starts, rising from 0, and the token count last.</param>
    /// <param name="allowEmpty">Takes sequences without tokens, which only tables of vectors and pooling understand, not attention.</param>
    /// <param name="attended">
    /// How many tokens at the front of each sequence attention sees; those after them look at these, but nobody looks at them. Null, the
    /// default, for all.
    /// </param>
    /// <exception cref="ArgumentException">The arrays do not fit together.</exception>
    public PackedBatch(int[] tokenIds, int[] typeIds, int[] offsets, bool allowEmpty = false, int[]? attended = null)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArgumentNullException.ThrowIfNull(typeIds);
        ArgumentNullException.ThrowIfNull(offsets);
        if (typeIds.Length != tokenIds.Length)
        {
            throw new ArgumentException($"{tokenIds.Length} token ids, but {typeIds.Length} type ids.", nameof(typeIds));
        }

        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != tokenIds.Length)
        {
            throw new ArgumentException($"Offsets must run from 0 to the token count {tokenIds.Length}.", nameof(offsets));
        }

        for (var i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1] || (offsets[i] == offsets[i - 1] && !allowEmpty))
            {
                throw new ArgumentException($"Sequence {i - 1} has no tokens.", nameof(offsets));
            }
        }

        if (attended is not null && (attended.Length != offsets.Length - 1 || attended.Where((count, i) => count < 1 || count > offsets[i + 1] - offsets[i]).Any()))
        {
            throw new ArgumentException($"Of each of {offsets.Length - 1} sequences from 1 to all tokens can be attended.", nameof(attended));
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

    /// <summary>What attention remembers of each sequence's earlier tokens; null where the batch has the sequences from their beginning.</summary>
    public IReadOnlyList<KeyValueCache>? Caches { get; }

    /// <summary>The token ids of all sequences.</summary>
    public ReadOnlySpan<int> TokenIds => _tokenIds;

    /// <summary>The token type (segment) of each token.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds;

    /// <summary>Where each sequence starts; one entry more than there are sequences.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>The number of sequences.</summary>
    public int Count => _offsets.Length - 1;

    /// <summary>The number of tokens of all sequences.</summary>
    public int TokenCount => _tokenIds.Length;

    /// <summary>The number of tokens of the longest sequence; 0 for a batch without sequences.</summary>
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

    /// <summary>The number of tokens of sequence <paramref name="index"/>.</summary>
    public int Length(int index) => _offsets[index + 1] - _offsets[index];

    /// <summary>How many tokens at the front of sequence <paramref name="index"/> attention sees; usually all.</summary>
    public int Attended(int index) => _attended?[index] ?? Length(index);
    /// <summary>The place of the first token of sequence <paramref name="index"/>: 0, or how many tokens its cache held when the batch was made.</summary>
    public int Start(int index) => _starts is null ? 0 : _starts[index];

    /// <summary>The number of tokens of the longest sequence, those that caches hold included.</summary>
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

    /// <summary>A batch of sequences given one by one.</summary>
    /// <param name="sequences">The token ids of each sequence.</param>
    /// <param name="types">The token types of each sequence, or null when all are 0.</param>
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

    /// <summary>A batch of the next tokens of sequences whose earlier ones went through the model before.</summary>
    /// <param name="tokens">The next token ids of each sequence.</param>
    /// <param name="caches">What attention remembers of each; they take the new tokens in, and <see cref="KeyValueCache.Advance"/> makes them part of it.</param>
    /// <exception cref="ArgumentException">There are not as many caches as sequences.</exception>
    public static PackedBatch Continue(IReadOnlyList<int[]> tokens, IReadOnlyList<KeyValueCache> caches)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(caches);
        return tokens.Count == caches.Count
            ? new PackedBatch(From(tokens), caches)
            : throw new ArgumentException($"{tokens.Count} sequences cannot go on with {caches.Count} caches; each needs its own.", nameof(caches));
    }
}
