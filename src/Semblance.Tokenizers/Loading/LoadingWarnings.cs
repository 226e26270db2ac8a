using System.Text.RegularExpressions;

namespace Semblance.Tokenizers.Loading;

/// <summary>What a user should know of files that load: one sentence each, and one for all items of an array.</summary>
internal sealed partial class LoadingWarnings
{
    private readonly List<string> _sentences = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>The sentences, in order.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds a sentence, unless the same was said of another item of the array.</summary>
    public void Add(string sentence)
    {
        if (_seen.Add(Index().Replace(sentence, "[]")))
        {
            _sentences.Add(sentence);
        }
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();
}
