using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Words;

/// <summary>
/// Divides texts into words by the rules of the Penn Treebank and joins phrases of the vocabulary such as <c>New_York</c>, the longest
/// first. A word that is not in the vocabulary is looked up in lower case, then without punctuation at its ends.
/// </summary>
public sealed class PhraseTokenizer : WordTokenizer
{
    private const string File = "phrasetokenizer_config.json";

    private static readonly KnownKeys Keys = new KnownKeys().Supported(
        "do_lower_case", "max_ngram_length", "ngram_separator", "stop_words", "vocab");

    private readonly HashSet<string> _phrases = [];
    private readonly int[] _lengths; // lengths of phrases in words, longest first

    /// <summary>Initializes a new instance of the <see cref="PhraseTokenizer"/> class.</summary>
    /// <param name="vocabulary">The words and phrases; the index of a word is its id.</param>
    /// <param name="stopWords">The words to leave out; null for the English stop words.</param>
    /// <param name="lowerCase">
    /// The value for the file. As in the original it has no effect, because unknown words are looked up in lower case anyway.
    /// </param>
    /// <param name="separator">The separator between the words of a phrase, <c>_</c> by default; null for no phrases.</param>
    /// <param name="longest">The maximum number of words of a phrase; 5 by default.</param>
    public PhraseTokenizer(IEnumerable<string> vocabulary, IEnumerable<string>? stopWords = null,
        bool lowerCase = false, string? separator = "_", int longest = 5)
        : base(vocabulary, stopWords, lowerCase)
    {
        (Separator, Longest) = (separator, longest);
        var lengths = new SortedSet<int>();
        foreach (var word in string.IsNullOrEmpty(separator) ? [] : Vocabulary)
        {
            // Two separators in a row are an error in the vocabulary, not a phrase.
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

    /// <summary>Gets the separator between the words of a phrase; null for no phrases.</summary>
    public string? Separator { get; }

    /// <summary>Gets the maximum number of words of a phrase.</summary>
    public int Longest { get; }

    private protected override string FileName => File;

    /// <summary>Loads the tokenizer from a folder.</summary>
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
                var known = _phrases.Contains(phrase) ? phrase : _phrases.Contains(phrase.ToLowerInvariant())
                    ? phrase.ToLowerInvariant() : null;
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
