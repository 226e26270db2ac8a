using System.Text;

namespace Semblance.Tokenizers;

/// <summary>Represents the tokens of a text or a pair of texts. Immutable and thread-safe.</summary>
public sealed class Encoding
{
    private readonly int[] _ids;
    private readonly int[] _typeIds;
    private readonly (int Start, int End)[] _offsets;
    private readonly sbyte[] _sequences;
    private readonly List<(int Index, string Text)> _surfaces;
    private readonly Tokenizer _tokenizer;
    private readonly int _padding;
    private string[]? _tokens;

    internal Encoding(Tokenizer tokenizer, TokenBuffer buffer)
    {
        _tokenizer = tokenizer;
        _ids = buffer.Ids.ToArray();
        _typeIds = buffer.TypeIds.ToArray();
        _offsets = buffer.Offsets.ToArray();
        _sequences = buffer.Sequences.ToArray();
        _surfaces = buffer.Surfaces;
        TokenCount = buffer.TokenCount;
    }

    private Encoding(Encoding source, int count, int id, int typeId, Side side)
    {
        T[] Pad<T>(T[] values, T value)
        {
            var padding = Enumerable.Repeat(value, count);
            return side == Side.Right ? [.. values, .. padding] : [.. padding, .. values];
        }

        _tokenizer = source._tokenizer;
        _ids = Pad(source._ids, id);
        _typeIds = Pad(source._typeIds, typeId);
        _offsets = Pad(source._offsets, (0, 0));
        _sequences = Pad(source._sequences, (sbyte)-1);
        AttentionMask = Pad([.. source.AttentionMask], 0);
        var shift = side == Side.Right ? 0 : count;
        _surfaces = [.. source._surfaces.Select(surface => (surface.Index + shift, surface.Text))];
        _padding = source._padding + count;
        TokenCount = source.TokenCount;
        Overflowing = source.Overflowing;
    }

    /// <summary>Gets the number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>Gets the ids of the tokens.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>Gets the type ids of the tokens: 0, or 1 for the second text of a pair if the model distinguishes the two.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds;

    /// <summary>
    /// Gets the tokens, which are created at the first access. An added token is shown as the text that it was found as, with the white
    /// space that it includes.
    /// </summary>
    public IReadOnlyList<string> Tokens => _tokens ??= MakeTokens();

    /// <summary>
    /// Gets the range of each token in its text (<see cref="Sequences"/>), in UTF-16 units; (0, 0) for a special token that was added.
    /// </summary>
    public ReadOnlySpan<(int Start, int End)> Offsets => _offsets;

    /// <summary>
    /// Gets the index of the text that each token belongs to: 0 for the first, 1 for the pair, -1 for a special token that was added.
    /// </summary>
    public ReadOnlySpan<sbyte> Sequences => _sequences;

    /// <summary>Gets the attention mask: 1 for a token, 0 for padding.</summary>
    public IReadOnlyList<int> AttentionMask
    {
        get => field ??= [.. Enumerable.Repeat(1, Count)];
        private init;
    }

    /// <summary>
    /// Gets the parts beyond the maximum length if <see cref="TokenizerOptions.Overflow"/> is set; otherwise, an empty list.
    /// </summary>
    public IReadOnlyList<Encoding> Overflowing { get; internal init; } = [];

    /// <summary>Gets the special tokens mask: 1 for a special token that was added and for padding, 0 for a token of a text.</summary>
    public ReadOnlySpan<int> SpecialTokensMask => Array.ConvertAll(_sequences, sequence => sequence < 0 ? 1 : 0);

    /// <summary>
    /// Gets the number of tokens without truncation, including special tokens. Tokenizing stops soon after the maximum length is exceeded;
    /// then this is a lower bound that is greater than <see cref="Count"/>. <see cref="Tokenizer.Count"/> is exact.
    /// </summary>
    public int TokenCount { get; internal init; }

    /// <summary>Gets a value that indicates whether tokens were removed to keep to the maximum length.</summary>
    public bool Truncated => TokenCount > Count - _padding;

    /// <summary>Returns the <see cref="Offsets"/> in Unicode code points instead of UTF-16 units.</summary>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="pair">The second text of a pair, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">A token ends beyond the text.</exception>
    public (int Start, int End)[] CodePointOffsets(string text, string? pair = null) =>
        OffsetsIn(text, pair, rune => 1);

    /// <summary>
    /// Returns the <see cref="Offsets"/> in bytes of UTF-8 instead of UTF-16 units; half of a surrogate pair counts 3 bytes.
    /// </summary>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="pair">The second text of a pair, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">A token ends beyond the text.</exception>
    public (int Start, int End)[] ByteOffsets(string text, string? pair = null) =>
        OffsetsIn(text, pair, rune => rune.Utf8SequenceLength);

    /// <summary>Returns this encoding with padding.</summary>
    internal Encoding Pad(int count, int id, int typeId, Side side) => new(this, count, id, typeId, side);

    private (int Start, int End)[] OffsetsIn(string text, string? pair, Func<Rune, int> lengthOf)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lengths = new[] { LengthsBefore(text, lengthOf), LengthsBefore(pair ?? "", lengthOf) };
        var offsets = new (int Start, int End)[Count];
        for (var i = 0; i < Count; i++)
        {
            if (_sequences[i] >= 0)
            {
                var before = lengths[_sequences[i]];
                if (_offsets[i].End >= before.Length)
                {
                    throw new ArgumentException(
                        $"A token ends at {_offsets[i].End}, but the text has {before.Length - 1} UTF-16 units; pass the text that was encoded.",
                        _sequences[i] == 0 ? nameof(text) : nameof(pair));
                }

                offsets[i] = (before[_offsets[i].Start], before[_offsets[i].End]);
            }
        }

        return offsets;
    }

    private static int[] LengthsBefore(string text, Func<Rune, int> lengthOf)
    {
        var before = new int[text.Length + 1];
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var units);
            var after = before[i] + lengthOf(rune);
            for (var end = i + units; i < end; i++)
            {
                before[i + 1] = after;
            }
        }

        return before;
    }

    private string[] MakeTokens()
    {
        var tokens = Array.ConvertAll(_ids, id => _tokenizer.IdToToken(id) ?? "");
        foreach (var (index, text) in _surfaces)
        {
            tokens[index] = text;
        }

        return tokens;
    }
}
