namespace Semblance.Tokenizers;

/// <summary>Represents the tokens that a model creates: ids, and the range of the original text of each.</summary>
public sealed class TokenList
{
    private static readonly Comparer<(int Index, string Text)> ByIndex =
        Comparer<(int Index, string Text)>.Create((one, other) => one.Index.CompareTo(other.Index));

    private int[] _ids = new int[64];
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];
    private readonly List<(int Index, string Text)> _surfaces = [];
    private int _watched = int.MaxValue;
    private int? _seen;

    /// <summary>Gets the capacity in tokens.</summary>
    internal int Capacity => _ids.Length;

    /// <summary>Gets the number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the ids of the tokens.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Gets the start of each token.</summary>
    public Span<int> Starts => _starts.AsSpan(0, Count);

    /// <summary>Gets the end of each token.</summary>
    public Span<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>
    /// Gets the tokens whose text differs from the vocabulary: added tokens that include white space or were found in another case.
    /// </summary>
    internal IReadOnlyList<(int Index, string Text)> Surfaces => _surfaces;

    /// <summary>
    /// Gets the number of tokens up to the end of the first word at which there are as many as <see cref="Restart"/> was told to watch for;
    /// the number of all tokens if there are fewer.
    /// </summary>
    internal int Seen => _seen ?? Count;

    /// <summary>Gets a value that indicates whether that word has not been reached.</summary>
    internal bool IsWatching => _watched < int.MaxValue && _seen is null;

    /// <summary>Appends a token.</summary>
    /// <param name="id">The id of the token.</param>
    /// <param name="start">The start of the token in the text that the model was given.</param>
    /// <param name="end">The end of the token in the text that the model was given.</param>
    public void Add(int id, int start, int end)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _ends, Count * 2);
        }

        (_ids[Count], _starts[Count], _ends[Count]) = (id, start, end);
        Count++;
    }

    /// <summary>Sets the text that the last token is shown as, if it differs from the vocabulary.</summary>
    /// <param name="text">The text.</param>
    public void SetSurface(string text) => _surfaces.Add((Count - 1, text));

    /// <summary>Returns the text of a token if it differs from the vocabulary; otherwise, <see langword="null"/>.</summary>
    internal string? SurfaceOf(int index)
    {
        var at = _surfaces.BinarySearch((index, ""), ByIndex);
        return at < 0 ? null : _surfaces[at].Text;
    }

    /// <summary>Returns the number of tokens from an index on whose text differs from the vocabulary.</summary>
    internal int SurfaceCountFrom(int index)
    {
        var count = 0;
        while (count < _surfaces.Count && _surfaces[^(count + 1)].Index >= index)
        {
            count++;
        }

        return count;
    }

    /// <summary>Clears the list and watches for a number of tokens.</summary>
    internal void Restart(int watched = int.MaxValue)
    {
        Truncate(0);
        (_watched, _seen) = (watched, null);
    }

    /// <summary>Records the end of a word.</summary>
    internal void EndWord() => _seen ??= Count >= _watched ? Count : null;

    /// <summary>Removes all but the first tokens.</summary>
    /// <param name="count">The number of tokens to keep.</param>
    public void Truncate(int count)
    {
        Count = Math.Min(Count, count);
        while (_surfaces.Count > 0 && _surfaces[^1].Index >= Count)
        {
            _surfaces.RemoveAt(_surfaces.Count - 1);
        }
    }
}
