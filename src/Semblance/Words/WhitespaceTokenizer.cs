using Semblance.Files.Json;

namespace Semblance.Words;

/// <summary>
/// Divides texts into words at white space. A word that is not in the vocabulary is looked up without punctuation at its ends, then in
/// lower case.
/// </summary>
/// <inheritdoc/>
public sealed class WhitespaceTokenizer(IEnumerable<string> vocabulary, IEnumerable<string>? stopWords = null, bool lowerCase = false)
    : WordTokenizer(vocabulary, stopWords, lowerCase)
{
    private const string File = "whitespacetokenizer_config.json";

    private static readonly KnownKeys Keys = new KnownKeys().Supported("do_lower_case", "stop_words", "vocab");

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.tokenizer.WhitespaceTokenizer.WhitespaceTokenizer";

    private protected override string FileName => File;

    /// <summary>Loads the tokenizer from a folder.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="Transformers.ModelFormatException">The file is damaged.</exception>
    public static WhitespaceTokenizer Load(string folder)
    {
        var file = Read(folder, File).Check(Keys);
        return new WhitespaceTokenizer(file.Texts("vocab"), file.Find("stop_words") is null
            ? null
            : file.Texts("stop_words"), file.Flag("do_lower_case", false))
        { Warnings = file.Warnings };
    }

    /// <inheritdoc/>
    public override int[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>();
        foreach (var token in (LowerCase ? text.ToLowerInvariant() : text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = token.Trim(Punctuation);
            if (Find(token, bare, bare.ToLowerInvariant()) is { } id)
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }
}
