using System.Text.RegularExpressions;

namespace Semblance.Tokenizers.Loading;

/// <summary>Collects the warnings about the files of a tokenizer: one sentence each, and only one for all items of an array.</summary>
internal sealed partial class LoadingWarnings
{
    private readonly List<string> _sentences = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>Gets the warnings, in order.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds a warning, unless there is the same one about another item of the array.</summary>
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
