namespace Semblance.Tokenizers;

/// <summary>Tokens as they come out of the model: ids and the range of the original text each came from.</summary>
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

    /// <summary>The number of tokens that there is room for.</summary>
    internal int Capacity => _ids.Length;

    /// <summary>The number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>The tokens' ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Where each token begins.</summary>
    public Span<int> Starts => _starts.AsSpan(0, Count);

    /// <summary>Where each token ends.</summary>
    public Span<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>The tokens whose text is not the vocabulary's: added tokens that took white space in, or in another case.</summary>
    internal IReadOnlyList<(int Index, string Text)> Surfaces => _surfaces;

    /// <summary>
    /// The number of tokens up to the end of the first word at which there were as many as <see cref="Restart"/>
    /// was told to watch for; all of them where there were fewer.
    /// </summary>
    internal int Seen => _seen ?? Count;

    /// <summary>True until that word has come.</summary>
    internal bool IsWatching => _watched < int.MaxValue && _seen is null;

    /// <summary>Appends a token; models give its range in the normalised text.</summary>
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

    /// <summary>Notes the text that the last token stands for.</summary>
    public void SetSurface(string text) => _surfaces.Add((Count - 1, text));

    /// <summary>The text that a token stands for where it is not the vocabulary's, else null.</summary>
    internal string? SurfaceOf(int index)
    {
        var at = _surfaces.BinarySearch((index, ""), ByIndex);
        return at < 0 ? null : _surfaces[at].Text;
    }

    /// <summary>How many of the tokens from an index on have a text of their own.</summary>
    internal int SurfaceCountFrom(int index)
    {
        var count = 0;
        while (count < _surfaces.Count && _surfaces[^(count + 1)].Index >= index)
        {
            count++;
        }

        return count;
    }

    /// <summary>Empties the list and watches for its growing to a number of tokens.</summary>
    internal void Restart(int watched = int.MaxValue)
    {
        Truncate(0);
        (_watched, _seen) = (watched, null);
    }

    /// <summary>Notes that a word ends here.</summary>
    internal void EndWord() => _seen ??= Count >= _watched ? Count : null;

    /// <summary>Keeps the first tokens only.</summary>
    public void Truncate(int count)
    {
        Count = Math.Min(Count, count);
        while (_surfaces.Count > 0 && _surfaces[^1].Index >= Count)
        {
            _surfaces.RemoveAt(_surfaces.Count - 1);
        }
    }
}
