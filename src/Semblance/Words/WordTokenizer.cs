using System.Text.Json;
using Semblance.Transformers;

namespace Semblance.Words;

/// <summary>Divides texts into the words of a vocabulary; what the vocabulary lacks, and stop words, are left out. Immutable, and safe for all threads.</summary>
public abstract class WordTokenizer
{
    private const long LargestFile = 1L << 30; // millions of words

    private protected static readonly char[] Punctuation = [.. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"];

    private readonly Dictionary<string, int> _ids;
    private readonly HashSet<string> _stopWords;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="vocabulary">The words; a word's place is its id, and of equal ones the last counts.</param>
    /// <param name="stopWords">Words that are left out; null for those of English.</param>
    /// <param name="lowerCase">Lower-cases texts first.</param>
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

    /// <summary>The class in the files of the original.</summary>
    public abstract string Type { get; }

    /// <summary>The words; a word's place is its id.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>Words that are left out.</summary>
    public IReadOnlyList<string> StopWords { get; }

    /// <summary>Whether texts are lower-cased first.</summary>
    public bool LowerCase { get; }

    /// <summary>Gets what the tokenizer's file says that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; private protected init; } = [];

    private protected abstract string FileName { get; }

    /// <summary>The ids of the words of a text; none where it has no word of the vocabulary.</summary>
    /// <param name="text">The text.</param>
    public abstract int[] Tokenize(string text);

    /// <summary>Loads the tokenizer of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="type">The class that the original gives it; only its last name counts.</param>
    /// <exception cref="FileNotFoundException">The tokenizer's file is missing.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, or the class is not supported.</exception>
    public static WordTokenizer Load(string folder, string type) => Load(folder, type, folder);

    /// <summary>Loads the tokenizer that a file names.</summary>
    internal static WordTokenizer Load(string folder, string type, string path)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type[(type.LastIndexOf('.') + 1)..] switch
        {
            nameof(WhitespaceTokenizer) => WhitespaceTokenizer.Load(folder),
            nameof(PhraseTokenizer) => PhraseTokenizer.Load(folder),
            _ => throw new ModelFormatException(path, $"the tokenizer '{type}' is not supported; those that are: {nameof(WhitespaceTokenizer)}, {nameof(PhraseTokenizer)} of sentence_transformers.models.tokenizer."),
        };
    }

    /// <summary>Writes the tokenizer's file.</summary>
    /// <param name="folder">An existing folder.</param>
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

    /// <summary>The id of the first form of a token that is a stop word or known, unless it is a stop word.</summary>
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
