using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Words;

/// <summary>
/// Words as the Penn Treebank divides them, and phrases of the vocabulary such as <c>New_York</c>, the longest first. What the vocabulary lacks is
/// looked up in lower case, then without punctuation at its ends.
/// </summary>
public sealed class PhraseTokenizer : WordTokenizer
{
    private const string File = "phrasetokenizer_config.json";

    private static readonly KnownKeys Keys = new KnownKeys().Honoured("do_lower_case", "max_ngram_length", "ngram_separator", "stop_words", "vocab");

    private readonly HashSet<string> _phrases = [];
    private readonly int[] _lengths; // of phrases in words, longest first

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="vocabulary">The words and phrases; a word's place is its id.</param>
    /// <param name="stopWords">Words that are left out; null for those of English.</param>
    /// <param name="lowerCase">Kept for the file: as in the original, it changes nothing, since what is not known is looked up in lower case anyway.</param>
    /// <param name="separator">What stands between the words of a phrase; null for no phrases.</param>
    /// <param name="longest">The most words of a phrase.</param>
    public PhraseTokenizer(IEnumerable<string> vocabulary, IEnumerable<string>? stopWords = null, bool lowerCase = false, string? separator = "_", int longest = 5)
        : base(vocabulary, stopWords, lowerCase)
    {
        (Separator, Longest) = (separator, longest);
        var lengths = new SortedSet<int>();
        foreach (var word in string.IsNullOrEmpty(separator) ? [] : Vocabulary)
        {
            // Two separators in a row are a fault of the vocabulary, not a phrase.
            if (word.Contains(separator!, StringComparison.Ordinal) && !word.Contains(separator + separator, StringComparison.Ordinal)
                && word.Split(separator).Length is var count && count <= longest)
            {
                _phrases.Add(word);
                lengths.Add(count);
            }
        }

        _lengths = [.. lengths.Reverse()];
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.tokenizer.PhraseTokenizer.PhraseTokenizer";

    /// <summary>What stands between the words of a phrase; null for no phrases.</summary>
    public string? Separator { get; }

    /// <summary>The most words of a phrase.</summary>
    public int Longest { get; }

    private protected override string FileName => File;

    /// <summary>Loads the tokenizer of a folder.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="Transformers.ModelFormatException">The file is damaged.</exception>
    public static PhraseTokenizer Load(string folder)
    {
        var file = Read(folder, File).Check(Keys);
        return new PhraseTokenizer(
            file.Texts("vocab"),
            file.Find("stop_words") is null ? null : file.Texts("stop_words"),
            file.Flag("do_lower_case", false),
            file.Text("ngram_separator") ?? (file.IsNull("ngram_separator") ? null : "_"),
            file.WholeNumber("max_ngram_length", 1, 1 << 10, 5))
        { Warnings = file.Warnings };
    }

    /// <inheritdoc/>
    public override int[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = TreebankWords.Split(text);
        foreach (var length in _lengths)
        {
            for (var i = 0; i + length <= tokens.Count; i++)
            {
                var phrase = string.Join(Separator, tokens.GetRange(i, length));
                var known = _phrases.Contains(phrase) ? phrase : _phrases.Contains(phrase.ToLowerInvariant()) ? phrase.ToLowerInvariant() : null;
                if (known is not null)
                {
                    tokens[i] = known;
                    tokens.RemoveRange(i + 1, length - 1);
                }
            }
        }

        var ids = new List<int>();
        foreach (var token in tokens)
        {
            var lower = token.ToLowerInvariant();
            if (Find(token, lower, lower.Trim(Punctuation)) is { } id)
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }

    private protected override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteString("ngram_separator", Separator);
        json.WriteNumber("max_ngram_length", Longest);
    }
}
