using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Patterns;

/// <summary>Creates words from the parts of a text that match a pattern and those that do not, in order.</summary>
internal struct SplitWriter(WordList words, SplitBehavior behavior)
{
    private int _start;
    private int _end;
    private bool _isMatch;

    /// <summary>Reads a behavior.</summary>
    public static SplitBehavior Read(JsonSection json) => json.Text() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var other => throw json.Error($"'{other}' is not supported; supported are Contiguous, Isolated, MergedWithNext, MergedWithPrevious, Removed"),
    };

    /// <summary>Splits a text at the matches of a pattern, or with <paramref name="invert"/> at the parts between them.</summary>
    public static void Split(List<(int Start, int End)> matches, Word word, SplitBehavior behavior, bool invert, WordList words)
    {
        var writer = new SplitWriter(words, behavior);
        var position = word.Start;
        foreach (var (start, end) in matches)
        {
            writer.Add(position, word.Start + start, invert);
            writer.Add(word.Start + start, word.Start + end, !invert);
            position = word.Start + end;
        }

        writer.Add(position, word.End, invert);
        writer.Finish();
    }

    /// <summary>Adds the next part.</summary>
    public void Add(int start, int end, bool isMatch)
    {
        if (start == end)
        {
            return;
        }

        var joins = _end > _start && behavior switch
        {
            SplitBehavior.Contiguous => isMatch == _isMatch,
            SplitBehavior.MergedWithPrevious => isMatch && !_isMatch,
            SplitBehavior.MergedWithNext => !isMatch && _isMatch,
            _ => false,
        };
        if (joins)
        {
            _end = end;
        }
        else
        {
            Finish();
            (_start, _end) = (start, end);
        }

        _isMatch = isMatch;
    }

    /// <summary>Ends the last word.</summary>
    public void Finish()
    {
        if (_end > _start && !(_isMatch && behavior == SplitBehavior.Removed))
        {
            words.Add(new Word(_start, _end));
        }

        (_start, _end) = (0, 0);
    }
}
