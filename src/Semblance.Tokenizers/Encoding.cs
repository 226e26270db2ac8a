using System.Text;

namespace Semblance.Tokenizers;

/// <summary>The tokens of a text or a pair of texts. Immutable.</summary>
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

    /// <summary>The number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>The tokens' ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>The tokens' type ids: 0, and 1 for the second text of a pair with models that tell them apart.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds;

    /// <summary>
    /// The tokens themselves, made when first asked for. An added token shows the text it was found as, with the white
    /// space that it took in.
    /// </summary>
    public IReadOnlyList<string> Tokens => _tokens ??= MakeTokens();

    /// <summary>
    /// Where each token came from, in UTF-16 units of the text or the pair it came from (<see cref="Sequences"/>); (0, 0)
    /// for special tokens that were added.
    /// </summary>
    public ReadOnlySpan<(int Start, int End)> Offsets => _offsets;

    /// <summary>The text each token came from: 0 the first, 1 its pair, -1 neither (an added special token).</summary>
    public ReadOnlySpan<sbyte> Sequences => _sequences;

    /// <summary>1 for tokens, 0 for padding.</summary>
    public IReadOnlyList<int> AttentionMask
    {
        get => field ??= [.. Enumerable.Repeat(1, Count)];
        private init;
    }

    /// <summary>The parts beyond the largest length, where <see cref="TokenizerOptions.Overflow"/> asks for them.</summary>
    public IReadOnlyList<Encoding> Overflowing { get; internal init; } = [];

    /// <summary>1 for the special tokens and the padding that were added around the texts, 0 for tokens of the texts.</summary>
    public ReadOnlySpan<int> SpecialTokensMask => Array.ConvertAll(_sequences, sequence => sequence < 0 ? 1 : 0);

    /// <summary>
    /// The number of tokens, special ones included, without truncation. Tokenizing stops soon after the limit; then it is
    /// a number that is at most the true one and more than <see cref="Count"/>. <see cref="Tokenizer.Count"/> is exact.
    /// </summary>
    public int TokenCount { get; internal init; }

    /// <summary>True if tokens were left out to keep to the largest length.</summary>
    public bool Truncated => TokenCount > Count - _padding;

    /// <summary>The <see cref="Offsets"/> counted in Unicode code points rather than UTF-16 units.</summary>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="pair">The second text, if there was one.</param>
    public (int Start, int End)[] CodePointOffsets(string text, string? pair = null) =>
        OffsetsIn(text, pair, rune => 1);

    /// <summary>The <see cref="Offsets"/> counted in bytes of UTF-8 rather than UTF-16 units; half of a surrogate pair counts 3.</summary>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="pair">The second text, if there was one.</param>
    public (int Start, int End)[] ByteOffsets(string text, string? pair = null) =>
        OffsetsIn(text, pair, rune => rune.Utf8SequenceLength);

    /// <summary>This encoding with padding.</summary>
    internal Encoding Pad(int count, int id, int typeId, Side side) => new(this, count, id, typeId, side);

    private (int Start, int End)[] OffsetsIn(string text, string? pair, Func<Rune, int> lengthOf)
    {
        ArgumentNullException.ThrowIfNull(text);
        var places = new[] { LengthsBefore(text, lengthOf), LengthsBefore(pair ?? "", lengthOf) };
        var offsets = new (int Start, int End)[Count];
        for (var i = 0; i < Count; i++)
        {
            if (_sequences[i] >= 0)
            {
                var before = places[_sequences[i]];
                if (_offsets[i].End >= before.Length)
                {
                    throw new ArgumentException($"A token ends at {_offsets[i].End}, beyond the text's {before.Length - 1} units; pass the text that was encoded.", _sequences[i] == 0 ? nameof(text) : nameof(pair));
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
