using Semblance.Tokenizers.PostProcessors;

namespace Semblance.Tokenizers;

/// <summary>
/// Represents a buffer for the result of an encoding, whose memory is used again by the next one. It is not thread-safe. The spans change
/// with the next call of <see cref="Tokenizer.Encode(string, string?, int, bool, TokenBuffer, Side)"/>.
/// </summary>
public sealed class TokenBuffer
{
    private int[] _ids = [];
    private int[] _typeIds = [];
    private (int Start, int End)[] _offsets = [];
    private sbyte[] _sequences = [];
    private List<(int Index, string Text)> _surfaces = [];

    /// <summary>Gets the number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the ids of the tokens.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Gets the type ids of the tokens: the segment of each.</summary>
    public ReadOnlySpan<int> TypeIds => _typeIds.AsSpan(0, Count);

    /// <summary>Gets the range of each token in its text, in UTF-16 units; (0, 0) for a special token that was added.</summary>
    public ReadOnlySpan<(int Start, int End)> Offsets => _offsets.AsSpan(0, Count);

    /// <summary>
    /// Gets the index of the text that each token belongs to: 0 for the first, 1 for the pair, -1 for a special token that was added.
    /// </summary>
    public ReadOnlySpan<sbyte> Sequences => _sequences.AsSpan(0, Count);

    /// <summary>
    /// Gets the number of tokens without truncation. If tokenizing stopped early, this is a lower bound that is greater than
    /// <see cref="Count"/>.
    /// </summary>
    public int TokenCount { get; internal set; }

    /// <summary>Gets a value that indicates whether tokens were removed.</summary>
    public bool Truncated => TokenCount > Count;

    /// <summary>Gets the capacity of the largest part, in tokens or characters.</summary>
    internal int Capacity => Math.Max(Math.Max(_ids.Length, Scratch.Text.Capacity), Math.Max(First.Capacity, Second.Capacity));

    internal Scratch Scratch { get; } = new();

    internal TokenList First { get; } = new();

    internal TokenList Second { get; } = new();

    internal List<(int Index, string Text)> Surfaces => _surfaces;

    /// <summary>Clears the buffer.</summary>
    internal void Clear()
    {
        (Count, TokenCount) = (0, 0);
        First.Restart();
        Second.Restart();
        if (_surfaces.Count > 0)
        {
            _surfaces = [];
        }
    }

    /// <summary>Assembles the result from special tokens and the whole texts.</summary>
    internal void Assemble(ReadOnlySpan<TemplatePiece> pieces, bool specialTokens) =>
        Assemble(pieces, specialTokens, (0, First.Count), (0, Second.Count));

    /// <summary>Assembles the result from special tokens and parts of the texts; a previous result is replaced.</summary>
    internal void Assemble(ReadOnlySpan<TemplatePiece> pieces, bool specialTokens, (int Start, int End) first, (int Start, int End) second)
    {
        Count = 0;
        if (_surfaces.Count > 0)
        {
            _surfaces = [];
        }

        foreach (var piece in pieces)
        {
            var text = piece.SpecialId >= 0 ? null : piece.Sequence == 0 ? First : Second;
            if (text is null && !specialTokens)
            {
                continue;
            }

            var (start, end) = piece.Sequence == 0 ? first : second;
            var count = text is null ? 1 : end - start;
            Reserve(Count + count);
            _typeIds.AsSpan(Count, count).Fill(piece.TypeId);
            _sequences.AsSpan(Count, count).Fill((sbyte)piece.Sequence);
            if (text is null)
            {
                (_ids[Count], _offsets[Count]) = (piece.SpecialId, (0, 0));
            }
            else
            {
                Copy(text, start, end);
            }

            Count += count;
        }
    }

    private void Copy(TokenList text, int start, int end)
    {
        text.Ids[start..end].CopyTo(_ids.AsSpan(Count));
        var starts = text.Starts[start..end];
        var ends = text.Ends[start..end];
        var offsets = _offsets.AsSpan(Count, starts.Length);
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = (starts[i], ends[i]);
        }

        foreach (var (index, surface) in text.Surfaces)
        {
            if (index >= start && index < end)
            {
                _surfaces.Add((Count + index - start, surface));
            }
        }
    }

    private void Reserve(int count)
    {
        if (_ids.Length < count)
        {
            var capacity = Math.Max(count, _ids.Length * 2);
            Array.Resize(ref _ids, capacity);
            Array.Resize(ref _typeIds, capacity);
            Array.Resize(ref _offsets, capacity);
            Array.Resize(ref _sequences, capacity);
        }
    }
}
