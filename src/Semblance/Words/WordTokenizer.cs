using System.Text.Json;
using Semblance.Transformers;

namespace Semblance.Words;

/// <summary>
/// Divides texts into words of a vocabulary. Stop words and words that are not in the vocabulary are left out. Immutable and thread-safe.
/// </summary>
public abstract class WordTokenizer
{
    private const long LargestFile = 1L << 30; // millions of words

    private protected static readonly char[] Punctuation = [.. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"];

    private readonly Dictionary<string, int> _ids;
    private readonly HashSet<string> _stopWords;

    /// <summary>Initializes a new instance of the <see cref="WordTokenizer"/> class.</summary>
    /// <param name="vocabulary">The words; the index of a word is its id, the last index for duplicates.</param>
    /// <param name="stopWords">The words to leave out; null for the English stop words.</param>
    /// <param name="lowerCase">
    /// <see langword="true"/> to convert texts to lower case first; otherwise, <see langword="false"/>, the default.
    /// </param>
    protected WordTokenizer(IEnumerable<string> vocabulary, IEnumerable<string>? stopWords = null, bool lowerCase = false)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = [.. vocabulary];
        StopWords = [.. stopWords ?? EnglishStopWords.All];
        LowerCase = lowerCase;
        _stopWords = [.. StopWords];
        _ids = new Dictionary<string, int>(Vocabulary.Count, StringComparer.Ordinal);
        for (var id = 0; id < Vocabulary.Count; id++)
        {
            _ids[Vocabulary[id]] = id;
        }
    }

    /// <summary>Gets the name of the class in the files of the original.</summary>
    public abstract string Type { get; }

    /// <summary>Gets the words; the index of a word is its id.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>Gets the words that are left out.</summary>
    public IReadOnlyList<string> StopWords { get; }

    /// <summary>Gets a value that indicates whether texts are converted to lower case first.</summary>
    public bool LowerCase { get; }

    /// <summary>Gets a warning, one sentence, for each setting in the tokenizer's file that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings { get; private protected init; } = [];

    private protected abstract string FileName { get; }

    /// <summary>Returns the ids of the words of a text; none if it has no word of the vocabulary.</summary>
    /// <param name="text">The text to tokenize.</param>
    public abstract int[] Tokenize(string text);

    /// <summary>Loads the tokenizer from a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="type">The name of the original's class, of which only the last part counts.</param>
    /// <exception cref="FileNotFoundException">The tokenizer's file is missing.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, or the class is not supported.</exception>
    public static WordTokenizer Load(string folder, string type) => Load(folder, type, folder);

    /// <summary>Loads the tokenizer of the class that a file names.</summary>
    internal static WordTokenizer Load(string folder, string type, string path)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type[(type.LastIndexOf('.') + 1)..] switch
        {
            nameof(WhitespaceTokenizer) => WhitespaceTokenizer.Load(folder),
            nameof(PhraseTokenizer) => PhraseTokenizer.Load(folder),
            _ => throw new ModelFormatException(path, $"the tokenizer '{type}' is not supported; those that are: "
                + $"{nameof(WhitespaceTokenizer)}, {nameof(PhraseTokenizer)} of sentence_transformers.models.tokenizer."),
        };
    }

    /// <summary>Writes the tokenizer's file.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string folder) => JsonFile.Write(Path.Combine(folder, FileName), json =>
    {
        json.WriteStartObject();
        WriteWords(json, "vocab", Vocabulary);
        WriteWords(json, "stop_words", StopWords);
        json.WriteBoolean("do_lower_case", LowerCase);
        WriteSettings(json);
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}({Vocabulary.Count:N0} words)";

    internal static ConfigurationFile Read(string folder, string name) => ConfigurationFile.Read(Path.Combine(folder, name), LargestFile);

    internal static void WriteWords(Utf8JsonWriter json, string name, IReadOnlyList<string> words)
    {
        json.WriteStartArray(name);
        foreach (var word in words)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    private protected virtual void WriteSettings(Utf8JsonWriter json)
    {
    }

    /// <summary>
    /// Returns the id of the first form of a token that is a stop word or in the vocabulary; null if that is a stop word.
    /// </summary>
    private protected int? Find(params ReadOnlySpan<string> forms)
    {
        foreach (var form in forms)
        {
            if (_stopWords.Contains(form))
            {
                return null;
            }

            if (form.Length > 0 && _ids.TryGetValue(form, out var id))
            {
                return id;
            }
        }

        return null;
    }
}
